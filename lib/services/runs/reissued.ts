import type { DistrictScope } from "#lib/platform/access.ts";
import { appendAudit } from "#lib/platform/audit.ts";
import { raiseRosterRevision } from "#lib/platform/db/roster-revision.ts";
import { type Tx, withDistrict } from "#lib/platform/db/tx.ts";
import { hasWaitingPlan, waitingPlanOf } from "#lib/platform/db/waiting-plans.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import { parseOrRefuse } from "#lib/platform/parse.ts";
import { isUuid } from "#lib/platform/uuid.ts";
import { type MatchReason, matchReasonLabels } from "#lib/roster/match-reasons.ts";
import { rememberClasses } from "#lib/services/classrooms/decide.ts";
import { DeclinedClasses, type ReissuedClass } from "#lib/services/classrooms/decide-schema.ts";
import type { Services } from "#lib/services/services.ts";
import { discardRun } from "./decide-plan.ts";
import { type RequestedRun, type RunRequest, requestRun } from "./write.ts";

/** So many can be looked through and declined at once. */
const most = 1000;

/**
 * The classes that a plan that waits takes for ones of Aivo's by another id than before, by school and name; the first thousand, and how
 * many there are; none of a plan that waits no longer.
 * @throws ServiceError `not-found`
 */
export function readReissuedClasses(
  services: Pick<Services, "db">,
  scope: DistrictScope<"read-syncs">,
  runId: string,
): Promise<{ readonly classes: readonly ReissuedClass[]; readonly total: number }> {
  return withDistrict(services.db, scope, async (tx) => {
    const { isWaiting } = await findRun(tx, runId);
    return isWaiting ? reissuedIn(tx, runId) : { classes: [], total: 0 };
  });
}

/** All of them, or those that the SIS calls so. */
async function reissuedIn(tx: Tx, runId: string, externalIds: readonly string[] | null = null) {
  const { plan } = waitingPlanOf({ districtId: tx.districtId, runId });
  const rows = await tx.sql<(ReissuedClass & { matchedBy: MatchReason; total: number })[]>`
    select c.id, c.name, c.code, s.name as school, p.external_id as "externalId", p.name as "newName", p.code as "newCode",
      p.matched_by as "matchedBy", count(*) over ()::int as total
    from ${tx.sql.unsafe(plan.classroom)} p
    join classrooms c on c.district_id = ${tx.districtId} and c.id = p.record_id
    left join schools s on s.district_id = c.district_id and s.id = c.school_id
    where p.link = 'new' and p.matched_by in ('same-values', 'same-class')
      and (${externalIds === null} or p.external_id = any(${externalIds ?? []}::text[]))
    order by s.name, c.name, c.code, c.id
    limit ${most}`;
  return {
    classes: rows.map(({ total: _, ...row }) => ({ ...row, matchedBy: matchReasonLabels[row.matchedBy] })),
    total: rows[0]?.total ?? 0,
  };
}

/**
 * Says of classes of a plan that waits that they are others than those that the plan takes them for. The plan is discarded, since it was
 * made without that, and the SIS is read again: in the new plan these classes come as new ones, and those of Aivo go.
 * @returns the sync, or preview, that takes its place, or why there is none yet: what was said counts all the same
 * @throws ServiceError `not-found`, `invalid`, `precondition` where the run does not wait, `conflict` where the plan does not take them for any
 */
export async function declineReissuedClasses(
  services: Services,
  scope: DistrictScope<"decide" | "run-syncs">,
  runId: string,
  input: unknown,
  trigger: RunRequest["trigger"] = "manual",
): Promise<RequestedRun> {
  const { externalIds, reason } = parseOrRefuse(DeclinedClasses, input, "The decision is not complete.");
  const { integrationId, kind } = await withDistrict(services.db, scope, async (tx) => {
    await raiseRosterRevision(tx);
    const run = await findRun(tx, runId);
    if (!run.isWaiting) throw new ServiceError("precondition", "This sync does not wait for a decision.");
    const { classes: declined } = await reissuedIn(tx, runId, externalIds);
    if (declined.length !== new Set(externalIds).size)
      throw new ServiceError("conflict", "The plan does not take all of these for classes of Aivo. Look at it again.");
    const decisions = declined.map(({ id, externalId }) => ({ externalId, classroomId: id, verdict: "another" as const, reason }));
    await rememberClasses(services, tx, scope, run.integrationId, decisions);
    await appendAudit(
      tx,
      {
        actor: scope.actor,
        action: "class-decided",
        target: { kind: "run", id: runId },
        details: { verdict: "another", reason, integrationId: run.integrationId, classes: declined.length },
      },
      services.now(),
    );
    return run;
  });
  await discardRun(services, scope, runId, reason);
  return requestRun(services, scope, integrationId, { trigger, kind });
}

interface PlannedRun {
  readonly integrationId: string;
  readonly kind: "sync" | "preview";
  readonly isWaiting: boolean;
}

/** @throws ServiceError `not-found` */
async function findRun(tx: Tx, runId: string): Promise<PlannedRun> {
  const [run] = isUuid(runId)
    ? await tx.sql<{ integrationId: string; kind: string; state: string }[]>`
        select integration_id as "integrationId", kind, state from sync_runs where district_id = ${tx.districtId} and id = ${runId}`
    : [];
  if (!run) throw new ServiceError("not-found", "There is no such sync.");
  const isWaiting = (run.state === "held" || run.state === "previewed") && (await hasWaitingPlan(tx.sql, tx.districtId, runId));
  return { integrationId: run.integrationId, kind: run.kind === "preview" ? "preview" : "sync", isWaiting };
}
