import { Command } from "commander";
import { operatorScopeOf } from "#lib/services/districts/owners.ts";
import { listWebhooks } from "#lib/services/webhooks/read.ts";
import { addWebhook, removeWebhook, rotateWebhookSecret, setWebhookKinds, testWebhook } from "#lib/services/webhooks/write.ts";
import { action } from "./context.ts";
import { table } from "./output.ts";

export function webhookCommand(): Command {
  const webhook = new Command("webhook").description("a district's own systems that are told");
  const kindsOf = (kinds: string | undefined) =>
    kinds === undefined || kinds === "all" ? null : kinds.split(",").map((kind) => kind.trim());
  webhook
    .command("add")
    .requiredOption("--district <id>", "the district's id")
    .requiredOption("--url <url>", "https only")
    .option("--kinds <kinds>", "only these, joined by commas; all without it")
    .description("add an endpoint; prints its id and its secret, which is shown only now")
    .action(
      action(async (services, { district, url, kinds }: { district: string; url: string; kinds?: string }) => {
        const scope = await operatorScopeOf(services, "district", district);
        const added = await addWebhook(services, scope, { url, kinds: kindsOf(kinds) });
        return { json: added, lines: [added.id, `secret  ${added.secret}`, "It is shown only now."] };
      }),
    );
  webhook
    .command("list")
    .requiredOption("--district <id>", "the district's id")
    .description("list endpoints")
    .action(
      action(async (services, { district }: { district: string }) => {
        const endpoints = await listWebhooks(services, await operatorScopeOf(services, "district", district));
        const rows = endpoints.map((one) => [one.id, one.url, one.kinds?.join(",") ?? "all", one.failingSince, one.previousUntil]);
        return { json: endpoints, lines: table(["id", "address", "kinds", "failing since", "old secret until"], rows) };
      }),
    );
  webhook
    .command("choose <webhook>")
    .requiredOption("--kinds <kinds>", "these, joined by commas, or all")
    .description("choose what an endpoint is told")
    .action(
      action(async (services, id: string, { kinds }: { kinds: string }) => {
        await setWebhookKinds(services, await operatorScopeOf(services, "webhook", id), id, kindsOf(kinds));
        return { json: { id, kinds: kindsOf(kinds) }, lines: ["Saved."] };
      }),
    );
  webhook
    .command("rotate <webhook>")
    .description("make a new secret; the one before signs as well for 24 hours")
    .action(
      action(async (services, id: string, _options: unknown) => {
        const { secret } = await rotateWebhookSecret(services, await operatorScopeOf(services, "webhook", id), id);
        return { json: { id, secret }, lines: [`secret  ${secret}`, "It is shown only now."] };
      }),
    );
  webhook
    .command("test <webhook>")
    .description("send a test; how it went is listed by notification deliveries")
    .action(
      action(async (services, id: string, _options: unknown) => {
        const sent = await testWebhook(services, await operatorScopeOf(services, "webhook", id), id);
        return { json: sent, lines: [sent.deliveryId] };
      }),
    );
  webhook
    .command("remove <webhook>")
    .description("tell it nothing any more")
    .action(
      action(async (services, id: string, _options: unknown) => {
        await removeWebhook(services, await operatorScopeOf(services, "webhook", id), id);
        return { json: { id }, lines: ["Removed."] };
      }),
    );
  return webhook;
}
