import { and, eq, inArray, or, sql } from "drizzle-orm";
import type { Database } from "#lib/platform/db/client.ts";
import { type RunPhase, type RunProgress, type RunSeen, syncRuns, type TimelineEntry } from "#lib/platform/db/schema/runs.ts";
import { RunCancelled, RunFailure } from "#lib/platform/errors.ts";
import { knownDatabaseFailure } from "./database-failures.ts";
import { Tracer } from "./tracer.ts";

export interface RunRef {
  readonly districtId: string;
  readonly runId: string;
}
export type ClaimedRun = typeof syncRuns.$inferSelect;

/** Who claims a run. */
export interface Claimant {
  readonly workerId: string;
  /** Aborted when the worker has to stop. */
  readonly signal: AbortSignal;
  /** The database's clock. */
  readonly now: () => Date;
}

/** Well under the 30 s after which others take a silent run for lost (lib/services/runs/reap.ts). */
const heartbeatMs = 2_000;
const silenceMs = 20_000;
/**
 * How long a run that has been told to end may take for it; statements are cancelled, so it is a matter of moments.
 * After that nobody waits for it, and its heart stops, so that others end it if this process cannot.
 */
const endsWithinMs = 15_000;

/** How far each phase takes the progress bar; measured on first syncs. */
const phaseEnds: Record<RunPhase, number> = {
  connect: 0.03,
  read: 0.25,
  normalise: 0.55,
  match: 0.75,
  guard: 0.76,
  apply: 0.99,
  report: 1,
};
const phaseOrder = Object.keys(phaseEnds) as RunPhase[];

/**
 * A worker's hold on a run: queued → running, then a heartbeat with the progress every two seconds. The hold is lost
 * when somebody else ended the run, when an admin cancels it, when the worker stops, or when the database stays away;
 * `signal` then aborts with the error that says so.
 */
