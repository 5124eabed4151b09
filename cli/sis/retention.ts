import { Command } from "commander";
import { operatorScopeOf } from "#lib/services/districts/owners.ts";
import { listBarred, unbarId } from "#lib/services/retention/barred-ids.ts";
import { holdAccount, listHolds, releaseAccount } from "#lib/services/retention/holds.ts";
import { previewRetention } from "#lib/services/retention/preview.ts";
import type { DuePerson } from "#lib/services/retention/schema.ts";
import { action } from "./context.ts";
import { listing } from "./listing.ts";
import { table } from "./output.ts";

export function retentionCommand(): Command {
  const retention = new Command("retention").description("what the retention job erases, and what is held or left out");
  retention
    .command("list")
    .requiredOption("--district <id>", "the district's id")
    .description("list whom the next job erases, by name, and how many the nights after it")
    .action(
      action(async (services, { district }: { district: string }) => {
        const scope = await operatorScopeOf(services, "district", district);
        const { tonight: first, ...rest } = await previewRetention(services, scope, 1, atOnce);
        return listing<DuePerson>({
          json: { districtId: district, ...rest, people: first.total },
          name: "tonight",
          lines: [
            `The job at ${rest.nextAt} erases ${first.total} people with ${rest.memberships} class memberships, and empties ${rest.records} records of SISs.`,
            ...(rest.heldBack > 0 ? [`Held back: ${rest.heldBack}`] : []),
            ...rest.coming.map(({ at, people }) => `${at}  ${people}`),
            "",
          ],
          header: ["id", "role", "name", "left", "due", "memberships"],
          cells: (one) => [one.id, one.role, one.name, one.leftAt, one.dueAt, one.memberships],
          empty: `The job at ${rest.nextAt} erases nobody.`,
          each: async (write) => {
            for (let page = 1; (page - 1) * atOnce < first.total; page++)
              await write(page === 1 ? first.rows : (await previewRetention(services, scope, page, atOnce)).tonight.rows);
          },
        });
      }),
    );
  retention
    .command("hold <account>")
    .requiredOption("--reason <text>", "why; it stands in the audit log")
    .description("keep an account from being erased until it is released")
    .action(
      action(async (services, id: string, { reason }: { reason: string }) => {
        await holdAccount(services, await operatorScopeOf(services, "account", id), id, { reason });
        return { json: { id, held: true }, lines: ["Held."] };
      }),
    );
  retention
    .command("release <account>")
    .description("let the retention job have an account again")
    .action(
      action(async (services, id: string, _options: unknown) => {
        await releaseAccount(services, await operatorScopeOf(services, "account", id), id);
        return { json: { id, held: false }, lines: ["Released."] };
      }),
    );
  retention
    .command("holds")
    .requiredOption("--district <id>", "the district's id")
    .description("list who is held")
    .action(
      action(async (services, { district }: { district: string }) => {
        const holds = await listHolds(services, await operatorScopeOf(services, "district", district));
        const rows = holds.map((one) => [one.accountId, one.role, one.name, one.heldAt, one.heldBy, one.reason]);
        return { json: { districtId: district, holds }, lines: table(["id", "role", "name", "since", "by", "reason"], rows) };
      }),
    );
  retention
    .command("barred")
    .requiredOption("--district <id>", "the district's id")
    .description("list records of SISs that syncs leave out, since the person was erased on request; nothing tells whose they were")
    .action(
      action(async (services, { district }: { district: string }) => {
        const barred = await listBarred(services, await operatorScopeOf(services, "district", district));
        const rows = barred.map((one) => [one.id, one.integrationName, one.barredAt, one.barredBy, one.reason]);
        return { json: { districtId: district, barred }, lines: table(["id", "integration", "since", "by", "reason"], rows) };
      }),
    );
  retention
    .command("unbar <id>")
    .requiredOption("--district <id>", "the district's id")
    .description("let such a record in again with the next sync, as somebody new")
    .action(
      action(async (services, id: string, { district }: { district: string }) => {
        await unbarId(services, await operatorScopeOf(services, "district", district), id);
        return { json: { id, barred: false }, lines: ["The next sync lets it in."] };
      }),
    );
  return retention;
}

const atOnce = 1_000;
