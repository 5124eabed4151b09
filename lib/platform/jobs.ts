import { sql as fragment } from "drizzle-orm";
import { type ConstructorOptions, type Db, fromDrizzle, PgBoss, type Queue } from "pg-boss";
import { z } from "zod";
import type { Database } from "#lib/platform/db/client.ts";
import { setLocal, tune } from "#lib/platform/db/set-local.ts";
import { forNodePostgres } from "#lib/platform/db/tls.ts";
import type { Tx } from "#lib/platform/db/tx.ts";

/** What somebody is told of their own sign-in. */
export const signInNotices = [
  "app-added",
  "app-removed",
  "passkey-added",
  "passkey-removed",
  "recovery-code-used",
  "recovery-codes-made",
  "second-factor-reset",
] as const;
export type SignInNotice = (typeof signInNotices)[number];

/**
 * Queue names, payloads and options: one table shared by app, worker and command line. Payloads hold ids only.
 *
 * No queue retries: a sync that failed has said so to the admin, and what tries it again is a run of its own (lib/services/runs/retry.ts) or the next schedule.
 */
export const queues = {
  /** One run. Its job id is the run id, so that either finds the other. */
  "sync-run": {
    payload: z.object({ districtId: z.uuid(), runId: z.uuid() }),
    options: { retryLimit: 0, expireInSeconds: 12 * 3600, heartbeatSeconds: 20, deleteAfterSeconds: 24 * 3600, notify: true },
  },
  /** One try to deliver a message. What is tried again is told by the delivery's row (lib/services/notices/dispatch.ts). */
  deliver: {
    payload: z.object({ districtId: z.uuid(), deliveryId: z.uuid(), attempt: z.number().int() }),
    options: { retryLimit: 0, expireInSeconds: 120, deleteAfterSeconds: 3600, notify: true },
  },
  /** One email with a link to choose a password. Its link is valid for an hour at least, and so long it is tried. */
  "password-link": {
    payload: z.object({ districtId: z.uuid(), linkId: z.uuid() }),
    options: { retryLimit: 8, retryDelay: 15, retryBackoff: true, expireInSeconds: 120, deleteAfterSeconds: 3600, notify: true },
  },
  /** One email to somebody about a change of how they sign in. */
  "sign-in-notice": {
    payload: z.object({ districtId: z.uuid(), accountId: z.uuid(), notice: z.enum(signInNotices), noticeId: z.uuid() }),
    options: { retryLimit: 8, retryDelay: 15, retryBackoff: true, expireInSeconds: 120, deleteAfterSeconds: 3600, notify: true },
  },
  /** Once a day: what is past its retention period goes. */
  retention: {
    payload: z.object({}),
    options: { retryLimit: 3, retryBackoff: true, expireInSeconds: 3600, deleteAfterSeconds: 7 * 24 * 3600 },
  },
} as const satisfies Record<string, { payload: z.ZodType; options: Omit<Queue, "name"> }>;
export type QueueName = keyof typeof queues;
export type Payload<Name extends QueueName> = z.infer<(typeof queues)[Name]["payload"]>;

/** What somebody waits for goes before what comes by a schedule, and has a slot of its own in each worker. */
export const soon = 10;

export function priorityOf(trigger: "manual" | "schedule" | "command-line" | "api"): number {
  return trigger === "schedule" ? 0 : soon;
}

interface JobOptions {
  readonly id: string;
  /** Shares what there is with the others: a district has a few slots of a worker at most. */
  readonly group: { readonly id: string };
  readonly priority: number;
  /** So many seconds from now; otherwise at once. */
  readonly startAfter?: number;
}

export interface Jobs {
  /** Puts a job into a queue inside the caller's transaction, for now or for later: neither exists without the other. */
  send<Name extends QueueName>(tx: Tx, queue: Name, payload: Payload<Name>, options?: JobOptions): Promise<void>;
  /** The same for many in one statement. */
  sendMany<Name extends QueueName>(
    tx: Tx,
    queue: Name,
    jobs: readonly (Omit<JobOptions, "priority"> & { readonly payload: Payload<Name> })[],
  ): Promise<void>;
  /** Takes back a job that no worker has begun, inside the caller's transaction. */
  withdraw(tx: Tx, queue: QueueName, id: string): Promise<void>;
  /** Those of the ids that have a job which a worker has or will have; a job that is gone does not come back. */
  pending(queue: QueueName, ids: readonly string[]): Promise<ReadonlySet<string>>;
  readonly boss: PgBoss;
  close(): Promise<void>;
}

const schema = "pgboss";
const unattended = { supervise: false, schedule: false, registerInstance: false } as const;

/**
 * The queue's client for processes that only enqueue: it borrows the database's pool and maintains nothing. `databaseUrl` is used
 * once, where the queue's own tables are missing or of an older release.
 */
