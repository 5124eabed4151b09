import { and, eq, inArray, notInArray, type SQL, sql } from "drizzle-orm";
import { type AccessEnds, afterFailure, afterHeld, afterSuccess, noteAccess, restoreSchedule } from "#lib/engine/notices/run-ended.ts";
import { withWholeScope } from "#lib/engine/scope/planned-with.ts";
import { workerScope } from "#lib/platform/access.ts";
import { type AuditAction, appendAudit } from "#lib/platform/audit.ts";
import type { Database } from "#lib/platform/db/client.ts";
import { integrations } from "#lib/platform/db/schema/integrations.ts";
import { type IntegrationBefore, type RunInput, type RunState, syncRuns } from "#lib/platform/db/schema/runs.ts";
import { type Tx, withDistrict } from "#lib/platform/db/tx.ts";
import { forgetPlan, waitingPlanOf } from "#lib/platform/db/waiting-plans.ts";
import type { RunFailureDetails } from "#lib/platform/errors.ts";
import type { Finding } from "#lib/roster/guard/finding.ts";
import type { IssueCounts } from "#lib/roster/issue-counts.ts";
import type { RunTotals } from "#lib/roster/totals.ts";
import type { Columns } from "./carried.ts";
import { disconnect } from "./disconnect.ts";
import type { ClaimedRun, Lease } from "./lease.ts";
import { noteToldAnew } from "./told-anew.ts";

/** What a run that got as far as a plan leaves behind. */
export interface Outcome {
  readonly totals: RunTotals;
  readonly issueCount: number;
  readonly issueCounts: IssueCounts | null;
  readonly issuesOpened: number;
  readonly issuesResolved: number;
  readonly changeCount: number;
  readonly input: RunInput;
  readonly fingerprint: string | null;
  readonly sameAsRunId: string | null;
  readonly rosterRevision: number;
  /** Where the next run may go on from. */
  readonly cursor: unknown;
  /** What was found out about the connection, without secrets. */
  readonly learned: Readonly<Record<string, unknown>> | null;
  /** Which district the SIS says it is; null where that was not looked at. */
  readonly identity: unknown;
  /**
   * What the guard said of the plan, and what later runs compare themselves with; nothing where there was nothing to
   * plan.
   */
  readonly findings?: readonly Finding[];
  readonly measures?: Readonly<Record<string, number>>;
  /** What waits for an admin once it is applied, and how much of that did not before; absent where nothing was planned: as before. */
  readonly withheldCount?: number;
  readonly withheldOpened?: number;
  /** Rows that applying writes beside the changes: records that are told for the first time, and issues. */
  readonly remembered?: number;
  /** When the SIS says that it stops; left out where nothing was asked of it. */
  readonly accessEnds?: AccessEnds | null;
}

export type Succeeded = { readonly state: "succeeded"; readonly written: number };
export type Ending =
  | Succeeded
  | ({ readonly state: "held" | "previewed"; readonly heldBecause: string[] | null } & Outcome)
  | { readonly state: "cancelled" }
  | { readonly state: "failed"; readonly failure: RunFailureDetails; readonly cause?: unknown };

const auditActions: Record<Ending["state"], AuditAction> = {
  succeeded: "run-succeeded",
  held: "run-held",
  previewed: "run-previewed",
  cancelled: "run-cancelled",
  failed: "run-failed",
};

/**
 * Lets `write` change the roster and ends the run as succeeded, in one transaction: run, roster, cursor and audit entry
 * are all there or none is. `write` returns the roster's revision, or "overtaken" to undo and return that.
 * `keepRenewed` stores credentials that the SIS replaced, and is only called while the integration is still the one
 * that was read. What `made` yields is asked once everything is written. `readBy` is the run that read it, where that is another one. Locks are taken in one order everywhere:
 * the district's revision, waiting plans, the integration, its run under way; an admin's change or approval in the same
 * moment waits, and neither is undone.
 * @throws when the run is no longer this worker's; nothing is written then
 */
