import { Command } from "commander";
import { chosenKinds } from "#lib/roster/notices/kinds.ts";
import { operatorScopeOf } from "#lib/services/districts/owners.ts";
import { listDeliveries, noticeSettings, openIncidents } from "#lib/services/notices/read.ts";
import type { DeliveryRow } from "#lib/services/notices/schema.ts";
import { chooseNotices, repeatDelivery } from "#lib/services/notices/write.ts";
import { action } from "./context.ts";
import { CommandError, table } from "./output.ts";

export function notificationCommand(): Command {
  const notification = new Command("notification").description("what Aivo tells by itself, to whom, and how it went");
  notification
    .command("open")
    .requiredOption("--district <id>", "the district's id")
    .description("list what is open in a district, as the bell shows it")
    .action(
      action(async (services, { district }: { district: string }) => {
        const open = await openIncidents(services, await operatorScopeOf(services, "district", district));
        const rows = open.map((one) => [one.kind, one.title, one.openedAt, one.integrationId, one.runId]);
        return { json: open, lines: table(["kind", "what", "since", "integration", "sync"], rows) };
      }),
    );
  notification
    .command("choices <admin>")
    .option("--on <kinds>", "send these by email: kinds joined by commas")
    .option("--off <kinds>", "do not send these")
    .description(`show or choose what an admin is told by email: ${chosenKinds.join(", ")}`)
    .action(
      action(async (services, admin: string, options: { on?: string; off?: string }) => {
        const scope = await operatorScopeOf(services, "account", admin);
        const given = { ...chosen(options.on, true), ...chosen(options.off, false) };
        if (Object.keys(given).length > 0) await chooseNotices(services, scope, admin, given);
        const settings = await noticeSettings(services, scope, admin);
        const rows = Object.entries(settings.choices).map(([kind, isOn]) => [kind, isOn ? "on" : "off"]);
        const mail = settings.isMailOn ? [] : ["Email is not set up (AIVO_SMTP_URL): nothing is sent, whatever is chosen."];
        return { json: settings, lines: [...table(["kind", "by email"], rows), ...mail] };
      }),
    );
  notification
    .command("deliveries")
    .requiredOption("--district <id>", "the district's id")
    .option("--to <id>", "only to this admin or webhook")
    .description("list the latest messages and how they went")
    .action(
      action(async (services, { district, to }: { district: string; to?: string }) => {
        const scope = await operatorScopeOf(services, "district", district);
        const deliveries = await listDeliveries(services, scope, to === undefined ? {} : { recipientId: to });
        return { json: deliveries, lines: deliveryLines(deliveries) };
      }),
    );
  notification
    .command("resend <message>")
    .description("send a message again, under the same id")
    .action(
      action(async (services, id: string, _options: unknown) => {
        await repeatDelivery(services, await operatorScopeOf(services, "message", id), id);
        return { json: { id, state: "waiting" }, lines: ["It is sent again."] };
      }),
    );
  return notification;
}

function deliveryLines(deliveries: readonly DeliveryRow[]): string[] {
  const rows = deliveries.map((one) => [one.id, one.channel, one.recipient, one.title, one.state, one.attempts, one.answer, one.createdAt]);
  return table(["id", "by", "to", "message", "state", "tries", "answer", "written"], rows);
}

function chosen(kinds: string | undefined, isOn: boolean): Record<string, boolean> {
  const named = (kinds ?? "")
    .split(",")
    .map((kind) => kind.trim())
    .filter(Boolean);
  const unknown = named.filter((kind) => !(chosenKinds as readonly string[]).includes(kind));
  if (unknown.length > 0)
    throw new CommandError("usage", `There is no kind ${unknown.join(", ")}; the kinds are ${chosenKinds.join(", ")}.`);
  return Object.fromEntries(named.map((kind) => [kind, isOn]));
}