export async function openJobs(db: Database, databaseUrl: string): Promise<Jobs> {
  const adapter: Db = { executeSql: async (text, values) => ({ rows: [...(await db.sql.unsafe(text, jsonAsText(values) as never[]))] }) };
  const open = () => openBoss({ db: adapter, ...unattended, migrate: false });
  const boss = (await isInstalled(db)) ? await open().catch(() => null) : null;
  if (boss) return clientOf(boss);
  await installQueues(databaseUrl);
  return clientOf(await open());
}

/** Makes the queue's tables, or brings them to this release: for migrations, so that processes that start later find them. */
export async function installQueues(databaseUrl: string): Promise<void> {
  const boss = await openBoss({ connectionString: forNodePostgres(databaseUrl), max: 1, ...unattended });
  await createQueues(boss);
  await boss.stop({ graceful: false, close: true });
}

/** The worker's own client: keeps the clock of the retention job, supervises the queues, is woken by NOTIFY. */
export async function openWorkerJobs(databaseUrl: string): Promise<Jobs> {
  const boss = await openBoss({
    connectionString: forNodePostgres(databaseUrl),
    application_name: "aivo-worker-queue",
    max: 4,
    useListenNotify: true,
    superviseIntervalSeconds: 15,
    monitorIntervalSeconds: 15,
    cronMonitorIntervalSeconds: 15,
    cronWorkerIntervalSeconds: 2,
  });
  await createQueues(boss);
  return clientOf(boss);
}

/** Whether pg-boss's tables and our queues are there; of which release is asked at its start. */
async function isInstalled(db: Database): Promise<boolean> {
  const [found] = await db.sql<{ found: boolean }[]>`select to_regclass(${`${schema}.queue`}) is not null as found`;
  if (!found?.found) return false;
  const present = await db.sql<{ name: string }[]>`select name from ${db.sql(schema)}.queue where name in ${db.sql(Object.keys(queues))}`;
  return present.length === Object.keys(queues).length;
}

async function openBoss(options: ConstructorOptions): Promise<PgBoss> {
  const boss = new PgBoss({ schema, ...options });
  // Without a listener an error of the pool would end the process; callers see the failure of their own statement.
  boss.on("error", () => {});
  try {
    return await boss.start({ attempts: options.db ? 1 : 8 });
  } catch (error) {
    await boss.stop({ graceful: false }).catch(() => {});
    throw error;
  }
}

async function createQueues(boss: PgBoss): Promise<void> {
  // Of a release whose schedules were the queue's; now the integration knows when it is due.
  if (await boss.getQueue("sync-schedule")) await boss.deleteQueue("sync-schedule");
  for (const [name, { options }] of Object.entries(queues)) {
    await boss.createQueue(name, options);
    // A queue that an older release made takes the options of this one.
    await boss.updateQueue(name, options);
  }
}

function clientOf(boss: PgBoss): Jobs {
  return {
    boss,
    send: (tx, queue, payload, options) => asOwner(tx, async (db) => void (await boss.send(queue, payload, { db, ...options }))),
    sendMany: async (tx, queue, jobs) => {
      if (jobs.length === 0) return;
      await asOwner(tx, async (db) => {
        await boss.insert(
          queue,
          jobs.map(({ payload, ...options }) => ({ ...options, data: payload })),
          { db },
        );
      });
    },
    withdraw: (tx, queue, id) => asOwner(tx, async (db) => void (await boss.cancel(queue, id, { db }))),
    pending: async (queue, ids) => {
      const { rows } = await boss
        .getDb()
        .executeSql(`select id from ${schema}.job where name = $1 and id = any($2::uuid[]) and state in ('created', 'retry', 'active')`, [
          queue,
          `{${ids.join(",")}}`,
        ]);
      return new Set(rows.map((row: { id: string }) => row.id));
    },
    close: () => boss.stop({ graceful: false, close: true }),
  };
}

/**
 * The queue's tables belong to the owner alone, so that the application's role can neither read payloads of other districts nor
 * forge jobs. The role is laid down for the queue's statement and taken up again in the same transaction.
 */
async function asOwner(tx: Tx, work: (db: Db) => Promise<void>): Promise<void> {
  const layDown = `select current_setting('role') as role; ${setLocal({ role: "none" })}`;
  const [before] = await tx.sql.unsafe<{ role: string }[]>(layDown).simple();
  const adapter = fromDrizzle(tx.orm, fragment);
  await work({ executeSql: (text, values) => adapter.executeSql(text, jsonAsText(values)) });
  await tune(tx.sql, { role: before?.role ?? "none" });
}

/** pg's driver turns plain objects into JSON; ours, since drizzle took over its serialisers, wants the text. */
function jsonAsText(values: readonly unknown[] | undefined): unknown[] {
  return (values ?? []).map((value) =>
    value !== null && typeof value === "object" && !Array.isArray(value) && !(value instanceof Date) ? JSON.stringify(value) : value,
  );
}