export async function succeedRun(
  db: Database,
  lease: Lease,
  made: Outcome | (() => Outcome),
  write: (tx: Tx) => Promise<number | "overtaken">,
  keepRenewed: (tx: Tx) => Promise<void> = async () => {},
  readBy: ClaimedRun = lease.run,
): Promise<Succeeded | "overtaken"> {
  const { districtId, id: runId, integrationId } = lease.run;
  const overtaken = Symbol("overtaken");
  const discarded: string[] = [];
  const outcomeOf = () => (typeof made === "function" ? made() : made);
  try {
    await withDistrict(db, workerScope(districtId), async (tx) => {
      const rosterRevision = await write(tx);
      if (rosterRevision === "overtaken") throw overtaken;
      lease.leave();
      const outcome = outcomeOf();
      const { cursor, learned, identity, remembered: _, accessEnds, ...columns } = outcome;
      const carried = outcome.input.carried ?? null;
      discarded.push(...(await discardWaitingPlans(tx, integrationId, [runId, readBy.id], lease.run.forPerson)));
      const plannedWith = outcome.input.plannedWith ?? withWholeScope;
      const before = await rememberFor(tx, readBy, { cursor, carried, learned, identity, plannedWith, input: outcome.input });
      const toldAnew = before && (await noteToldAnew(tx, integrationId, before.carried ?? null, carried));
      if (before) await keepRenewed(tx);
      if (lease.run.forPerson === null) await restoreSchedule(tx, integrationId);
      const kept = { before: before ?? {}, sourceChangeCount: countSourceChanges(districtId, runId) };
      // The time that now() was in every statement of this transaction.
      await endIn(tx, lease, {
        ...columns,
        ...kept,
        appliedAt: sql`now()`,
        rosterRevision: toldAnew ?? rosterRevision,
        state: "succeeded",
        progress: null,
      });
      await audit(tx, runId, "succeeded", { totals: outcome.totals, issues: outcome.issueCount, ...found(outcome) });
      if (lease.run.disconnectReason !== null) {
        const deactivated = Object.values(outcome.totals).reduce((sum, of) => sum + of.deactivated, 0);
        return disconnect(tx, lease.run, deactivated);
      }
      await afterSuccess(tx, lease.run);
      if (accessEnds !== undefined) await noteAccess(tx, lease.run, accessEnds);
    });
  } catch (error) {
    if (error === overtaken) return "overtaken";
    throw error;
  }
  for (const id of discarded) await forgetPlan(db.sql, id);
  return { state: "succeeded", written: outcomeOf().changeCount + (outcomeOf().remembered ?? 0) };
}

/**
 * Ends a run that changed nothing: held, previewed, cancelled or failed. Does nothing when it has been ended by others.
 * `tryAgain` asks, in the same transaction, for another run in the place of a failed one where that may help, and says whether it did.
 */
export async function endRun(
  db: Database,
  lease: Lease,
  ending: Exclude<Ending, Succeeded>,
  tryAgain: (tx: Tx, failure: RunFailureDetails) => Promise<unknown> = async () => {},
): Promise<void> {
  const { districtId, id: runId, integrationId } = lease.run;
  const discarded: string[] = [];
  await withDistrict(db, workerScope(districtId), async (tx) => {
    if (ending.state === "held" || ending.state === "previewed") {
      discarded.push(...(await discardWaitingPlans(tx, integrationId, [runId], lease.run.forPerson)));
      const { remembered: _, accessEnds: __, ...columns } = ending;
      if (ending.state === "held" && lease.run.forPerson === null) await restoreSchedule(tx, integrationId);
      const expires = ending.state === "held" ? { expiresAt: whenPlanExpires(districtId, runId) } : {};
      await endIn(tx, lease, { ...columns, ...expires, progress: null });
      await audit(tx, runId, ending.state, { totals: ending.totals, issues: ending.issueCount, ...found(ending) });
      if (ending.state === "held") await afterHeld(tx, lease.run, ending);
      return;
    }
    const failure = ending.state === "failed" ? ending.failure : null;
    // Before the run, as everywhere: trying it again depends on the integration's state, and a failure is counted there.
    if (failure)
      await tx.sql`
        select from integrations
        where district_id = ${districtId} and id = ${integrationId}
        for update`;
    const isEnded = await tryEndIn(tx, lease, { state: ending.state, failure, progress: null, changeCount: 0 });
    if (!isEnded) return;
    // What a failed run had planned is not going to happen.
    await tx.sql`delete from run_changes where district_id = ${districtId} and run_id = ${runId}`;
    await audit(tx, runId, ending.state, failure ? { code: failure.code, step: failure.step } : {});
    const isTriedAgain = failure !== null && Boolean(await tryAgain(tx, failure));
    if (failure && !isTriedAgain) await afterFailure(tx, lease.run, failure);
  });
  for (const id of discarded) await forgetPlan(db.sql, id);
}

/** How many entries it takes to take the run back. */
function countSourceChanges(districtId: string, runId: string): SQL<number> {
  return sql`(select count(*) from source_record_changes where district_id = ${districtId} and run_id = ${runId})`;
}

/**
 * Returns what the integration had before. Null, and nothing written, when something else may stand behind it by now,
 * which is to be read in full. A new name or schedule is no such change.
 */
