import { and, eq, inArray, or, sql } from "drizzle-orm";
import { afterFailure } from "#lib/engine/notices/run-ended.ts";
import { appendAudit } from "#lib/platform/audit.ts";
import { syncRuns } from "#lib/platform/db/schema/runs.ts";
import { withOwner } from "#lib/platform/db/tx.ts";
import type { RunFailureDetails } from "#lib/platform/errors.ts";
import type { Services } from "#lib/services/services.ts";
import { lockForRetry, tryAgain } from "./retry.ts";

type Run = typeof syncRuns.$inferSelect;

/**
 * Ends runs that nobody works on any more. A worker writes a heartbeat every few seconds; when none has come for
 * `lostAfterSeconds` its process, machine or network is gone, and with it its transaction, so the roster is as it was.
 *
 * Each worker does this every ten seconds and at its start, and so does every reading of a run that looks lost: a dead worker
 * is seen within a minute even when no worker is left.
 */
export const lostAfterSeconds = 30;

/** A queued run waits for a worker as long as it takes, but not for a job that is no longer there; both were put there in one transaction. */
const jobGoneAfterSeconds = 20;
const askedAtOnce = 1000;

export interface ReapedRun {
  readonly districtId: string;
  readonly runId: string;
}

/** Marks lost runs as failed, or as canceled where that was asked for, with an audit entry each, and asks for them again (lib/services/runs/retry.ts). */
export async function reapLostRuns(services: Pick<Services, "db" | "jobs">): Promise<ReapedRun[]> {
  const lost = [...(await services.db.orm.select().from(syncRuns).where(isSilent)), ...(await withoutJob(services))];
  const reaped: ReapedRun[] = [];
  for (const run of lost) if (await reap(services, run)) reaped.push({ districtId: run.districtId, runId: run.id });
  return reaped;
}

function reap(services: Pick<Services, "db" | "jobs">, run: Run): Promise<boolean> {
  const { districtId, id, integrationId } = run;
  const failure = run.cancelRequested ? null : failures[run.state === "queued" ? "queued" : "running"];
  return withOwner(services.db, districtId, async (tx) => {
    await lockForRetry(tx, integrationId);
    const [ended] = await tx.orm
      .update(syncRuns)
      .set({ state: failure ? "failed" : "cancelled", failure, finishedAt: sql`statement_timestamp()`, progress: null, changeCount: 0 })
      .where(
        and(
          eq(syncRuns.districtId, districtId),
          eq(syncRuns.id, id),
          eq(syncRuns.cancelRequested, run.cancelRequested),
          or(isSilent, waitsLong),
        ),
      )
      .returning();
    if (!ended) return false;
    // What it had planned is not going to happen.
    await tx.sql`delete from run_changes where district_id = ${districtId} and run_id = ${id}`;
    await appendAudit(tx, {
      actor: { kind: "worker", districtId },
      action: failure ? "run-failed" : "run-cancelled",
      target: { kind: "run", id },
      details: failure ? { code: failure.code } : {},
    });
    if (failure && (await tryAgain(services, tx, ended, failure)) === null) await afterFailure(tx, ended, failure);
    return true;
  });
}

/** For readers: reaps when one of these runs looks lost. Says whether anything was, so that it can be read again. */
export async function reapIfStale(
  services: Services,
  runs: readonly Pick<Run, "state" | "queuedAt" | "startedAt" | "heartbeatAt">[],
): Promise<boolean> {
  const now = services.now();
  const before = now.getTime() - lostAfterSeconds * 1000;
  const isStale = runs.some((run) => {
    if (run.state === "queued") return run.queuedAt.getTime() < now.getTime() - jobGoneAfterSeconds * 1000;
    const seen = run.heartbeatAt ?? run.startedAt ?? run.queuedAt;
    return (run.state === "running" || run.state === "applying") && seen.getTime() < before;
  });
  return isStale && (await reapLostRuns(services)).length > 0;
}

/** Only the database's clock wrote these times, and only it judges them. */
const isSilent = and(
  inArray(syncRuns.state, ["running", "applying"]),
  sql`coalesce(${syncRuns.heartbeatAt}, ${syncRuns.startedAt}, ${syncRuns.queuedAt}) < statement_timestamp() - make_interval(secs => ${lostAfterSeconds})`,
);
const waitsLong = and(
  eq(syncRuns.state, "queued"),
  sql`${syncRuns.queuedAt} < statement_timestamp() - make_interval(secs => ${jobGoneAfterSeconds})`,
);

/** Those that have waited longest are asked for: a run whose job is gone becomes one of them. */
async function withoutJob({ db, jobs }: Pick<Services, "db" | "jobs">): Promise<Run[]> {
  const waiting = await db.orm.select().from(syncRuns).where(waitsLong).orderBy(syncRuns.queuedAt).limit(askedAtOnce);
  if (waiting.length === 0) return [];
  const pending = await jobs.pending(
    "sync-run",
    waiting.map((run) => run.id),
  );
  return waiting.filter((run) => !pending.has(run.id));
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
