import { setTimeout as pause } from "node:timers/promises";
import { and, eq } from "drizzle-orm";
import { type DistrictScope, operatorScope } from "#lib/platform/access.ts";
import { syncRuns } from "#lib/platform/db/schema/runs.ts";
import { withDistrict } from "#lib/platform/db/tx.ts";
import { requestRun } from "#lib/services/runs/write.ts";
import type { Services } from "#lib/services/services.ts";
import { round } from "./references.ts";
import type { BenchWorker } from "./worker.ts";

/** One sync, as the run itself recorded it. */
export interface MeasuredRun {
  readonly state: string;
  /** From the moment a worker took the run to its end. */
  readonly seconds: number;
  readonly queuedSeconds: number;
  readonly phases: Readonly<Record<string, number>>;
  readonly notes: readonly string[];
  readonly rowsRead: number;
  readonly rowsPerSecond: number;
  readonly changes: number;
  readonly issues: number;
  readonly totals: unknown;
  readonly workerPeakMegabytes: number | null;
  readonly failure: unknown;
}

export async function measureRun(services: Services, worker: BenchWorker, districtId: string, integrationId: string): Promise<MeasuredRun> {
  const scope = operatorScope(districtId);
  // What the run before left to be written is not this one's work.
  await services.db.sql`checkpoint`;
  worker.resetPeak();
  const requested = await requestRun(services, scope, integrationId, { trigger: "command-line" });
  if (!requested.ok) throw new Error(`The run was refused: ${requested.reason}`);
  const run = await finished(services, scope, requested.runId);
  const startedAt = (run.startedAt ?? run.queuedAt).getTime();
  const seconds = round(((run.finishedAt?.getTime() ?? startedAt) - startedAt) / 1000);
  const phases: Record<string, number> = {};
  for (const entry of run.timeline) phases[entry.phase] = round((phases[entry.phase] ?? 0) + entry.seconds);
  const rowsRead = Object.values(run.input?.rows ?? {}).reduce((sum, rows) => sum + rows, 0);
  return {
    state: run.state,
    seconds,
    queuedSeconds: round((startedAt - run.queuedAt.getTime()) / 1000),
    phases,
    notes: run.timeline.flatMap((entry) => (entry.note === null ? [] : [entry.note])),
    rowsRead,
    rowsPerSecond: Math.round(rowsRead / Math.max(seconds, 0.001)),
    changes: run.changeCount,
    issues: run.issueCount,
    totals: run.totals,
    workerPeakMegabytes: worker.peakMegabytes(),
    failure: run.failure,
  };
}

async function finished(services: Services, scope: DistrictScope, runId: string): Promise<typeof syncRuns.$inferSelect> {
  for (;;) {
    const [run] = await withDistrict(services.db, scope, (tx) =>
      tx.orm
        .select()
        .from(syncRuns)
        .where(and(eq(syncRuns.districtId, scope.districtId), eq(syncRuns.id, runId))),
    );
    if (!run) throw new Error("The run is gone");
    if (run.finishedAt !== null) return run;
    await pause(100);
  }
}