export class Lease {
  readonly run: ClaimedRun;
  readonly signal: AbortSignal;
  readonly #db: Database;
  readonly workerId: string;
  readonly #abort = new AbortController();
  readonly #overdue = Promise.withResolvers<never>();
  readonly #stop: AbortSignal;
  readonly #timer: NodeJS.Timeout;
  readonly timeline: TimelineEntry[] = [];
  readonly #now: () => Date;
  readonly #beganAt = performance.now();
  readonly tracer = new Tracer(() => performance.now() - this.#beganAt);
  #phase: { readonly name: RunPhase; readonly startedAt: string; readonly from: number } | null = null;
  #progress: RunProgress | null = null;
  #seen: RunSeen | null = null;
  #beating: Promise<void> | null = null;
  /** By a clock that nobody sets: milliseconds since the process began. */
  #lastBeat = performance.now();
  /** Why the last heartbeat was not written. */
  #lastError: unknown = null;
  #toldAt: number | null = null;
  #isApplying = false;

  private constructor(db: Database, run: ClaimedRun, { workerId, signal: stop, now }: Claimant) {
    this.#db = db;
    this.run = run;
    this.workerId = workerId;
    this.#now = now;
    this.signal = this.#abort.signal;
    this.#stop = stop;
    this.#overdue.promise.catch(() => {});
    if (stop.aborted) this.#onStop();
    else stop.addEventListener("abort", this.#onStop, { once: true });
    this.#timer = setInterval(() => this.#tick(), heartbeatMs);
  }

  /**
   * Null when the run is not waiting any more: cancelled, or taken by another worker. `isAgain`: asked before without
   * hearing the answer, so that it may be this worker's already.
   */
  static async claim(db: Database, ref: RunRef, claimant: Claimant, isAgain = false): Promise<Lease | null> {
    const isWaiting = eq(syncRuns.state, "queued");
    const isOwn = and(eq(syncRuns.state, "running"), eq(syncRuns.workerId, claimant.workerId));
    const [run] = await db.orm
      .update(syncRuns)
      .set({
        state: "running",
        workerId: claimant.workerId,
        startedAt: sql`now()`,
        heartbeatAt: sql`now()`,
        sourceVersion: sql`(
          select i.source_version from integrations i
          where i.district_id = ${syncRuns.districtId} and i.id = ${syncRuns.integrationId})`,
      })
      .where(
        and(
          eq(syncRuns.districtId, ref.districtId),
          eq(syncRuns.id, ref.runId),
          isAgain ? or(isWaiting, isOwn) : isWaiting,
          // Asked for in the moment in which the district was suspended.
          sql`not exists (select from districts d where d.id = ${syncRuns.districtId} and d.suspended_at is not null)`,
        ),
      )
      .returning();
    return run ? new Lease(db, run, claimant) : null;
  }

  /** Ends the phase before and begins this one. */
  enter(phase: RunPhase, note: string | null = null): void {
    this.leave(note);
    this.#phase = { name: phase, startedAt: this.#now().toISOString(), from: performance.now() };
    this.tracer.enter(phase);
    this.report({ within: 0, rows: 0, part: null });
    this.signal.throwIfAborted();
  }

  /** Ends the current phase; `note` says what came of it. */
  leave(note: string | null = null): void {
    if (!this.#phase) return;
    const { name, startedAt, from } = this.#phase;
    this.tracer.leave();
    this.timeline.push({ phase: name, startedAt, seconds: (performance.now() - from) / 1000, note });
    this.#phase = null;
  }

  /** @param progress `within` is how much of the current phase is done, 0 to 1 */
  report(progress: { readonly within: number; readonly rows: number; readonly part: string | null }): void {
    if (!this.#phase) return;
    const { name, from } = this.#phase;
    const start = phaseEnds[phaseOrder[phaseOrder.indexOf(name) - 1] ?? "connect"] * (name === "connect" ? 0 : 1);
    const fraction = Math.max(this.#progress?.fraction ?? 0, start + (phaseEnds[name] - start) * Math.min(1, progress.within));
    const elapsed = (performance.now() - from) / 1000;
    const total = (performance.now() - this.#beganAt) / 1000;
    // Of its first moments nothing can be told.
    const isTimed = (name === "read" || name === "normalise") && elapsed > 0.5;
    this.#progress = {
      phase: name,
      fraction,
      rows: progress.rows,
      rowsPerSecond: isTimed ? Math.round(progress.rows / elapsed) : 0,
      secondsLeft: fraction > 0.05 ? Math.round((total / fraction) * (1 - fraction)) : null,
      part: progress.part,
      ...(this.#seen && { seen: this.#seen }),
    };
  }

  /** What the run has met so far: told with the next heartbeat. */
  see(seen: RunSeen): void {
    this.#seen = seen;
    if (this.#progress) this.#progress = { ...this.#progress, seen };
  }

  /**
   * running → applying, seen by everybody at once: from here on it is too late to cancel.
   * @throws RunCancelled, RunFailure `worker-lost` when the run is no longer this worker's
   */
  async beginApplying(): Promise<void> {
    if (this.#isApplying) return;
    await this.#beating;
    this.signal.throwIfAborted();
    const [row] = await this.#db.orm
      .update(syncRuns)
      .set({ state: "applying", heartbeatAt: sql`now()`, progress: this.#progress, trace: this.tracer.trace() })
      .where(and(this.#isMine(), eq(syncRuns.state, "running"), eq(syncRuns.cancelRequested, false)))
      .returning({ id: syncRuns.id });
    if (row) {
      this.#isApplying = true;
      return;
    }
    await this.#beat();
    this.signal.throwIfAborted();
    throw this.lost();
  }

  /** The failure of a worker that comes too late. */
  lost(): RunFailure {
    return leaseLost();
  }

  /**
   * What `work` comes to, or why it was told to end, where it does not end by itself: a statement on a connection that
   * is neither there nor closed, a source that listens to nobody. What is left of it finds the run ended and changes
   * nothing.
   */
  within<T>(work: Promise<T>): Promise<T> {
    work.catch(() => {});
    return Promise.race([work, this.#overdue.promise]);
  }

  /** Lets go; does not wait for a heartbeat that hangs. */
  stop(): void {
    clearInterval(this.#timer);
    this.#stop.removeEventListener("abort", this.#onStop);
  }

  /** What is being applied is one short transaction, and goes on until the process ends. */
  readonly #onStop = () => {
    if (!this.#isApplying) this.#tell(this.#stop.reason instanceof RunFailure ? this.#stop.reason : workerStopped());
  };

  #tell(reason: RunFailure | RunCancelled): void {
    this.#toldAt ??= performance.now();
    this.#abort.abort(reason);
  }

  #tick(): void {
    const now = performance.now();
    if (this.#toldAt !== null && now - this.#toldAt > endsWithinMs) {
      this.#overdue.reject(this.signal.reason);
      clearInterval(this.#timer);
      return;
    }
    if (now - this.#lastBeat > silenceMs) this.#tell(databaseAway(this.#lastError));
    // One that the database has not answered is not followed by another.
    this.#beating ??= this.#beat().finally(() => {
      this.#beating = null;
    });
  }

  #isMine() {
    return and(eq(syncRuns.districtId, this.run.districtId), eq(syncRuns.id, this.run.id), eq(syncRuns.workerId, this.workerId));
  }

  async #beat(): Promise<void> {
    try {
      const [row] = await this.#db.orm
        .update(syncRuns)
        .set({ heartbeatAt: sql`now()`, progress: this.#progress, trace: this.tracer.trace() })
        .where(and(this.#isMine(), inArray(syncRuns.state, ["running", "applying"])))
        .returning({ cancelRequested: syncRuns.cancelRequested });
      this.#lastBeat = performance.now();
      if (!row) this.#tell(leaseLost());
      else if (row.cancelRequested && !this.#isApplying) this.#tell(new RunCancelled());
    } catch (error) {
      this.#lastError = error;
      if (performance.now() - this.#lastBeat > silenceMs) this.#tell(databaseAway(error));
    }
  }
}

function workerStopped(): RunFailure {
  return new RunFailure({
    code: "worker-lost",
    step: "stop",
    message: "The worker was shut down while it ran this sync. Nothing was changed.",
    remedy: "Run the sync again.",
    transient: true,
  });
}

function leaseLost(): RunFailure {
  return new RunFailure({
    code: "worker-lost",
    step: "heartbeat",
    message: "The worker was silent for too long and the sync was given up. Nothing was changed.",
    remedy: "Run the sync again. If it happens often, give the worker more memory or a faster connection to the database.",
    transient: true,
  });
}

/** A full disk is told as that, where the server could still say so. */
function databaseAway(cause: unknown): RunFailure {
  const full = knownDatabaseFailure(cause);
  if (full?.code === "disk-full") return new RunFailure(full, { cause });
  return new RunFailure(
    {
      code: "database",
      step: "heartbeat",
      message: "The database could not be reached for 20 seconds. Nothing was changed.",
      remedy: "Check that PostgreSQL is running and that its disk is not full; the sync can then be run again.",
      transient: true,
    },
    { cause },
  );
}
