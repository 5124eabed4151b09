import { Command } from "commander";
import { decideClass, listDecidedClasses, takeBackClass } from "#lib/services/classrooms/decide.ts";
import type { DecidedClass } from "#lib/services/classrooms/decide-schema.ts";
import { applyDecisions } from "#lib/services/conflicts/decide.ts";
import { operatorScopeOf } from "#lib/services/districts/owners.ts";
import { declineReissuedClasses, readReissuedClasses } from "#lib/services/runs/reissued.ts";
import { action } from "./context.ts";
import { listing } from "./listing.ts";
import { CommandError, table } from "./output.ts";
import { idOfRequested } from "./syncs.ts";

/** `class-decisions` */
export function classDecisionsCommand(): Command {
  const decisions = new Command("class-decisions").description("which class of a SIS is one of Aivo's, where an admin knows it better");
  decisions
    .command("list")
    .requiredOption("--district <id>", "the district's id")
    .description("list what was decided, the latest first")
    .action(
      action(async (services, { district }: { district: string }) => {
        const scope = await operatorScopeOf(services, "district", district);
        return listing<DecidedClass>({
          json: { districtId: district },
          name: "decisions",
          header: ["integration", "id in the SIS", "class", "name", "verdict", "decided", "reason"],
          cells: (d) => [d.integrationId, d.externalId, d.classroomId, d.classroomName, d.verdict, d.decidedAt, d.reason],
          empty: "Nothing was decided.",
          each: async (write) => {
            for (let page = 1; ; page++) {
              const { rows, total, pageSize } = await listDecidedClasses(services, scope, page);
              await write(rows);
              if (page * pageSize >= total) return;
            }
          },
        });
      }),
    );
  decisions
    .command("reissued <run>")
    .description("list the classes that the plan of a held sync takes for ones of Aivo's by another id, the first thousand")
    .action(
      action(async (services, runId: string, _options: unknown) => {
        const found = await readReissuedClasses(services, await operatorScopeOf(services, "sync", runId), runId);
        return {
          json: { runId, ...found },
          lines: [
            ...table(
              ["class", "name", "code", "school", "id in the SIS", "name there", "how"],
              found.classes.map((c) => [c.id, c.name, c.code, c.school, c.externalId, c.newName, c.matchedBy]),
            ),
            "",
            `${found.total} in all`,
          ],
        };
      }),
    );
  decisions
    .command("decline <run> <ids...>")
    .requiredOption("--reason <text>", "why; kept in the audit log")
    .description(
      "say of these ids of the SIS that they are other classes than the plan takes them for; reads again, and prints the sync that does",
    )
    .action(
      action(async (services, runId: string, externalIds: readonly string[], { reason }: { reason: string }) => {
        const scope = await operatorScopeOf(services, "sync", runId);
        const requested = await declineReissuedClasses(services, scope, runId, { externalIds, reason }, "command-line");
        const next = idOfRequested(requested);
        return { json: { declined: externalIds.length, runId: next }, lines: [next] };
      }),
    );
  for (const [verdict, says] of [
    ["same", "say that a class of the SIS is this one of Aivo's: whoever is in it goes along"],
    ["another", "say that a class of the SIS is not this one of Aivo's"],
  ] as const)
    decisions
      .command(`${verdict} <integration> <id> <classroom>`)
      .requiredOption("--reason <text>", "why; kept in the audit log")
      .option("--apply", "apply now, from what the SIS said before; prints the run that does it")
      .description(says)
      .action(
        action(async (services, integrationId: string, externalId: string, classroomId: string, { reason, apply }: Said) => {
          const scope = await operatorScopeOf(services, "integration", integrationId);
          await decideClass(services, scope, integrationId, { externalId, classroomId, verdict, reason });
          if (!apply) return { json: { integrationId, externalId, classroomId, verdict }, lines: ["Noted. The next sync follows it."] };
          const run = await applyDecisions(services, scope, integrationId, "command-line");
          if (run.ok) return { json: { integrationId, externalId, classroomId, verdict, runId: run.runId }, lines: [run.runId] };
          if (run.reason === "paused") throw new CommandError("paused", "Noted, but the integration is paused. Resume it first.");
          throw new CommandError("already-running", `Noted, but a sync is running: ${run.runId}`, { runId: run.runId });
        }),
      );
  decisions
    .command("take-back <integration> <id> <classroom>")
    .description("take a decision back; what syncs did of it stays")
    .action(
      action(async (services, integrationId: string, externalId: string, classroomId: string, _options: unknown) => {
        const scope = await operatorScopeOf(services, "integration", integrationId);
        await takeBackClass(services, scope, integrationId, { externalId, classroomId });
        return { json: { integrationId, externalId, classroomId }, lines: ["Taken back."] };
      }),
    );
  return decisions;
}

interface Said {
  readonly reason: string;
  readonly apply?: boolean;
}
