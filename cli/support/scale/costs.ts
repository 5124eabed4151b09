/** What a sync takes, in seconds of one CPU. */
export interface UnitCosts {
  /** A district a night whose files have the same bytes as yesterday: asked for, claimed, told, and nothing else. */
  readonly idleRun: Costs;
  /** The same where something is read: staging, a plan, the applying transaction, however little is in them. */
  readonly plannedRun: Costs;
  /** To download and hash a thousand rows. */
  readonly workerPerThousandUnchanged: number;
  /** To read, normalize and stage a thousand rows. */
  readonly workerPerThousandRead: number;
  /** To stage a thousand rows, and to compare them with the mirror. */
  readonly databasePerThousandCompared: number;
  /** To plan a thousand records that are new or have changed, and to write them. */
  readonly databasePerThousandWritten: number;
}

interface Costs {
  readonly worker: number;
  readonly database: number;
}

/** Where and when the costs below were measured: `npm run bench`, its `cpuSeconds`. */
export const measured = {
  on: "2026-11-26",
  machine: "2 virtual CPUs shared with other work, embedded PostgreSQL 18, durable, Node 24",
  by: "npm run bench -- --users 60 (754 rows) and --users 20000 (160,355 rows), oneroster-csv: first, unchanged, 1 % changed",
} as const;

/**
 * From CPU seconds, worker and database: of 754 rows unchanged 0.12 and 0.06, 1 % changed 0.21 and 0.46; of 160,355 rows first
 * 3.12 and 10.79, unchanged 0.33 and 0.20, 1 % changed (1,166 records) 1.85 and 3.45.
 */
export const measuredCosts: UnitCosts = {
  idleRun: { worker: 0.12, database: 0.06 },
  plannedRun: { worker: 0.2, database: 0.45 },
  workerPerThousandUnchanged: 0.0013,
  workerPerThousandRead: 0.0103,
  databasePerThousandCompared: 0.0182,
  databasePerThousandWritten: 0.064,
};

/**
 * Connections that a worker keeps at most (worker/worker.ts): five for each of three turns, one for each of eight slots, four more, and five of
 * its queue.
 */
export const connectionsPerWorker = 3 * 5 + 8 + 4 + 5;
