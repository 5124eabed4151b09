import { createHash } from "node:crypto";
import { type CountedPart, countParts } from "#lib/platform/db/plan-parts.ts";
import type { syncRuns } from "#lib/platform/db/schema/runs.ts";
import type { Tx } from "#lib/platform/db/tx.ts";
import { hasWaitingPlan } from "#lib/platform/db/waiting-plans.ts";
import { isOfNewYear } from "#lib/roster/guard/finding.ts";
import { type PartId, type PartSelection, partIds, whyWithAll } from "#lib/roster/plan-parts.ts";
import { completeTotals } from "#lib/roster/totals.ts";

export interface PlanPart {
  readonly id: PartId;
  /** How many records it is about. */
  readonly count: number;
  /** How many of them were chosen. */
  readonly chosen: number;
  /** Why it goes with all, in a sentence; null: it can be left out. */
  readonly whyWithAll: string | null;
}

export interface PlanParts {
  readonly parts: readonly PlanPart[];
  /** Stands for exactly these records in exactly these parts of exactly this plan. */
  readonly hash: string;
}

/** What a plan that waits consists of beside what it brings; one pass over what leaves and what changes of it. None where the plan is gone. */
export async function readParts(
  tx: Tx,
  run: Pick<typeof syncRuns.$inferSelect, "id" | "findings" | "totals" | "rosterRevision">,
  chosen: readonly PartSelection[] = [],
): Promise<PlanParts> {
  const isNewYear = isOfNewYear(run.findings ?? []);
  const totals = run.totals && completeTotals(run.totals);
  const isThere = totals !== null && (await hasWaitingPlan(tx.sql, tx.districtId, run.id));
  const counts = isThere ? await countParts(tx, run.id, isNewYear, chosen) : new Map<string, CountedPart>();
  const parts = partIds.flatMap((id) => {
    const counted = counts.get(id);
    return totals === null || counted === undefined ? [] : [{ id, ...counted, whyWithAll: whyWithAll(id, totals, isNewYear) }];
  });
  const said = [run.id, run.rosterRevision, ...parts.map(({ id, count, digest }) => `${id} ${count} ${digest}`)].join("\n");
  return { parts, hash: createHash("sha256").update(said).digest("hex") };
}
