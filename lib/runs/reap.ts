import { and, eq, inArray, lt, or, sql } from "drizzle-orm";
import { appendAudit } from "#lib/audit.ts";
import type { Database } from "#lib/db/client.ts";
import { syncRuns } from "#lib/db/schema/runs.ts";
import { withOwner } from "#lib/db/tx.ts";
import type { RunFailureDetails } from "#lib/errors.ts";
import type { Services } from "#lib/services.ts";

/**
 * Ends runs that nobody works on any more. A worker writes a heartbeat every few seconds; when none has come for
 * `lostAfterSeconds` its process, machine or network is gone, and with it its transaction, so the roster is as it was.
 *
 * Each worker does this every ten seconds and at its start, and so does every reading of a run that looks lost: a dead worker
 * is seen within a minute even when no worker is left.
 */
export const lostAfterSeconds = 30;

/** A queued run waits for a worker as long as it takes, but not for a job that is no longer there. */
const jobGoneAfterSeconds = 60;

export interface ReapedRun {
  readonly districtId: string;
  readonly runId: string;
}

/** Marks lost runs as failed, with an audit entry each, and drops their staging tables. */
export async function reapLostRuns(db: Database, now: Date): Promise<ReapedRun[]> {
  const lost = await db.orm
    .select({ districtId: syncRuns.districtId, runId: syncRuns.id, state: syncRuns.state })
    .from(syncRuns)
    .where(isLost(now));
  const reaped: ReapedRun[] = [];
  for (const { districtId, runId, state } of lost) {
    const failure = failures[state === "queued" ? "queued" : "running"];
    const isDone = await withOwner(db, districtId, async (tx) => {
      const ended = await tx.orm
        .update(syncRuns)
        .set({ state: "failed", failure, finishedAt: now, progress: null })
        .where(and(eq(syncRuns.districtId, districtId), eq(syncRuns.id, runId), isLost(now)))
        .returning({ id: syncRuns.id });
      if (ended.length === 0) return false;
      await appendAudit(
        tx,
        {
          actor: { kind: "worker", districtId },
          action: "run-failed",
          target: { kind: "run", id: runId },
          details: { code: failure.code },
        },
        now,
      );
      return true;
    });
    if (isDone) reaped.push({ districtId, runId });
  }
  return reaped;
}

/** For readers: reaps when one of these runs looks lost. Says whether anything was, so that it can be read again. */
export async function reapIfStale(services: Services, runs: readonly (typeof syncRuns.$inferSelect)[]): Promise<boolean> {
  const now = services.now();
  const before = now.getTime() - lostAfterSeconds * 1000;
  const isStale = runs.some((run) => {
    if (run.state === "queued") return run.queuedAt.getTime() < now.getTime() - jobGoneAfterSeconds * 1000;
    const seen = run.heartbeatAt ?? run.startedAt ?? run.queuedAt;
    return (run.state === "running" || run.state === "applying") && seen.getTime() < before;
  });
  return isStale && (await reapLostRuns(services.db, now)).length > 0;
}

function isLost(now: Date) {
  const seenBefore = new Date(now.getTime() - lostAfterSeconds * 1000).toISOString();
  const queuedBefore = new Date(now.getTime() - jobGoneAfterSeconds * 1000);
  return or(
    and(
      inArray(syncRuns.state, ["running", "applying"]),
      sql`coalesce(${syncRuns.heartbeatAt}, ${syncRuns.startedAt}, ${syncRuns.queuedAt}) < ${seenBefore}::timestamptz`,
    ),
    and(
      eq(syncRuns.state, "queued"),
      lt(syncRuns.queuedAt, queuedBefore),
      sql`not exists (select from pgboss.job where job.name = 'sync-run' and job.id = ${syncRuns.id} and job.state in ('created', 'retry', 'active'))`,
    ),
  );
}

const failures: Record<"queued" | "running", RunFailureDetails> = {
  running: {
    code: "worker-lost",
    step: "run",
    message: "The worker that ran this sync stopped answering. Nothing was changed.",
    remedy: "Run the sync again. If it happens again, look at the worker's log and memory.",
    transient: true,
  },
  queued: {
    code: "worker-lost",
    step: "queue",
    message: "The worker that took this sync stopped before it began. Nothing was changed.",
    remedy: "Run the sync again.",
    transient: true,
  },
};
