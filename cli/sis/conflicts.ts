import { Command } from "commander";
import { parseOrRefuse } from "#lib/platform/parse.ts";
import { applyDecisions, decideConflict, takeBackDecision } from "#lib/services/conflicts/decide.ts";
import { getConflict, listConflicts, listDecisions } from "#lib/services/conflicts/read.ts";
import { countNamesakes, decideSamePeople } from "#lib/services/conflicts/same-people.ts";
import {
  ConflictFilter,
  type ConflictRow,
  conflictCodes,
  conflictStates,
  type Decision,
  type ShownPerson,
} from "#lib/services/conflicts/schema.ts";
import { operatorScopeOf } from "#lib/services/districts/owners.ts";
import { action } from "./context.ts";
import { listing } from "./listing.ts";
import { CommandError, table } from "./output.ts";

interface Meant {
  readonly district: string;
  readonly state?: string;
  readonly integration?: string;
  readonly code?: string;
  readonly role?: string;
  readonly school?: string;
  readonly search?: string;
}

export function conflictsCommand(): Command {
  const conflicts = new Command("conflicts").description("people of whom a sync cannot tell who they are");
  conflicts
    .command("list")
    .requiredOption("--district <id>", "the district's id")
    .option("--state <state>", conflictStates.join(" or "))
    .option("--integration <id>", "of this integration")
    .option("--code <code>", conflictCodes.join(", "))
    .option("--role <role>", "learner or teacher")
    .option("--school <id>", "whom the SIS has at this school of Aivo's")
    .option("--search <text>", "part of a name, address or number, or the SIS's id")
    .description("list those to decide, or what was decided")
    .action(
      action(async (services, { district, ...given }: Meant) => {
        const scope = await operatorScopeOf(services, "district", district);
        const filter = parseOrRefuse(ConflictFilter, given, "What is to be listed is not clear.");
        const each = async <T>(
          read: (page: number) => Promise<{ readonly rows: readonly T[]; readonly total: number; readonly pageSize: number }>,
          write: (rows: readonly T[]) => Promise<void>,
        ) => {
          for (let page = 1; ; page++) {
            const { rows, total, pageSize } = await read(page);
            await write(rows);
            if (page * pageSize >= total) return;
          }
        };
        if (filter.state === "decided")
          return listing<Decision>({
            json: { districtId: district },
            name: "decisions",
            header: ["integration", "decision", "id in the SIS", "who", "verdict", "account", "state", "decided", "reason"],
            cells: (d) => [
              d.integrationId,
              d.evidence,
              d.externalId,
              d.name,
              d.verdict,
              d.account?.name ?? null,
              d.state,
              d.decidedAt,
              d.reason,
            ],
            empty: "Nothing was decided.",
            each: (write) => each((page) => listDecisions(services, scope, { ...filter, page }), write),
          });
        return listing<ConflictRow>({
          json: { districtId: district },
          name: "conflicts",
          header: ["integration", "conflict", "why", "id in the SIS", "the SIS says", "accounts in Aivo", "since"],
          cells: (c) => [
            c.integrationId,
            c.seq,
            c.code,
            c.externalId,
            inWords(c.person),
            c.accounts.map((one) => `${one.id} ${inWords(one)}`).join("; "),
            c.since,
          ],
          empty: "Nothing to decide.",
          each: (write) => each((page) => listConflicts(services, scope, { ...filter, page }), write),
        });
      }),
    );
  conflicts
    .command("show <integration> <conflict>")
    .description("show both sides of a conflict, with the hash that a decision names")
    .action(
      action(async (services, integrationId: string, seq: string) => {
        const scope = await operatorScopeOf(services, "integration", integrationId);
        const conflict = await getConflict(services, scope, integrationId, numberOf(seq));
        const side = (name: string, p: ShownPerson, classes: readonly string[]) => [
          name,
          p.role,
          p.givenName,
          p.familyName,
          p.email,
          p.studentNumber,
          classes.join(", "),
        ];
        return {
          json: { ...conflict },
          lines: [
            conflict.title,
            "",
            ...table(
              ["", "role", "first name", "last name", "email", "number", "classes"],
              [
                side(`SIS ${conflict.externalId}`, conflict.person, conflict.classes),
                ...conflict.candidates.map((one) => side(one.id, one, one.classes)),
              ],
            ),
            "",
            `To decide about exactly this: --shown ${conflict.shown}`,
          ],
        };
      }),
    );
  conflicts
    .command("decide <integration> <conflict>")
    .requiredOption("--who <who>", "an account's id, new, or ignore: who the person in the SIS is")
    .requiredOption("--reason <text>", "why; kept in the audit log")
    .option("--shown <hash>", "what show printed: another one is refused; left out: as it is now")
    .option("--apply", "apply now, from what the SIS said before; prints the run that does it")
    .description("decide who somebody is; the next sync follows")
    .action(
      action(
        async (
          services,
          integrationId: string,
          seq: string,
          { who, reason, shown, apply }: { who: string; reason: string; shown?: string; apply?: boolean },
        ) => {
          const scope = await operatorScopeOf(services, "integration", integrationId);
          const hash = shown ?? (await getConflict(services, scope, integrationId, numberOf(seq))).shown;
          await decideConflict(services, scope, integrationId, numberOf(seq), { who, reason, shown: hash });
          if (!apply) return { json: { integrationId, conflict: Number(seq), who }, lines: ["Noted. The next sync follows it."] };
          const runId = await applied(services, scope, integrationId);
          return { json: { integrationId, conflict: Number(seq), who, runId }, lines: [runId] };
        },
      ),
    );
  conflicts
    .command("same-people <integration>")
    .requiredOption("--reason <text>", "why; kept in the audit log")
    .option("--shown <hash>", "of all that was looked at: others are refused; left out: as it is now")
    .option("--apply", "apply now, from what the SIS said before; prints the run that does it")
    .description("say that all who are asked about by name alone are the same people by other ids; without any: the number is 0")
    .action(
      action(async (services, integrationId: string, { reason, shown, apply }: { reason: string; shown?: string; apply?: boolean }) => {
        const scope = await operatorScopeOf(services, "integration", integrationId);
        const asked = (await countNamesakes(services, scope)).find((one) => one.integrationId === integrationId);
        if (!asked) return { json: { integrationId, decided: 0 }, lines: ["Nothing of the kind is asked."] };
        const decided = await decideSamePeople(services, scope, integrationId, { reason, shown: shown ?? asked.shown });
        if (!apply) return { json: { integrationId, decided }, lines: [`Noted of ${decided} records. The next sync follows it.`] };
        const runId = await applied(services, scope, integrationId);
        return { json: { integrationId, decided, runId }, lines: [runId] };
      }),
    );
  conflicts
    .command("apply <integration>")
    .description("apply now what was decided, from what the SIS said before; prints the run that does it")
    .action(
      action(async (services, integrationId: string) => {
        const runId = await applied(services, await operatorScopeOf(services, "integration", integrationId), integrationId);
        return { json: { runId }, lines: [runId] };
      }),
    );
  conflicts
    .command("take-back <integration> <decision>")
    .requiredOption("--reason <text>", "why; kept in the audit log")
    .description("take a decision back (list --state decided names it); one that was followed is asked again")
    .action(
      action(async (services, integrationId: string, evidence: string, { reason }: { reason: string }) => {
        const scope = await operatorScopeOf(services, "integration", integrationId);
        const { isAskedAgain } = await takeBackDecision(services, scope, integrationId, evidence, { reason });
        return {
          json: { integrationId, isAskedAgain },
          lines: [isAskedAgain ? "Taken back. The next sync asks again." : "Taken back."],
        };
      }),
    );
  return conflicts;
}

async function applied(...[services, scope, integrationId]: Parameters<typeof applyDecisions>): Promise<string> {
  const run = await applyDecisions(services, scope, integrationId, "command-line");
  if (run.ok) return run.runId;
  if (run.reason === "paused") throw new CommandError("paused", "Noted, but the integration is paused. Resume it first.");
  throw new CommandError("already-running", `Noted, but a sync is running: ${run.runId}`, { runId: run.runId });
}

const numberOf = (seq: string) => (/^\d{1,15}$/.test(seq) ? Number(seq) : -1);

function inWords({ givenName, familyName, email, studentNumber }: ShownPerson): string {
  return [`${givenName} ${familyName}`, email, studentNumber].filter(Boolean).join(", ");
}
