import { and, eq, inArray, notExists, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import { closeIncidents } from "#lib/engine/notices/incidents.ts";
import type { DistrictScope } from "#lib/platform/access.ts";
import { type AuditAction, appendAudit } from "#lib/platform/audit.ts";
import { integrations } from "#lib/platform/db/schema/integrations.ts";
import { activeRunStates, syncRuns } from "#lib/platform/db/schema/runs.ts";
import { type Tx, withDistrict } from "#lib/platform/db/tx.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import { priorityOf } from "#lib/platform/jobs.ts";
import { isUuid } from "#lib/platform/uuid.ts";
import { blackoutToday } from "#lib/services/blackouts/read.ts";
import type { Blackout } from "#lib/services/blackouts/schema.ts";
import type { Services } from "#lib/services/services.ts";

type Run = typeof syncRuns.$inferSelect;

export interface RunRequest {
  readonly trigger: Run["trigger"];
  /** A preview stops before anything is applied. */
  readonly kind?: "sync" | "preview";
  /** Plans what is remembered of the SIS and asks it nothing: for another scope. */
  readonly fromMemory?: boolean;
  /** Somebody knows that today lies in a blackout, and wants the sync all the same. */
  readonly duringBlackout?: boolean;
}
export type RequestedRun =
  | { readonly ok: true; readonly runId: string }
  | { readonly ok: false; readonly reason: "already-running"; readonly runId: string }
  | { readonly ok: false; readonly reason: "paused" }
  | { readonly ok: false; readonly reason: "blackout"; readonly blackout: Blackout };

/**
 * Creates a run and its job in one transaction. Of several requests at once exactly one makes a run (the unique indexes
 * `sync_runs_one_active` and `sync_runs_number` decide); the others learn which one it is.
 * @throws ServiceError `not-found`
 */
export async function requestRun(
  services: Services,
  scope: DistrictScope,
  integrationId: string,
  request: RunRequest,
): Promise<RequestedRun> {
  return requestRunOf(services, scope, integrationId, request, async () => null);
}

type Asked = Pick<typeof integrations.$inferSelect, "id" | "state" | "provider" | "plannedWith" | "scope">;

/**
 * The same, of one person where `whom` yields the SIS's id of one; it may refuse, in the transaction that makes the run.
 * @throws ServiceError `not-found`, and what `whom` throws
 */
export async function requestRunOf(
  services: Services,
  scope: DistrictScope,
  integrationId: string,
  request: RunRequest,
  whom: (tx: Tx, integration: Asked) => Promise<string | null>,
): Promise<RequestedRun> {
  if (!isUuid(integrationId)) throw new ServiceError("not-found", "There is no such integration.");
  return withDistrict(services.db, scope, async (tx) => {
    // Shared: pausing or removing waits for this transaction, other requests do not.
    const [integration] = await tx.orm
      .select({
        id: integrations.id,
        state: integrations.state,
        provider: integrations.provider,
        plannedWith: integrations.plannedWith,
        scope: integrations.scope,
      })
      .from(integrations)
      .where(and(eq(integrations.districtId, scope.districtId), eq(integrations.id, integrationId)))
      .for("share");
    if (!integration || integration.state === "removed") throw new ServiceError("not-found", "There is no such integration.");
    if (integration.state === "paused") return { ok: false, reason: "paused" };
    const forPerson = await whom(tx, integration);
    const kind = request.kind ?? "sync";
    const blackout = kind === "sync" && !request.duringBlackout ? await blackoutToday(tx, integration.id) : null;
    if (blackout) return { ok: false, reason: "blackout", blackout };
    return insertRun(
      services,
      tx,
      scope,
      {
        integrationId: integration.id,
        kind,
        trigger: request.trigger,
        planRunId: null,
        fromMemory: request.fromMemory === true,
        forPerson,
      },
      "run-requested",
    );
  });
}

export type CancelledRun =
  | { readonly ok: true; readonly state: "cancelled" | "stopping" }
  | { readonly ok: false; readonly reason: "too-late" | "finished" };

/**
 * Cancels a run: at once while it is queued, at the worker's next step while it reads and plans; once it applies it is too late,
 * because that is one short transaction.
 * @throws ServiceError `not-found`
 */
export function cancelRun(services: Services, scope: DistrictScope, runId: string): Promise<CancelledRun> {
  return withDistrict(services.db, scope, async (tx) => {
    const run = await lockRun(tx, runId);
    if (run.state === "applying") return { ok: false, reason: "too-late" };
    if (run.state !== "queued" && run.state !== "running") return { ok: false, reason: "finished" };
    if (run.state === "queued") {
      await cancelQueued(services, tx, run);
    } else {
      if (run.cancelRequested) return { ok: true, state: "stopping" };
      await tx.orm.update(syncRuns).set({ cancelRequested: true }).where(isRun(tx, run.id));
    }
    await audit(tx, services, scope, "run-cancelled", run.id, { state: run.state });
    return { ok: true, state: run.state === "queued" ? "cancelled" : "stopping" };
  });
}

export type ApprovedRun =
  | { readonly ok: true; readonly runId: string }
  | { readonly ok: false; readonly reason: "already-running"; readonly runId: string }
  | { readonly ok: false; readonly reason: "already-approved"; readonly runId: string }
  | { readonly ok: false; readonly reason: "not-waiting" | "paused" };

/**
 * Applies the plan of a held or previewed run: a new run of kind "approval" that applies exactly that plan, or refuses when the
 * roster has changed since. A plan is approved once; after an approval that failed it can be tried again.
 * @throws ServiceError `not-found`
 */
export function approveRun(
  services: Services,
  scope: DistrictScope,
  runId: string,
  trigger: Run["trigger"] = "manual",
): Promise<ApprovedRun> {
  return withDistrict(services.db, scope, async (tx) => {
    const run = await lockRun(tx, runId);
    if (run.state !== "held" && run.state !== "previewed") return { ok: false, reason: "not-waiting" };
    const [approval] = await tx.orm
      .select({ id: syncRuns.id })
      .from(syncRuns)
      .where(
        and(
          eq(syncRuns.districtId, tx.districtId),
          eq(syncRuns.planRunId, run.id),
          inArray(syncRuns.state, [...activeRunStates, "succeeded"]),
        ),
      );
    if (approval) return { ok: false, reason: "already-approved", runId: approval.id };
    const [integration] = await tx.orm
      .select({ state: integrations.state })
      .from(integrations)
      .where(and(eq(integrations.districtId, tx.districtId), eq(integrations.id, run.integrationId)))
      .for("share");
    if (!integration || integration.state === "removed") throw new ServiceError("not-found", "The integration was removed.");
    const { disconnectReason } = run;
    if (integration.state === "paused" && disconnectReason === null) return { ok: false, reason: "paused" };
    return insertRun(
      services,
      tx,
      scope,
      { integrationId: run.integrationId, kind: "approval", trigger, planRunId: run.id, disconnectReason, forPerson: run.forPerson },
      "run-approved",
    );
  });
}

export type DiscardedRun = { readonly ok: true } | { readonly ok: false; readonly reason: "not-waiting" | "already-approved" };

/** Refuses a held or previewed plan; nothing of it is ever applied. @throws ServiceError `not-found` */
export function discardRun(services: Services, scope: DistrictScope, runId: string): Promise<DiscardedRun> {
  return withDistrict(services.db, scope, async (tx) => {
    const run = await lockRun(tx, runId);
    const approvals = alias(syncRuns, "approvals");
    const discarded = await tx.orm
      .update(syncRuns)
      .set({ state: "discarded" })
      .where(
        and(
          isRun(tx, run.id),
          inArray(syncRuns.state, ["held", "previewed"]),
          notExists(
            tx.orm
              .select({ id: approvals.id })
              .from(approvals)
              .where(
                and(
                  eq(approvals.districtId, tx.districtId),
                  eq(approvals.planRunId, run.id),
                  inArray(approvals.state, [...activeRunStates, "succeeded"]),
                ),
              ),
          ),
        ),
      )
      .returning({ id: syncRuns.id });
    if (discarded.length === 0)
      return { ok: false, reason: run.state === "held" || run.state === "previewed" ? "already-approved" : "not-waiting" };
    await audit(tx, services, scope, "run-discarded", run.id, {});
    if (run.state === "held")
      await closeIncidents(tx, { kinds: ["held"], subject: run.integrationId, runId: run.id, because: "discarded" });
    return { ok: true };
  });
}

/** For removing an integration: cancels its queued run. Says whether one is already running instead. */
export async function cancelQueuedRuns(services: Services, tx: Tx, scope: DistrictScope, integrationId: string): Promise<boolean> {
  const active = await tx.orm
    .select()
    .from(syncRuns)
    .where(
      and(eq(syncRuns.districtId, tx.districtId), eq(syncRuns.integrationId, integrationId), inArray(syncRuns.state, [...activeRunStates])),
    )
    .for("update");
  if (active.some((run) => run.state !== "queued")) return true;
  for (const run of active) {
    await cancelQueued(services, tx, run);
    await audit(tx, services, scope, "run-cancelled", run.id, { state: "queued" });
  }
  return false;
}

type NewRun = Pick<Run, "integrationId" | "kind" | "trigger" | "planRunId"> &
  Partial<Pick<Run, "fromMemory" | "undoOf" | "undoesFrom" | "undoReason" | "fingerprint" | "disconnectReason" | "forPerson">>;

/** For whoever asks for a run: a row, its job and an audit entry, unless another run of the integration is under way. */
export async function insertRun(services: Services, tx: Tx, scope: DistrictScope, run: NewRun, action: AuditAction) {
  const requestedBy = scope.actor.kind === "account" ? scope.actor.accountId : null;
  const [suspended] = await tx.sql`select from districts where id = ${tx.districtId} and suspended_at is not null`;
  if (suspended) throw new ServiceError("precondition", "The district is suspended: nothing is synced.");
  const [created] = await tx.orm
    .insert(syncRuns)
    .values({ districtId: scope.districtId, ...run, requestedBy, queuedAt: sql`clock_timestamp()` })
    // Waits for a concurrent request to commit, then yields to it, whether it meets that one's state first or its number.
    .onConflictDoNothing()
    .returning({ id: syncRuns.id });
  if (!created) return { ok: false, reason: "already-running", runId: await activeRunId(tx, run.integrationId) } as const;
  const priority = priorityOf(run.trigger);
  await services.jobs.send(
    tx,
    "sync-run",
    { districtId: scope.districtId, runId: created.id },
    { id: created.id, group: { id: scope.districtId }, priority },
  );
  await audit(tx, services, scope, action, created.id, {
    integrationId: run.integrationId,
    kind: run.kind,
    trigger: run.trigger,
    ...(run.fromMemory && { fromMemory: true }),
    ...(run.planRunId && { planRunId: run.planRunId }),
    // Who it is stands in the run, which is not kept for ever.
    ...(run.forPerson != null && { forOnePerson: true }),
    ...(run.undoOf && { undoOf: run.undoOf, reason: run.undoReason }),
    ...(run.disconnectReason && { disconnects: true, reason: run.disconnectReason }),
  });
  return { ok: true, runId: created.id } as const;
}

async function activeRunId(tx: Tx, integrationId: string): Promise<string> {
  const [active] = await tx.orm
    .select({ id: syncRuns.id })
    .from(syncRuns)
    .where(
      and(eq(syncRuns.districtId, tx.districtId), eq(syncRuns.integrationId, integrationId), inArray(syncRuns.state, [...activeRunStates])),
    );
  // The other run ended between the insert and this look: rare enough to ask the caller to repeat.
  if (!active) throw new ServiceError("conflict", "Another sync has just ended. Try again.");
  return active.id;
}

async function cancelQueued(services: Services, tx: Tx, run: Run): Promise<void> {
  await tx.orm.update(syncRuns).set({ state: "cancelled", finishedAt: sql`statement_timestamp()` }).where(isRun(tx, run.id));
  await services.jobs.withdraw(tx, "sync-run", run.id);
}

/** @throws ServiceError `not-found` */
export async function lockRun(tx: Tx, runId: string): Promise<Run> {
  const [run] = isUuid(runId) ? await tx.orm.select().from(syncRuns).where(isRun(tx, runId)).for("update") : [];
  if (!run) throw new ServiceError("not-found", "There is no such sync.");
  return run;
}

function isRun(tx: Tx, runId: string) {
  return and(eq(syncRuns.districtId, tx.districtId), eq(syncRuns.id, runId));
}

function audit(
  tx: Tx,
  services: Services,
  scope: DistrictScope,
  action: AuditAction,
  runId: string,
  details: Record<string, unknown>,
): Promise<void> {
  return appendAudit(tx, { actor: scope.actor, action, target: { kind: "run", id: runId }, details }, services.now());
}
