import { and, eq, inArray, sql } from "drizzle-orm";
import type { AnyScope, DistrictScope } from "#lib/platform/access.ts";
import { type AuditAction, appendAudit } from "#lib/platform/audit.ts";
import { integrations } from "#lib/platform/db/schema/integrations.ts";
import { activeRunStates, syncRuns } from "#lib/platform/db/schema/runs.ts";
import { type Tx, withDistrict } from "#lib/platform/db/tx.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import { priorityOf } from "#lib/platform/jobs.ts";
import { isUuid } from "#lib/platform/uuid.ts";
import { blackoutToday } from "#lib/services/blackouts/read.ts";
import type { Blackout } from "#lib/services/blackouts/schema.ts";
import { admitAct } from "#lib/services/limits/admit.ts";
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
  scope: DistrictScope<"run-syncs">,
  integrationId: string,
  request: RunRequest,
): Promise<RequestedRun> {
  return requestRunOf(services, scope, integrationId, request, async () => null);
}

type Asked = Pick<typeof integrations.$inferSelect, "id" | "state" | "provider" | "plannedWith" | "scope" | "readingRules">;

/**
 * The same, of one person where `whom` yields the SIS's id of one; it may refuse, in the transaction that makes the run.
 * @throws ServiceError `not-found`, `limited`, and what `whom` throws
 */
export async function requestRunOf(
  services: Services,
  scope: AnyScope,
  integrationId: string,
  request: RunRequest,
  whom: (tx: Tx, integration: Asked) => Promise<string | null>,
): Promise<RequestedRun> {
  if (!isUuid(integrationId)) throw new ServiceError("not-found", "There is no such integration.");
  await admitAct(services, scope, "run");
  return withDistrict(services.db, scope, async (tx) => {
    // Shared: pausing or removing waits for this transaction, other requests do not.
    const [integration] = await tx.orm
      .select({
        id: integrations.id,
        state: integrations.state,
        provider: integrations.provider,
        plannedWith: integrations.plannedWith,
        scope: integrations.scope,
        readingRules: integrations.readingRules,
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
export function cancelRun(services: Services, scope: DistrictScope<"run-syncs">, runId: string): Promise<CancelledRun> {
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
    await auditRun(tx, services, scope, "run-cancelled", run.id, { state: run.state });
    return { ok: true, state: run.state === "queued" ? "cancelled" : "stopping" };
  });
}

/** For removing an integration: cancels its queued run. Says whether one is already running instead. */
export async function cancelQueuedRuns(services: Services, tx: Tx, scope: AnyScope, integrationId: string): Promise<boolean> {
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
    await auditRun(tx, services, scope, "run-cancelled", run.id, { state: "queued" });
  }
  return false;
}

type NewRun = Pick<Run, "integrationId" | "kind" | "trigger" | "planRunId"> &
  Partial<
    Pick<
      Run,
      | "fromMemory"
      | "undoOf"
      | "undoesFrom"
      | "undoReason"
      | "fingerprint"
      | "disconnectReason"
      | "changesVersionTo"
      | "forPerson"
      | "leftOut"
    >
  > & {
    /** Why, for the audit log. */
    readonly reason?: string | null;
  };

/** For whoever asks for a run: a row, its job and an audit entry, unless another run of the integration is under way. */
export async function insertRun(services: Services, tx: Tx, scope: AnyScope, { reason = null, ...run }: NewRun, action: AuditAction) {
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
  await auditRun(tx, services, scope, action, created.id, {
    integrationId: run.integrationId,
    kind: run.kind,
    trigger: run.trigger,
    ...(run.fromMemory && { fromMemory: true }),
    ...(run.planRunId && { planRunId: run.planRunId }),
    ...(run.leftOut && { without: run.leftOut.map(({ part, count, of }) => `${part}: ${count}${of === undefined ? "" : ` of ${of}`}`) }),
    ...(reason !== null && { reason }),
    // Who it is stands in the run, which is not kept for ever.
    ...(run.forPerson != null && { forOnePerson: true }),
    ...(run.undoOf && { undoOf: run.undoOf, reason: run.undoReason }),
    ...(run.disconnectReason && { disconnects: true, reason: run.disconnectReason }),
    ...(run.changesVersionTo && { changesVersionTo: run.changesVersionTo }),
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

/** The run, as a condition. */
export function isRun(tx: Tx, runId: string) {
  return and(eq(syncRuns.districtId, tx.districtId), eq(syncRuns.id, runId));
}

/** An entry about a run, in the transaction that changes it. */
export function auditRun(
  tx: Tx,
  services: Services,
  scope: AnyScope,
  action: AuditAction,
  runId: string,
  details: Record<string, unknown>,
): Promise<void> {
  return appendAudit(tx, { actor: scope.actor, action, target: { kind: "run", id: runId }, details }, services.now());
}
