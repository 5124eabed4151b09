import { and, eq } from "drizzle-orm";
import { isDistributed } from "#lib/platform/db/citus/is-distributed.ts";
import type { Database } from "#lib/platform/db/client.ts";
import { type LeftOut, type RunInput, syncRuns } from "#lib/platform/db/schema/runs.ts";
import type { Tx } from "#lib/platform/db/tx.ts";
import { forgetPlan, hasWaitingPlan, waitingPlanOf } from "#lib/platform/db/waiting-plans.ts";
import { RunFailure } from "#lib/platform/errors.ts";
import { type Entity, entities, type LinkEntity } from "#lib/roster/canonical.ts";
import { isOfNewYear } from "#lib/roster/guard/finding.ts";
import type { EntityTotals, RunTotals } from "#lib/roster/totals.ts";
import { apply } from "./apply.ts";
import { type Ending, succeedRun } from "./finish.ts";
import type { Lease } from "./lease.ts";
import { columnsLeftOut, leaveOut } from "./leave-out.ts";
import { byInsert, fewUncounted, numberedAfter, writingOf } from "./plan-context.ts";
import { lockRevision } from "./revision.ts";

/**
 * Applies exactly the plan that a held or previewed run left, or nothing; without the parts that were left out, of which each record waits by
 * itself from then on.
 * @throws RunFailure `roster-changed` when the roster is not the one it was made for, or the parts are not what was shown; `plan-lost` when it is gone
 */
export async function applyApproved(db: Database, lease: Lease): Promise<Ending> {
  const planRunId = lease.run.planRunId;
  lease.enter("apply");
  const [planned] =
    planRunId === null
      ? []
      : await db.orm
          .select()
          .from(syncRuns)
          .where(and(eq(syncRuns.districtId, lease.run.districtId), eq(syncRuns.id, planRunId)));
  if (!planned?.totals || !planned.input || !(await hasWaitingPlan(db.sql, planned.districtId, planned.id))) {
    throw refusal("plan-lost", "The plan that was approved is no longer there. Nothing was changed.");
  }
  const { id, totals, input, issueCount, issueCounts, issuesOpened, issuesResolved, changeCount, fingerprint, cursor, findings, measures } =
    planned;
  const { withheldCount, withheldOpened } = planned;
  const leftOut = lease.run.leftOut ?? [];
  const isCut = await isDistributed(db);
  await lease.beginApplying();
  let outcome = {
    totals,
    input,
    issueCount,
    issueCounts,
    issuesOpened,
    issuesResolved,
    changeCount,
    // The same input makes another plan now: with what was left out withheld.
    fingerprint: leftOut.length > 0 ? null : fingerprint,
    cursor,
    learned: null,
    identity: null,
    sameAsRunId: id,
    rosterRevision: planned.rosterRevision ?? -1,
    findings: findings ?? [],
    measures: measures ?? {},
    withheldCount,
    withheldOpened,
  };
  const applyPlan = async (tx: Tx) => {
    if ((await lockRevision(tx)) !== planned.rosterRevision) {
      throw refusal("roster-changed", "The roster has changed since this plan was made, so it was not applied. Nothing was changed.");
    }
    if (leftOut.length > 0) {
      const isNewYear = isOfNewYear(planned.findings ?? []);
      const waits = await leaveOut({ tx, runId: id, leftOut, isNewYear });
      if (waits === null)
        throw refusal(
          "roster-changed",
          "The parts of this plan are not those that were shown, so it was not applied. Nothing was changed.",
        );
      outcome = { ...outcome, withheldCount: withheldCount + waits, withheldOpened: withheldOpened + waits };
    }
    await copyChanges(tx, { from: id, to: lease.run.id, leftOut, isCut });
    if (leftOut.length > 0) outcome = { ...outcome, ...(await recount(tx, lease.run.id, outcome)) };
    const waiting = writingOf(lease, waitingPlanOf({ districtId: planned.districtId, runId: id }));
    const report = (entity: LinkEntity, within: number) => lease.report({ within, rows: outcome.changeCount, part: entity });
    return apply(tx, waiting, report, fewUncounted);
  };
  const ending = await succeedRun(
    db,
    lease,
    () => outcome,
    applyPlan,
    async () => {},
    planned,
  );
  if (ending === "overtaken") throw new Error("an approval is never overtaken");
  await forgetPlan(db.sql, id);
  return ending;
}

/** The plan's changes as those of the run that applies it; of what was left out none. */
async function copyChanges(
  tx: Tx,
  {
    from,
    to,
    leftOut,
    isCut,
  }: { readonly from: string; readonly to: string; readonly leftOut: readonly LeftOut[]; readonly isCut: boolean },
): Promise<void> {
  const { statusChanges } = waitingPlanOf({ districtId: tx.districtId, runId: from });
  const left = tx.sql.unsafe(columnsLeftOut(leftOut));
  await tx.sql`
    insert into run_changes (district_id, run_id, entity, action, record_id, external_id, reason, before, after,
      lifecycle)
    select c.* from (
      select district_id, ${to}::uuid, entity, action, record_id, external_id, reason, before - left_out,
        after - left_out, lifecycle
      from (
        select c.*, ${left} as left_out from run_changes c
        where c.district_id = ${tx.districtId} and c.run_id = ${from}
          ${
            leftOut.length === 0
              ? tx.sql``
              : tx.sql`and (c.action <> 'deactivated' or c.record_id in (
            select record_id from ${tx.sql.unsafe(statusChanges)} s where action = 'deactivated'))`
          }) c
      where c.action <> 'updated' or cardinality(left_out) = 0 or after - left_out <> '{}'
      order by seq
      ${tx.sql.unsafe(numberedAfter)}) c
    ${tx.sql.unsafe(isCut ? byInsert : "")}`;
}

/** What is applied after all, from the changes of the run. Whoever keeps all values is unchanged. */
async function recount(
  tx: Tx,
  runId: string,
  { totals, input }: { readonly totals: RunTotals; readonly input: RunInput },
): Promise<{ readonly totals: RunTotals; readonly input: RunInput; readonly changeCount: number }> {
  const rows = await tx.sql<{ entity: Entity; action: "updated" | "deactivated" | null; count: number }[]>`
    select entity, action, count(*)::int as count from run_changes
    where district_id = ${tx.districtId} and run_id = ${runId} group by entity, action`;
  const countOf = (entity: Entity, action: string) => rows.find((row) => row.entity === entity && row.action === action)?.count ?? 0;
  const recounted = Object.fromEntries(
    entities.map((entity) => {
      const of = totals[entity];
      const updated = countOf(entity, "updated");
      const unchanged = of.unchanged + of.updated - updated;
      return [entity, { ...of, updated, unchanged, deactivated: countOf(entity, "deactivated") }];
    }),
  ) as Record<Entity, EntityTotals>;
  const stays = (["learner", "teacher"] as const).reduce((sum, one) => sum + totals[one].updated - recounted[one].updated, 0);
  const users = input.became?.users;
  const became = users && {
    ...input.became,
    users: { ...users, updated: users.updated - stays, unchanged: users.unchanged + stays },
  };
  return {
    totals: recounted,
    input: became ? { ...input, became } : input,
    changeCount: rows.reduce((sum, { count }) => sum + count, 0),
  };
}

function refusal(code: "plan-lost" | "roster-changed", message: string): RunFailure {
  return new RunFailure({
    code,
    step: "apply",
    message,
    remedy: "Preview the changes again, or run the sync, and decide on the new plan.",
  });
}
