import type { Command } from "commander";
import type { DistrictScope } from "#lib/platform/access.ts";
import { type PartSelection, partIds } from "#lib/roster/plan-parts.ts";
import { operatorScopeOf } from "#lib/services/districts/owners.ts";
import { approveRun, discardRun } from "#lib/services/runs/decide-plan.ts";
import { readHeldPlan } from "#lib/services/runs/held.ts";
import { readPartRecords } from "#lib/services/runs/part-records.ts";
import type { PartRecord } from "#lib/services/runs/part-records-schema.ts";
import type { Services } from "#lib/services/services.ts";
import { action } from "./context.ts";
import { type Answer, CommandError, table } from "./output.ts";

interface Approval {
  readonly without?: readonly PartSelection[];
  readonly hash?: string;
  readonly reason?: string;
  readonly wait?: boolean;
}

/** Adds what is decided about a plan that waits; `waitFor` waits for a run's end and shows it. */
export function addPlans(sync: Command, waitFor: (services: Services, scope: DistrictScope, runId: string) => Promise<Answer>): void {
  sync
    .command("parts <run>")
    .option("--part <part>", "show the records of this part instead, each with the id that --without leaves it out by")
    .option("--search <words>", "of that part only those called so")
    .option("--page <n>", "which page of them", Number, 1)
    .description("show what the plan of a held sync consists of, which parts can be left out, and what it does to each school")
    .action(
      action(async (services, runId: string, { part, search = "", page }: { part?: string; search?: string; page: number }) => {
        const scope = await operatorScopeOf(services, "sync", runId);
        if (part !== undefined) {
          const records = await readPartRecords(services, scope, runId, { part, q: search, page });
          const said = ({ fields }: PartRecord) =>
            fields.map((one) => `${one.field}: ${one.before ?? "–"} → ${one.after ?? "–"}`).join("; ");
          return {
            json: { runId, part, ...records },
            lines: [
              ...table(
                ["leave out by", "record", "where", "change"],
                records.rows.map((row) => [`${part}:${row.id}`, row.label, row.place, said(row)]),
              ),
              "",
              `${records.total} in all, page ${records.page} of ${Math.max(1, Math.ceil(records.total / records.pageSize))}`,
            ],
          };
        }
        const plan = await readHeldPlan(services, scope, runId);
        const parts = plan.parts.map(({ id, count, title, whyWithAll }) => [whyWithAll === null ? id : "–", count, title, whyWithAll]);
        const schools = [...plan.schools, { name: "All", ...plan.district }].map((of) => [
          of.name,
          ...[of.now, of.stay, of.moveIn, of.arrive, of.leave, of.after],
          `${of.classesBefore} → ${of.classesAfter}`,
        ]);
        return {
          json: { runId, ...plan },
          lines: [
            plan.headline,
            plan.because,
            "",
            ...table(["part", "count", "what it does", "goes with all"], parts),
            "",
            ...table(["school", "now", "stay", "move in", "new", "leave", "then", "classes"], schools),
            "",
            `To leave parts out: sync approve ${runId} --without PART --hash ${plan.hash} --reason "…"`,
            `Single records of a part, and how to leave them out: sync parts ${runId} --part PART`,
            ...(plan.expiresAt === null ? [] : [`It is dropped on ${plan.expiresAt}, if nobody has decided until then.`]),
          ],
        };
      }),
    );
  sync
    .command("approve <run>")
    .option(
      "--without <part>",
      `leave this part out, or part:id one record of it: it waits by itself (${partIds.join(", ")}); more than once for more`,
      partsOf,
    )
    .option("--hash <hash>", "what sync parts printed: another one is refused")
    .option("--reason <text>", "why, for whoever asks later; asked for where something is left out")
    .option("--wait", "wait until the plan is applied")
    .description("apply the plan of a held or previewed sync, all of it or without some of its parts or records")
    .action(
      action(async (services, runId: string, { without = [], hash, reason, wait }: Approval) => {
        const scope = await operatorScopeOf(services, "sync", runId);
        const decision = { without: [...without], shown: hash ?? null, reason: reason ?? null };
        const approved = await approveRun(services, scope, runId, "command-line", decision);
        if (!approved.ok) {
          const [other, details] = "runId" in approved ? [` It is ${approved.runId}.`, { runId: approved.runId }] : ["", {}];
          throw new CommandError(approved.reason, `${planRefusals[approved.reason]}${other}`, details);
        }
        const { runId: approval } = approved;
        if (wait) return waitFor(services, scope, approval);
        return { json: { runId: approval, state: "queued", ...(without.length > 0 && { without }) }, lines: [approval] };
      }),
    );
  sync
    .command("discard <run>")
    .option("--reason <text>", "why, for whoever asks later")
    .description("refuse the plan of a held or previewed sync")
    .action(
      action(async (services, runId: string, { reason }: { reason?: string }) => {
        const discarded = await discardRun(services, await operatorScopeOf(services, "sync", runId), runId, reason ?? null);
        if (!discarded.ok) throw new CommandError(discarded.reason, planRefusals[discarded.reason]);
        return { json: { runId, state: "discarded" }, lines: ["Discarded. Nothing was changed."] };
      }),
    );
}

/** "learners-leave" is the part, "learners-leave:ID" one record of it. */
function partsOf(value: string, before: readonly PartSelection[] = []): readonly PartSelection[] {
  const [name, record] = value.split(":", 2);
  const part = partIds.find((id) => id === name);
  if (part === undefined)
    throw new CommandError("usage", `--without is one of ${partIds.join(", ")}, or one of them with :ID for one record`);
  const others = before.filter((one) => one.part !== part);
  const same = before.find((one) => one.part === part);
  if (same !== undefined && (same.records === undefined) !== (record === undefined))
    throw new CommandError("usage", `--without names ${part} either as a whole or by its records`);
  return [...others, record === undefined ? { part } : { part, records: [...(same?.records ?? []), record] }];
}

const planRefusals = {
  "already-running": "Another sync of this integration is running.",
  "already-approved": "This plan was approved already, as a sync of its own.",
  "not-waiting": "This sync is not waiting for a decision.",
  paused: "The integration is paused. Resume it first.",
} as const;