async function rememberFor(
  tx: Tx,
  readBy: ClaimedRun,
  remembered: Pick<Outcome, "cursor" | "learned" | "identity" | "input"> & {
    readonly carried: Columns | null;
    readonly plannedWith: string;
  },
): Promise<IntegrationBefore | null> {
  const { cursor, carried, learned, identity, plannedWith, input } = remembered;
  const isRead = and(
    eq(integrations.districtId, tx.districtId),
    eq(integrations.id, readBy.integrationId),
    eq(integrations.sourceVersion, readBy.sourceVersion ?? -1),
  );
  const [before] = await tx.orm
    .select({
      cursor: integrations.cursor,
      carried: integrations.carried,
      plannedWith: integrations.plannedWith,
      learned: sql<unknown>`${integrations.config} -> 'learned'`,
      sourceIdentity: integrations.sourceIdentity,
      onerosterVersion: integrations.onerosterVersion,
      plannedOn: integrations.plannedOn,
    })
    .from(integrations)
    .where(isRead)
    .for("update");
  if (!before) return null;
  const config = learned === null ? {} : { config: sql`${integrations.config} || ${JSON.stringify({ learned })}::jsonb` };
  // The read of one person leaves the place where the read of the district goes on.
  const day = input.plannedOn === undefined ? {} : { plannedOn: input.plannedOn };
  const place = readBy.forPerson === null ? { cursor, plannedWith, ...day } : {};
  const version = input.version === undefined ? {} : { onerosterVersion: input.version };
  await tx.orm
    .update(integrations)
    .set({ carried, ...place, ...version, ...config, ...(identity === null ? {} : { sourceIdentity: identity }) })
    .where(isRead);
  return before;
}

/**
 * A plan that nobody has decided on is dropped after a week, or as the next school year begins, in the roster or in the plan itself: what it
 * says of the year before must not be approved by mistake in the new one.
 */
function whenPlanExpires(districtId: string, runId: string): SQL<Date> {
  const { plan } = waitingPlanOf({ districtId, runId });
  return sql`(
    select least(
      statement_timestamp() + interval '7 days',
      (
        select min(t.begin_date)::timestamp at time zone d.timezone
        from (
          select begin_date from terms where district_id = ${districtId} and type = 'schoolYear' and status = 'active'
          union all
          select begin_date from ${sql.raw(plan.term)} p where type = 'schoolYear') t
        where t.begin_date > (now() at time zone d.timezone)::date))
    from districts d
    where d.id = ${districtId})`;
}

type RunColumns = Omit<Partial<typeof syncRuns.$inferInsert>, "sourceChangeCount" | "appliedAt" | "expiresAt"> & {
  readonly expiresAt?: SQL;
  readonly state: RunState;
  readonly sourceChangeCount?: SQL<number>;
  readonly appliedAt?: SQL;
};

async function tryEndIn(tx: Tx, lease: Lease, columns: RunColumns): Promise<boolean> {
  const ended = await tx.orm
    .update(syncRuns)
    .set({ ...columns, finishedAt: sql`statement_timestamp()`, timeline: lease.timeline, trace: lease.tracer.trace() })
    .where(
      and(
        eq(syncRuns.districtId, lease.run.districtId),
        eq(syncRuns.id, lease.run.id),
        eq(syncRuns.workerId, lease.workerId),
        inArray(syncRuns.state, ["running", "applying"]),
      ),
    )
    .returning({ id: syncRuns.id });
  return ended.length === 1;
}

/** The fence: a worker that was given up for lost finds its run ended, and its transaction is undone. */
export async function endIn(tx: Tx, lease: Lease, columns: RunColumns): Promise<void> {
  if (!(await tryEndIn(tx, lease, columns))) throw lease.lost();
}

/**
 * A newer look at the SIS makes plans that still wait for an approval obsolete; a look at one person, those that are for that person
 * alone. Returns the runs they belonged to.
 */
export async function discardWaitingPlans(
  tx: Tx,
  integrationId: string,
  exceptRunIds: readonly string[],
  forPerson: string | null = null,
): Promise<string[]> {
  const discarded = await tx.orm
    .update(syncRuns)
    .set({ state: "discarded" })
    .where(
      and(
        eq(syncRuns.districtId, tx.districtId),
        eq(syncRuns.integrationId, integrationId),
        inArray(syncRuns.state, ["held", "previewed"]),
        notInArray(syncRuns.id, [...exceptRunIds]),
        forPerson === null ? undefined : eq(syncRuns.forPerson, forPerson),
        sql`not exists (
          select from sync_runs a
          where a.district_id = ${tx.districtId}
            and a.plan_run_id = sync_runs.id
            and a.state = 'succeeded')`,
      ),
    )
    .returning({ id: syncRuns.id });
  return discarded.map((run) => run.id);
}

/** For the audit log: which detectors, with their numbers, and no name of anybody. */
function found({ findings = [] }: Pick<Outcome, "findings">): { detectors?: unknown } {
  return findings.length === 0 ? {} : { detectors: findings.map(({ detector, level, numbers }) => ({ detector, level, numbers })) };
}

export async function audit(tx: Tx, runId: string, state: Ending["state"], details: Record<string, unknown>): Promise<void> {
  await appendAudit(tx, {
    actor: { kind: "worker", districtId: tx.districtId },
    action: auditActions[state],
    target: { kind: "run", id: runId },
    details,
  });
}
