import type { Command } from "commander";
import type { DistrictScope } from "#lib/platform/access.ts";
import { type PartId, partIds } from "#lib/roster/plan-parts.ts";
import { operatorScopeOf } from "#lib/services/districts/owners.ts";
import { approveRun, discardRun } from "#lib/services/runs/decide-plan.ts";
import { readHeldPlan } from "#lib/services/runs/held.ts";
import type { Services } from "#lib/services/services.ts";
import { action } from "./context.ts";
import { type Answer, CommandError, table } from "./output.ts";

interface Approval {
  readonly without?: readonly PartId[];
  readonly hash?: string;
  readonly reason?: string;
  readonly wait?: boolean;
}

/** Adds what is decided about a plan that waits; `waitFor` waits for a run's end and shows it. */
export function addPlans(sync: Command, waitFor: (services: Services, scope: DistrictScope, runId: string) => Promise<Answer>): void {
  sync
    .command("parts <run>")
    .description("show what the plan of a held sync consists of, which parts can be left out, and what it does to each school")
    .action(
      action(async (services, runId: string, _options: unknown) => {
        const plan = await readHeldPlan(services, await operatorScopeOf(services, "sync", runId), runId);
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
            ...(plan.expiresAt === null ? [] : [`It is dropped on ${plan.expiresAt}, if nobody has decided until then.`]),
          ],
        };
      }),
    );
  sync
    .command("approve <run>")
    .option("--without <part>", `leave this part out: it waits by itself (${partIds.join(", ")}); more than once for more`, partsOf)
    .option("--hash <hash>", "what sync parts printed: another one is refused")
    .option("--reason <text>", "why, for whoever asks later; asked for where something is left out")
    .option("--wait", "wait until the plan is applied")
    .description("apply the plan of a held or previewed sync, all of it or without some of its parts")
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

function partsOf(value: string, before: readonly PartId[] = []): readonly PartId[] {
  const part = partIds.find((id) => id === value);
  if (part === undefined) throw new CommandError("usage", `--without is one of ${partIds.join(", ")}`);
  return [...before, part];
}

const planRefusals = {
  "already-running": "Another sync of this integration is running.",
  "already-approved": "This plan was approved already, as a sync of its own.",
  "not-waiting": "This sync is not waiting for a decision.",
  paused: "The integration is paused. Resume it first.",
} as const;
