import { Command } from "commander";
import { parseOrRefuse } from "#lib/platform/parse.ts";
import { operatorScopeOf } from "#lib/services/districts/owners.ts";
import { approveWithheld, askAgain, refuseWithheld } from "#lib/services/withheld/decide.ts";
import { withheldGroups, withheldPage } from "#lib/services/withheld/read.ts";
import { WithheldFilter, withheldStates } from "#lib/services/withheld/schema.ts";
import { action } from "./context.ts";
import { CommandError, table } from "./output.ts";

interface Meant {
  readonly state?: string;
  readonly cause?: string;
  readonly kind?: string;
  readonly field?: string;
  readonly school?: string;
  readonly search?: string;
  readonly rows?: string;
  readonly page?: string;
}

interface Decided extends Meant {
  readonly hash: string;
  readonly reason: string;
}

export function withheldCommand(): Command {
  const withheld = new Command("withheld").description("changes that wait for an admin's decision");
  meaning(withheld.command("list <integration>"))
    .option("--page <number>", "of 50 each")
    .description("list what waits, by cause and school and record by record, with the hash that a decision names")
    .action(
      action(async (services, integrationId: string, options: Meant) => {
        const scope = await operatorScopeOf(services, "integration", integrationId);
        const filter = parseOrRefuse(WithheldFilter, meant(options), "What is to be listed is not clear.");
        const groups = (await withheldGroups(services, scope, integrationId)).filter(({ state }) => state === filter.state);
        const page = await withheldPage(services, scope, integrationId, filter);
        if (page.total === 0) return { json: { integrationId, groups, ...page }, lines: ["Nothing waits."] };
        const byGroup = groups.map((g) => [g.count, g.kind, g.field ?? "leaves", g.schoolName, g.cause, g.since]);
        const byRow = page.rows.map((r) => [
          r.row,
          r.kind,
          r.label,
          r.schoolName,
          r.fieldLabel ?? "leaves",
          r.inAivo,
          r.inSis,
          r.memberships,
          r.cause,
        ]);
        return {
          json: { integrationId, groups, ...page },
          lines: [
            ...table(["count", "kind", "change", "school", "cause", "since"], byGroup),
            "",
            ...table(["row", "kind", "who or what", "school", "change", "in Aivo", "in the SIS", "memberships", "cause"], byRow),
            "",
            `${page.total} in all. To decide about exactly these: --hash ${page.hash}`,
          ],
        };
      }),
    );
  decision(withheld.command("approve <integration>"))
    .description("apply what waits, as list shows it; prints the run that does it")
    .action(
      action(async (services, integrationId: string, options: Decided) => {
        const scope = await operatorScopeOf(services, "integration", integrationId);
        const released = await approveWithheld(services, scope, integrationId, decided(options), "command-line");
        if (!released.ok && released.reason === "paused") throw new CommandError("paused", "The integration is paused. Resume it first.");
        if (!released.ok) throw new CommandError("already-running", `A sync is running: ${released.runId}`, { runId: released.runId });
        return { json: { runId: released.runId, count: released.count }, lines: [released.runId] };
      }),
    );
  decision(withheld.command("refuse <integration>"))
    .description("keep what Aivo has, and do not ask again while the SIS says the same")
    .action(
      action(async (services, integrationId: string, options: Decided) => {
        const scope = await operatorScopeOf(services, "integration", integrationId);
        const count = await refuseWithheld(services, scope, integrationId, decided(options));
        return { json: { count }, lines: [`${count} refused.`] };
      }),
    );
  decision(withheld.command("ask-again <integration>"))
    .description("take a refusal back: it waits again (list --state refused shows the hash)")
    .action(
      action(async (services, integrationId: string, options: Decided) => {
        const scope = await operatorScopeOf(services, "integration", integrationId);
        const count = await askAgain(services, scope, integrationId, { ...decided(options), state: "refused" });
        return { json: { count }, lines: [`${count} wait again.`] };
      }),
    );
  return withheld;
}

function meaning(command: Command): Command {
  return command
    .option("--state <state>", `${withheldStates.join(" or ")}`)
    .option("--cause <cause>", "a detector of the guard (docs/guard.md), or additions-only")
    .option("--kind <kind>", "school, term, course, classroom, teacher, learner or membership")
    .option("--field <column>", "leaves, or the column that would change: email, grade …")
    .option("--school <id>", "a school's id, or none")
    .option("--search <text>", "part of a name, or the SIS's id")
    .option("--rows <numbers>", "these rows alone, separated by commas");
}

function decision(command: Command): Command {
  return meaning(command)
    .requiredOption("--hash <hash>", "what list printed: another one is refused")
    .requiredOption("--reason <text>", "why; kept in the audit log");
}

function meant({ rows, ...filter }: Meant) {
  return { ...filter, ...(rows !== undefined && { rows: rows.split(",").map(Number) }) };
}

function decided({ hash, reason, page: _, ...filter }: Decided) {
  return { ...meant(filter), hash, reason };
}
