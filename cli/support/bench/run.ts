import { setTimeout as pause } from "node:timers/promises";
import { and, eq } from "drizzle-orm";
import { type DistrictScope, operatorScope } from "#lib/platform/access.ts";
import { syncRuns } from "#lib/platform/db/schema/runs.ts";
import { withDistrict } from "#lib/platform/db/tx.ts";
import { requestUndo } from "#lib/services/runs/undo.ts";
import { requestRun } from "#lib/services/runs/write.ts";
import type { Services } from "#lib/services/services.ts";
import { cpuOfServer } from "./cpu.ts";
import { round, since } from "./references.ts";
import type { BenchWorker } from "./worker.ts";

/** One sync, as the run itself recorded it. */
export interface MeasuredRun {
  readonly runId: string;
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
  /** What the worker's process and the database's server worked meanwhile; null where the system does not tell. */
  readonly cpuSeconds: { readonly worker: number | null; readonly database: number | null };
  readonly failure: unknown;
}

/** A sync; with `undoOf` it takes that run back instead. */
export async function measureRun(
  services: Services,
  worker: BenchWorker,
  districtId: string,
  integrationId: string,
  undoOf?: string,
): Promise<MeasuredRun> {
  const scope = operatorScope(districtId);
  // What the run before left to be counted and written is not this one's work.
  await isStill(services);
  await services.db.sql`checkpoint`;
  worker.resetPeak();
  const server = await cpuOfServer(services.db.sql);
  const before = { worker: worker.cpu.seconds(), database: server.seconds() };
  const requested =
    undoOf === undefined
      ? await requestRun(services, scope, integrationId, { trigger: "command-line" })
      : await requestUndo(services, scope, undoOf, {}, "command-line");
  if (!requested.ok) throw new Error(`The run was refused: ${requested.reason}`);
  const run = await finished(services, scope, requested.runId);
  const cpuSeconds = { worker: since(before.worker, worker.cpu.seconds()), database: since(before.database, server.seconds()) };
  const startedAt = (run.startedAt ?? run.queuedAt).getTime();
  const seconds = round(((run.finishedAt?.getTime() ?? startedAt) - startedAt) / 1000);
  const phases: Record<string, number> = {};
  for (const entry of run.timeline) phases[entry.phase] = round((phases[entry.phase] ?? 0) + entry.seconds);
  const rowsRead = Object.values(run.input?.rows ?? {}).reduce((sum, rows) => sum + rows, 0);
  return {
    runId: run.id,
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
    cpuSeconds,
    failure: run.failure,
  };
}

/** A worker empties what a run has used, and counts the tables that it filled, once the run is over: waits until it has nothing to do. */
async function isStill(services: Services): Promise<void> {
  for (let idle = 0; idle < stillFor; ) {
    await pause(100);
    const [row] = await services.db.sql<{ busy: boolean }[]>`
      select exists (
        select from pg_stat_activity where application_name = 'aivo-worker' and datname = current_database() and state <> 'idle') as busy`;
    idle = row?.busy === false ? idle + 1 : 0;
  }
}

/** Looks in a row in which it does nothing. */
const stillFor = 3;

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

/** A run that did not do what it should has no figures. @throws Error */
export function succeeded<R extends MeasuredRun>(run: R): R {
  if (run.state === "succeeded") return run;
  throw new Error(`A sync ended as ${run.state}: ${JSON.stringify(run.failure)}`);
}
