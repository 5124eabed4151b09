import { createHash } from "node:crypto";
import { countParts } from "#lib/platform/db/plan-parts.ts";
import type { syncRuns } from "#lib/platform/db/schema/runs.ts";
import type { Tx } from "#lib/platform/db/tx.ts";
import { hasWaitingPlan } from "#lib/platform/db/waiting-plans.ts";
import { isOfNewYear } from "#lib/roster/guard/finding.ts";
import { type PartId, partIds, whyWithAll } from "#lib/roster/plan-parts.ts";
import { completeTotals } from "#lib/roster/totals.ts";

export interface PlanPart {
  readonly id: PartId;
  /** How many records it is about. */
  readonly count: number;
  /** Why it goes with all, in a sentence; null: it can be left out. */
  readonly whyWithAll: string | null;
}

export interface PlanParts {
  readonly parts: readonly PlanPart[];
  /** Stands for exactly these parts of exactly this plan. */
  readonly hash: string;
}

/** What a plan that waits consists of beside what it brings; one pass over what leaves and what changes of it. None where the plan is gone. */
export async function readParts(
  tx: Tx,
  run: Pick<typeof syncRuns.$inferSelect, "id" | "findings" | "totals" | "rosterRevision">,
): Promise<PlanParts> {
  const isNewYear = isOfNewYear(run.findings ?? []);
  const totals = run.totals && completeTotals(run.totals);
  const isThere = totals !== null && (await hasWaitingPlan(tx.sql, tx.districtId, run.id));
  const counts = isThere ? await countParts(tx, run.id, isNewYear) : new Map<string, number>();
  const parts = partIds.flatMap((id) => {
    const count = counts.get(id) ?? 0;
    return totals === null || count === 0 ? [] : [{ id, count, whyWithAll: whyWithAll(id, totals, isNewYear) }];
  });
  const said = [run.id, run.rosterRevision, ...parts.map(({ id, count }) => `${id} ${count}`)].join("\n");
  return { parts, hash: createHash("md5").update(said).digest("hex") };
}
