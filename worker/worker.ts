import { randomBytes } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { hostname } from "node:os";
import { join, resolve } from "node:path";
import { Turns } from "#lib/engine/sync/turns.ts";
import { parseKeyring } from "#lib/platform/crypto/keyring.ts";
import { openDatabase } from "#lib/platform/db/client.ts";
import { openClock } from "#lib/platform/db/clock.ts";
import { openProbe } from "#lib/platform/db/probe.ts";
import { prepareStaging } from "#lib/platform/db/staging-pool.ts";
import { assertCurrent } from "#lib/platform/db/state.ts";
import type { Env } from "#lib/platform/env.ts";
import { openWorkerJobs, queues, soon } from "#lib/platform/jobs.ts";
import { errorFields, log } from "#lib/platform/log.ts";
import { destinationsOf } from "#lib/services/audit-shipping/destinations.ts";
import { serviceMetrics } from "#lib/services/monitoring/metrics.ts";
import { retentionJob } from "#lib/services/retention/preview.ts";
import { noteConnections, type Services } from "#lib/services/services.ts";
import { carryAudit } from "./audit.ts";
import { running as runningGauge, slots, taskFailures } from "./metrics.ts";
import { dispatch, lookAtCalendar, lookAtSprays, workDelivery, workPasswordLink, workSignInNotice } from "./notices.ts";
import { workRetention } from "./retention.ts";
import { serveWorker } from "./server.ts";
import { sweep } from "./sweep.ts";
import { workSyncRun } from "./sync-run.ts";
import { requestAllDue } from "./sync-schedule.ts";

/** Syncs side by side in one process, most of which wait for their SIS; and one more for what somebody waits for. More machines, more workers. */
const runsAtOnce = 8;
/** Of one district, however many integrations it has: the others have the rest. */
const runsPerDistrict = 2;
/** How many may be past their read, where they take CPU, memory and connections: COPY streams and a transaction. */
const turnsAtOnce = 3;
const connectionsPerTurn = 5;
const sweepEveryMs = 10_000;
const dueEveryMs = 1_000;
const noticesEveryMs = 2_000;
/** Messages side by side in one process, and of one district. */
const messagesAtOnce = 6;
const messagesPerDistrict = 2;
const calendarEveryMs = 60_000;
const spraysEveryMs = 15_000;
const auditEveryMs = 5_000;
/** At its end a worker waits this long for its timers and its queue. */
const lastWordsMs = 5_000;

export interface Worker {
  /**
   * Takes no more jobs and ends running syncs, as failed, with the roster as it was; one that is being applied may finish within `graceMs`.
   * Called again meanwhile, it waits for none. What hangs is left to the end of the process.
   */
  stop(graceMs: number): Promise<void>;
}

/**
 * starting → working → stopping (no new jobs; running syncs are ended, but for one that applies) → stopped.
 * The database may come and go: pools reconnect, timers log and try again, and a run that was cut off is reaped.
 * @throws ServiceError `precondition` when the database is not one of this version
 */
