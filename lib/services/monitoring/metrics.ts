import { queues } from "#lib/platform/jobs.ts";
import { gauge, metricsText } from "#lib/platform/metrics.ts";
import { type Destination, destinationsOf } from "#lib/services/audit-shipping/destinations.ts";
import type { Services } from "#lib/services/services.ts";
import { type Figures, lookAtFigures } from "./figures.ts";
import { lookAtMachine } from "./machine.ts";

/** The same in every process, since they are the database's: aggregate them with max, not sum. */
const ofDatabase = {
  queueJobs: gauge({ name: "aivo_queue_jobs", help: "Jobs that wait or are worked on", labelNames: ["queue", "state"] }),
  queueAge: gauge({ name: "aivo_queue_oldest_seconds", help: "Age of the oldest job that could have begun", labelNames: ["queue"] }),
  runs: gauge({ name: "aivo_runs", help: "Syncs under way, and plans held for review", labelNames: ["state"] }),
  runAge: gauge({
    name: "aivo_run_oldest_seconds",
    help: "Since when the oldest of them is in its state or was asked for",
    labelNames: ["state"],
  }),
  overdue: gauge({ name: "aivo_schedules_overdue", help: "Schedules that are due and have no run yet" }),
  lag: gauge({ name: "aivo_schedule_lag_seconds", help: "For how long the first of them has been due" }),
  locks: gauge({ name: "aivo_pg_locks", help: "Locks in the database", labelNames: ["mode", "granted"] }),
  connections: gauge({ name: "aivo_pg_connections", help: "Connections of Aivo's processes", labelNames: ["application", "state"] }),
  transaction: gauge({
    name: "aivo_pg_longest_transaction_seconds",
    help: "Age of the oldest open transaction",
    labelNames: ["application"],
  }),
  destinationAge: gauge({
    name: "aivo_audit_destination_seconds",
    help: "Since when a destination of audit logs last had all that there was",
    labelNames: ["destination"],
  }),
  destinationFailures: gauge({
    name: "aivo_audit_destination_failures",
    help: "Tries in a row that a destination of audit logs did not take",
    labelNames: ["destination"],
  }),
  outbox: gauge({ name: "aivo_outbox_waiting", help: "Messages that wait to be delivered", labelNames: ["channel"] }),
  outboxLag: gauge({
    name: "aivo_outbox_lag_seconds",
    help: "For how long the first of them has been due, which nobody has tried",
    labelNames: ["channel"],
  }),
  allowed: gauge({ name: "aivo_pg_connections_allowed", help: "max_connections of the server" }),
} as const;

const isUp = gauge({ name: "aivo_database_up", help: "Whether the database answered this process for this scrape" });
const clockOffset = gauge({ name: "aivo_clock_offset_seconds", help: "This machine's clock less the database's" });
const diskFree = gauge({ name: "aivo_data_free_bytes", help: "Free for this process's data directory" });
const backupAge = gauge({
  name: "aivo_backup_age_seconds",
  help: "Since sis backup last wrote a file with this data directory; none: not yet",
});
const poolSize = gauge({ name: "aivo_pool_connections_max", help: "How many connections this process's pools may have" });

/** Everything this process and the database have to say, for a scraper. While the database is away the figures of it are left out. */
export async function serviceMetrics(services: Pick<Services, "db" | "env">): Promise<string> {
  poolSize.set(services.db.sql.options.max + (services.db.entrance?.sql.options.max ?? 0));
  const { freeBytes, backupAgeSeconds } = await lookAtMachine(services.env.dataDirectory);
  for (const [metric, value] of [
    [diskFree, freeBytes],
    [backupAge, backupAgeSeconds],
  ] as const)
    if (value === null) metric.remove();
    else metric.set(value);
  const figures = await lookAtFigures(services).catch(() => null);
  isUp.set(figures ? 1 : 0);
  for (const metric of Object.values(ofDatabase)) metric.reset();
  if (figures) fill(figures, destinationsOf(services.env));
  return metricsText();
}

function fill(figures: Figures, destinations: readonly Destination[]): void {
  // A queue that is empty says so: an alert on no data is one on nothing.
  for (const queue of Object.keys(queues)) ofDatabase.queueAge.set({ queue }, 0);
  for (const state of ["queued", "running", "applying", "held"]) ofDatabase.runs.set({ state }, 0);
  for (const { queue, state, jobs, oldestSeconds } of figures.queues) {
    if (!Object.hasOwn(queues, queue)) continue;
    ofDatabase.queueJobs.set({ queue, state }, jobs);
    if (oldestSeconds > 0) ofDatabase.queueAge.set({ queue }, oldestSeconds);
  }
  for (const { state, count, oldestSeconds } of figures.runs) {
    ofDatabase.runs.set({ state }, count);
    ofDatabase.runAge.set({ state }, oldestSeconds);
  }
  ofDatabase.overdue.set(figures.schedules.overdue);
  ofDatabase.lag.set(figures.schedules.lagSeconds);
  for (const granted of ["true", "false"]) ofDatabase.locks.set({ mode: "any", granted }, 0);
  for (const { mode, isGranted, count } of figures.locks) {
    ofDatabase.locks.set({ mode, granted: String(isGranted) }, count);
    ofDatabase.locks.inc({ mode: "any", granted: String(isGranted) }, count);
  }
  for (const { application, state, count, longestTransactionSeconds } of figures.connections) {
    ofDatabase.connections.set({ application, state }, count);
    if (longestTransactionSeconds > 0) ofDatabase.transaction.set({ application }, longestTransactionSeconds);
  }
  for (const { id, label } of destinations) {
    const { sinceSeconds = null, failures = 0 } = figures.destinations.find((one) => one.id === id) ?? {};
    if (sinceSeconds !== null) ofDatabase.destinationAge.set({ destination: label }, sinceSeconds);
    ofDatabase.destinationFailures.set({ destination: label }, failures);
  }
  for (const channel of ["email", "webhook"]) {
    const { count = 0, lagSeconds = 0 } = figures.outbox.find((one) => one.channel === channel) ?? {};
    ofDatabase.outbox.set({ channel }, count);
    ofDatabase.outboxLag.set({ channel }, lagSeconds);
  }
  ofDatabase.allowed.set(figures.connectionsAllowed);
  clockOffset.set(figures.clockOffsetSeconds);
}
