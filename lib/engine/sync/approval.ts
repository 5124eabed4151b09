import { and, eq } from "drizzle-orm";
import { isDistributed } from "#lib/platform/db/citus/is-distributed.ts";
import type { Database } from "#lib/platform/db/client.ts";
import { syncRuns } from "#lib/platform/db/schema/runs.ts";
import type { Tx } from "#lib/platform/db/tx.ts";
import { forgetPlan, hasWaitingPlan, waitingPlanOf } from "#lib/platform/db/waiting-plans.ts";
import { RunFailure } from "#lib/platform/errors.ts";
import { apply } from "./apply.ts";
import { type Ending, succeedRun } from "./finish.ts";
import type { Lease } from "./lease.ts";
import { byInsert, numberedAfter, writingOf } from "./plan-context.ts";
import { lockRevision } from "./revision.ts";

/**
 * Applies exactly the plan that a held or previewed run left, or nothing.
 * @throws RunFailure `roster-changed` when the roster is not the one it was made for, `plan-lost` when it is gone
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
  const isCut = await isDistributed(db);
  await lease.beginApplying();
  const outcome = {
    totals,
    input,
    issueCount,
    issueCounts,
    issuesOpened,
    issuesResolved,
    changeCount,
    fingerprint,
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
    await tx.sql`
      insert into run_changes (district_id, run_id, entity, action, record_id, external_id, reason, before, after, lifecycle)
      select c.* from (
        select district_id, ${lease.run.id}::uuid, entity, action, record_id, external_id, reason, before, after, lifecycle
        from run_changes where district_id = ${lease.run.districtId} and run_id = ${id} order by seq
        ${tx.sql.unsafe(numberedAfter)}) c
      ${tx.sql.unsafe(isCut ? byInsert : "")}`;
    return apply(tx, writingOf(lease, waitingPlanOf({ districtId: planned.districtId, runId: id })), (entity, within) =>
      lease.report({ within, rows: changeCount, part: entity }),
    );
  };
  const ending = await succeedRun(db, lease, outcome, applyPlan, async () => {}, planned);
  if (ending === "overtaken") throw new Error("an approval is never overtaken");
  await forgetPlan(db.sql, id);
  return ending;
}

function refusal(code: "plan-lost" | "roster-changed", message: string): RunFailure {
  return new RunFailure({
    code,
    step: "apply",
    message,
    remedy: "Preview the changes again, or run the sync, and decide on the new plan.",
  });
}