export async function startWorker(env: Env): Promise<Worker> {
  noteConnections(env);
  const keyring = parseKeyring(env.encryptionKeys);
  // Each run has its heartbeat besides, and the sweeps have theirs.
  const max = turnsAtOnce * connectionsPerTurn + runsAtOnce + 6;
  const db = openDatabase(env.databaseUrl, {
    applicationName: "aivo-worker",
    max,
    idleSeconds: 300,
    districtUrl: env.districtDatabaseUrl,
    // A transaction for each turn, one beside it, and what the sweeps and the deliveries ask.
    districtMax: turnsAtOnce * 2 + runsAtOnce + messagesAtOnce,
  });
  await assertCurrent(db.sql);
  // A run that finds none makes it itself.
  await prepareStaging(db.sql).catch((error: unknown) => log.warn("staging-not-prepared", errorFields(error)));
  const jobs = await openWorkerJobs(env.databaseUrl);
  jobs.boss.on("error", (error) => log.error("queue-error", errorFields(error)));
  const clock = await openClock(db.sql);
  const services: Services = { db, env, keyring, jobs, now: clock.now };
  const workerId = `${hostname()}:${process.pid}:${randomBytes(4).toString("hex")}`;
  const spoolRoot = join(resolve(env.dataDirectory), "spool");
  await mkdir(spoolRoot, { recursive: true, mode: 0o700 });
  const abort = new AbortController();
  const tracing = env.traceEndpoint === null ? null : await import("#lib/platform/tracing.ts");
  const traces = tracing && env.traceEndpoint !== null ? tracing.startTracing(env.traceEndpoint, "aivo-worker") : null;
  const recordSpan = tracing?.recordSpan ?? null;
  const worker = { services, workerId, spoolRoot, turns: new Turns(turnsAtOnce), recordSpan, signal: abort.signal };
  const running = new Set<Promise<void>>();

  // Before it takes a job: one whose port is taken ends, and must not have begun a sync.
  let isWorking = false;
  const probe = openProbe(env.databaseUrl);
  const server =
    env.workerServer &&
    (await serveWorker(env.workerServer, env.metricsToken, {
      missing: async () => (abort.signal.aborted ? "stopping" : !isWorking ? "starting" : (await probe()) ? null : "database"),
      metrics: () => serviceMetrics(services),
    }));

  const everySoOften = [
    repeat("sweep", sweepEveryMs, () => sweep(worker)),
    repeat("schedule", dueEveryMs, () => requestAllDue(services)),
    repeat("notices", noticesEveryMs, () => dispatch(services)),
    repeat("sprays", spraysEveryMs, () => lookAtSprays(services)),
    repeat("calendar", calendarEveryMs, () => lookAtCalendar(services)),
    // Each by itself: one that is slow or away keeps no other waiting.
    ...destinationsOf(env).map((destination) =>
      repeat(destination.label, auditEveryMs, () => carryAudit(services, destination, abort.signal)),
    ),
  ];

  await jobs.boss.schedule("retention", retentionJob.cron, {}, { tz: "UTC", missed: "once" });
  const work = async ([job]: readonly { readonly id: string; readonly data: unknown }[]) => {
    const run = workSyncRun(worker, queues["sync-run"].payload.parse(job?.data));
    const settled = run.catch((error: unknown) => log.error("run-broke", { jobId: job?.id, ...errorFields(error) }));
    running.add(settled);
    runningGauge.set(running.size);
    await settled;
    running.delete(settled);
    runningGauge.set(running.size);
  };
  // pg-boss counts the interval from the start of the job before: after one that took longer the next is fetched at once.
  const pace = { pollingIntervalSeconds: 1, notifyPollingIntervalSeconds: 1 };
  await jobs.boss.work("sync-run", { ...pace, localConcurrency: runsAtOnce, localGroupConcurrency: runsPerDistrict }, work);
  await jobs.boss.work("sync-run", { ...pace, minPriority: soon }, work);
  await jobs.boss.work(
    "deliver",
    { ...pace, localConcurrency: messagesAtOnce, localGroupConcurrency: messagesPerDistrict },
    ([job]: readonly { readonly data: unknown }[]) => workDelivery(services, queues.deliver.payload.parse(job?.data)),
  );
  await jobs.boss.work("password-link", { ...pace, localConcurrency: 2 }, ([job]: readonly { readonly data: unknown }[]) =>
    workPasswordLink(services, queues["password-link"].payload.parse(job?.data)),
  );
  await jobs.boss.work("sign-in-notice", { ...pace, localConcurrency: 2 }, ([job]: readonly { readonly data: unknown }[]) =>
    workSignInNotice(services, queues["sign-in-notice"].payload.parse(job?.data)),
  );
  await jobs.boss.work("retention", { pollingIntervalSeconds: 30 }, () => workRetention(services));
  slots.set(runsAtOnce + 1);
  isWorking = true;
  log.info("worker-started", { workerId, runsAtOnce });

  let stopping: Promise<void> | null = null;
  const hurry = new AbortController();
  const shutDown = async (graceMs: number) => {
    log.info("worker-stopping", { workerId, running: running.size });
    for (const name of Object.keys(queues)) await jobs.boss.offWork(name, { wait: false }).catch(() => {});
    abort.abort();
    await atMost(graceMs, Promise.all(running), hurry.signal);
    await atMost(lastWordsMs, Promise.all(everySoOften.map((stopRepeating) => stopRepeating())), hurry.signal);
    await jobs.boss
      .stop({ graceful: true, timeout: lastWordsMs, close: true })
      .catch((error: unknown) => log.error("queue-error", errorFields(error)));
    clock.close();
    await server?.close();
    await atMost(lastWordsMs, traces?.stop().catch(() => {}) ?? Promise.resolve(), hurry.signal);
    await db.close();
    log.info("worker-stopped", { workerId, left: running.size });
  };
  return {
    stop: (graceMs) => {
      if (stopping) hurry.abort();
      stopping ??= shutDown(graceMs);
      return stopping;
    },
  };
}

/** Waits for the work for so long, and no longer once the signal aborts. */
async function atMost(ms: number, work: Promise<unknown>, signal: AbortSignal): Promise<void> {
  const patience = AbortSignal.any([signal, AbortSignal.timeout(ms)]);
  const over = new Promise<void>((resolve) => {
    if (patience.aborted) resolve();
    else patience.addEventListener("abort", () => resolve(), { once: true });
  });
  await Promise.race([work, over]);
}

/** Repeats with a pause between two, beginning now; a failure is logged and the next try comes all the same. Gives what ends it. */
function repeat(name: string, everyMs: number, work: () => Promise<void>): () => Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  let isOver = false;
  let current: Promise<void>;
  const turn = async () => {
    await work().catch((error: unknown) => {
      taskFailures.inc({ task: name });
      log.error(`${name}-failed`, errorFields(error));
    });
    if (!isOver) timer = setTimeout(() => (current = turn()), everyMs);
  };
  current = turn();
  return async () => {
    isOver = true;
    clearTimeout(timer);
    await current;
  };
}
