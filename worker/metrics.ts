import { and, eq } from "drizzle-orm";
import { workerScope } from "#lib/platform/access.ts";
import { integrations } from "#lib/platform/db/schema/integrations.ts";
import { type RunTrace, syncRuns } from "#lib/platform/db/schema/runs.ts";
import { withDistrict } from "#lib/platform/db/tx.ts";
import type { Payload } from "#lib/platform/jobs.ts";
import { counter, gauge, histogram } from "#lib/platform/metrics.ts";
import type { SprayPattern } from "#lib/services/accounts/sprays.ts";
import type { Services } from "#lib/services/services.ts";

const ended = counter({
  name: "aivo_sync_runs_total",
  help: "Syncs that ended, by what became of them",
  labelNames: ["state", "kind", "provider"],
});
const seconds = histogram({
  name: "aivo_sync_duration_seconds",
  help: "From when a worker took a sync to its end",
  labelNames: ["state", "provider"],
  buckets: [1, 5, 15, 60, 300, 900, 3600, 14_400],
});
const stepSeconds = histogram({
  name: "aivo_sync_step_seconds",
  help: "How long the steps of a sync took",
  labelNames: ["step"],
  buckets: [0.1, 1, 5, 15, 60, 300, 900, 3600],
});
const rows = counter({ name: "aivo_sync_rows_total", help: "Rows that were read", labelNames: ["provider"] });
const retries = counter({
  name: "aivo_sync_retries_total",
  help: "Syncs that were another try of one that failed",
  labelNames: ["provider"],
});
const waits = counter({ name: "aivo_sis_waits_total", help: "How often a SIS made a sync wait", labelNames: ["provider"] });
export const taskFailures = counter({
  name: "aivo_worker_task_failures_total",
  help: "What a worker does every few seconds, and failed",
  labelNames: ["task"],
});
export const signInSprays = counter({
  name: "aivo_sign_in_sprays_total",
  help: "Districts whose admins were told of passwords tried on many accounts, by what the tries have in common",
  labelNames: ["pattern"],
});
// Of a count that begins at one, nobody sees that it grew.
for (const pattern of ["accounts", "unknown", "password"] as const satisfies readonly SprayPattern[]) signInSprays.inc({ pattern }, 0);
export const auditCarried = counter({
  name: "aivo_audit_carried_total",
  help: "Entries of audit logs, or anchors of them, that a destination outside the database took",
  labelNames: ["destination"],
});
export const auditCarryFailures = counter({
  name: "aivo_audit_carry_failures_total",
  help: "Tries that a destination of audit logs did not take",
  labelNames: ["destination"],
});

export const slots = gauge({ name: "aivo_worker_slots", help: "How many syncs this worker runs side by side" });
export const running = gauge({ name: "aivo_worker_runs", help: "How many it runs now" });

/** A run that ended, as far as it may be told to whoever watches the machines. */
export interface EndedRun {
  readonly state: string;
  readonly kind: string;
  readonly provider: string;
  readonly trigger: string;
  readonly attempt: number;
  readonly failureCode: string | null;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  readonly rows: number;
  readonly trace: RunTrace | null;
}

/** What became of a run; null: it goes on, or is gone with its district. */
export async function endedRun(services: Services, { districtId, runId }: Payload<"sync-run">): Promise<EndedRun | null> {
  const [run] = await withDistrict(services.db, workerScope(districtId), ({ orm }) =>
    orm
      .select({ run: syncRuns, provider: integrations.provider })
      .from(syncRuns)
      .innerJoin(integrations, and(eq(integrations.districtId, syncRuns.districtId), eq(integrations.id, syncRuns.integrationId)))
      .where(and(eq(syncRuns.districtId, districtId), eq(syncRuns.id, runId))),
  );
  if (!run?.run.finishedAt) return null;
  const { state, kind, trigger, attempt, failure, startedAt, finishedAt, input, trace } = run.run;
  const read = Object.values(input?.rows ?? {}).reduce((sum, count) => sum + count, 0);
  return {
    state,
    kind,
    provider: run.provider,
    trigger,
    attempt,
    failureCode: failure?.code ?? null,
    startedAt,
    finishedAt,
    rows: read,
    trace,
  };
}

export function countRun(run: EndedRun): void {
  const { state, kind, provider } = run;
  ended.inc({ state, kind, provider });
  rows.inc({ provider }, run.rows);
  waits.inc({ provider }, run.trace?.waitCount ?? 0);
  if (run.attempt > 1) retries.inc({ provider });
  if (run.startedAt && run.finishedAt) seconds.observe({ state, provider }, (run.finishedAt.getTime() - run.startedAt.getTime()) / 1000);
  for (const { phase, from, to } of run.trace?.steps ?? []) if (to !== null) stepSeconds.observe({ step: phase }, (to - from) / 1000);
}
