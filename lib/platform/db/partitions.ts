import { appRole } from "./app-role.ts";
import { isDistributed } from "./citus/is-distributed.ts";
import type { Database } from "./client.ts";
import { codeOf } from "./error-codes.ts";
import { tune } from "./set-local.ts";
import { type Tx, withOwner } from "./tx.ts";

/**
 * A table that is partitioned by the months (UTC) of its key. Beside them it has a partition `<name>_default`, so that nothing is ever
 * refused for want of one.
 */
export interface MonthlyTable {
  readonly name: string;
  /** The column that the months are told by. */
  readonly key: string;
  /** How: by the time in an id of version 7, or by itself. */
  readonly keyType: "uuidv7" | "timestamptz";
}

export const runChangesByMonth: MonthlyTable = { name: "run_changes", key: "run_id", keyType: "uuidv7" };
export const sourceRecordChangesByMonth: MonthlyTable = { name: "source_record_changes", key: "run_id", keyType: "uuidv7" };
export const closedIssuesByMonth: MonthlyTable = { name: "closed_issues", key: "closed_at", keyType: "timestamptz" };
export const viewsByMonth: MonthlyTable = { name: "views", key: "id", keyType: "uuidv7" };
export const viewedPeopleByMonth: MonthlyTable = { name: "viewed_people", key: "view_id", keyType: "uuidv7" };
export const monthlyTables: readonly MonthlyTable[] = [
  runChangesByMonth,
  sourceRecordChangesByMonth,
  closedIssuesByMonth,
  viewsByMonth,
  viewedPeopleByMonth,
];

/** What was done to the partitions of a table. */
export interface PartitionsDone {
  /** Of the partitions made or dropped, oldest first. */
  readonly names: readonly string[];
  /** A lock was not to be had in time, so that something is left to be done: ask again later. */
  readonly isBusy: boolean;
}

/** Made before they are needed, so that a job that fails for weeks is not missed. */
const monthsAhead = 2;
/** Whoever writes waits behind us for as long as we wait for a lock: not for long. */
const patienceSeconds = 2;
/** As drizzle/0019_analyze-by-rows.sql has it for tables that syncs write into. */
const settings =
  "autovacuum_analyze_scale_factor = 0.01, autovacuum_analyze_threshold = 2000, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_insert_scale_factor = 0.05";

/**
 * Makes what is missing of this month's partition and the next two, and one for each earlier month of which there are rows in the default
 * partition; rows that belong into a new partition are moved there. Takes no lock where nothing is missing. Of several who do this
 * at once, one makes each.
 * @param now by the database's clock
 */
export async function makePartitions(db: Database, table: MonthlyTable, now: Date): Promise<PartitionsDone> {
  const wanted = new Set(Array.from({ length: monthsAhead + 1 }, (_, ahead) => addMonths(startOfMonth(now), ahead).getTime()));
  for (const month of await strayMonths(db, table, addMonths(startOfMonth(now), monthsAhead))) wanted.add(month);
  const present = new Set((await partitionsOf(db.sql, table)).map(({ month }) => month.getTime()));
  const missing = [...wanted].filter((month) => !present.has(month)).sort((a, b) => a - b);
  return each(missing, (month) => makePartition(db, table, new Date(month)));
}

/**
 * Drops the partitions that end at `before` or earlier, whole: no row is deleted one by one. The default partition stays.
 * @param record what is to be remembered of a partition, in the transaction that drops it and before it is gone
 */
export async function dropPartitions(
  db: Database,
  table: MonthlyTable,
  before: Date,
  record: (tx: Tx, partition: Partition) => Promise<void> = async () => {},
): Promise<PartitionsDone> {
  const old = (await partitionsOf(db.sql, table)).filter(({ month }) => addMonths(month, 1) <= before);
  return each(old, (partition) => dropPartition(db, table, partition, record));
}

export interface Partition {
  readonly name: string;
  /** Its first moment. */
  readonly month: Date;
}

/** The partitions of months, oldest first. */
export async function partitionsOf(sql: Tx["sql"] | Database["sql"], table: MonthlyTable): Promise<readonly Partition[]> {
  const rows = await sql<{ name: string }[]>`
    select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = ${table.name}::regclass and c.relname ~ ${`^${table.name}_\\d{4}_\\d{2}$`} order by 1`;
  return rows.map(({ name }) => {
    const [year, month] = name.split("_").slice(-2).map(Number);
    return { name, month: new Date(Date.UTC(year ?? 0, (month ?? 1) - 1)) };
  });
}

export function partitionName(table: MonthlyTable, month: Date): string {
  return `${table.name}_${month.toISOString().slice(0, 7).replace("-", "_")}`;
}

/** The first moment of the month, UTC. */
export function startOfMonth(at: Date): Date {
  return new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth()));
}

/** @param month the first moment of one */
export function addMonths(month: Date, count: number): Date {
  return new Date(Date.UTC(month.getUTCFullYear(), month.getUTCMonth() + count));
}

/** The smallest key of a month, as it stands in a statement. */
function bound({ keyType }: MonthlyTable, month: Date): string {
  return `'${keyType === "timestamptz" ? month.toISOString() : smallestUuidv7(month)}'`;
}

/** No id of version 7 that was made at this time or later is smaller. */
export function smallestUuidv7(at: Date): string {
  // RFC 9562, 5.7: 48 bits of milliseconds since 1970 come first.
  const milliseconds = at.getTime().toString(16).padStart(12, "0");
  return `${milliseconds.slice(0, 8)}-${milliseconds.slice(8)}-0000-0000-000000000000`;
}

/** The time in an id of version 7, to the millisecond, as SQL. PostgreSQL has a function for it from 17 on. */
export const timeOfUuidv7 = (key: string) => `to_timestamp(('x' || translate(left(${key}::text, 13), '-', ''))::bit(48)::bigint / 1000.0)`;

/** The months, up to `last`, of rows that lie in the default partition. Keys without a time, and those of a time to come, stay there. */
async function strayMonths(db: Database, { name, key, keyType }: MonthlyTable, last: Date): Promise<number[]> {
  const time = keyType === "timestamptz" ? key : `case when substr(${key}::text, 15, 1) = '7' then ${timeOfUuidv7(key)} end`;
  const rows = await db.sql.unsafe<{ ms: number }[]>(
    `select distinct extract(epoch from date_trunc('month', ${time}, 'UTC'))::float8 * 1000 as ms from ${name}_default where ${key} is not null`,
  );
  return rows.flatMap(({ ms }) => (ms !== null && ms <= last.getTime() ? [ms] : []));
}

/**
 * One transaction for each, which lets go of its locks before the next. `work` answers the name of what it did, null where another was
 * quicker. What follows one that finds a lock taken is left.
 */
async function each<T>(all: readonly T[], work: (one: T) => Promise<string | null>): Promise<PartitionsDone> {
  const names: string[] = [];
  for (const one of all) {
    try {
      const name = await work(one);
      if (name !== null) names.push(name);
    } catch (error) {
      if (codeOf(error) === lockNotAvailable) return { names, isBusy: true };
      throw error;
    }
  }
  return { names, isBusy: false };
}

const lockNotAvailable = "55P03";

/**
 * Made beside its parent and then attached: "create table … partition of" would lock the parent against everybody. The default partition
 * is locked, since rows may not come to it while it is asked for those of the month; syncs write past it.
 */
async function makePartition(db: Database, table: MonthlyTable, month: Date): Promise<string | null> {
  const name = partitionName(table, month);
  const [from, to] = [bound(table, month), bound(table, addMonths(month, 1))];
  const spare = `${table.name}_default`;
  const ofTheMonth = `${table.key} >= ${from} and ${table.key} < ${to}`;
  // On Citus it lies where its parent does before anything is put into it.
  const [isCut] = (await isDistributed(db)) ? await db.sql`select from pg_dist_partition where logicalrelid = ${table.name}::regclass` : [];
  const cut = isCut ? [`select create_distributed_table('${name}', 'district_id', colocate_with => '${table.name}')`] : [];
  return withOwner(db, "", async (tx) => {
    // In conflict with itself: whoever makes one at the same time waits here, and finds it made.
    await lock(tx, table.name, "share update exclusive");
    if (await isPartition(tx, table, name)) return null;
    await lock(tx, spare, "access exclusive");
    const statements = [
      `create table ${name} (like ${table.name} including all excluding identity) with (${settings})`,
      // Nothing is granted on it, and no policy lets anybody but the owner in: the application reads it through its parent alone.
      `alter table ${name} enable row level security`,
      ...(isCut ? [] : [`alter table ${name} force row level security`, `create policy owner on ${name} to current_user using (true)`]),
      `revoke all on ${name} from ${appRole}`,
      ...cut,
      `insert into ${name} select * from ${spare} where ${ofTheMonth}`,
      `delete from ${spare} where ${ofTheMonth}`,
      `alter table ${table.name} attach partition ${name} for values from (${from}) to (${to})`,
    ];
    // One by one: Citus hands some of them on as they stand.
    for (const statement of statements) await tx.sql.unsafe(statement);
    return name;
  });
}

/** The parent is locked first, as by whoever writes, so that nobody who has a part of it waits for the rest. */
function dropPartition(
  db: Database,
  table: MonthlyTable,
  partition: Partition,
  record: (tx: Tx, partition: Partition) => Promise<void>,
): Promise<string | null> {
  return withOwner(db, "", async (tx) => {
    await lock(tx, table.name, "access exclusive");
    if (!(await isPartition(tx, table, partition.name))) return null;
    await record(tx, partition);
    await tx.sql.unsafe(`drop table ${partition.name}`);
    return partition.name;
  });
}

async function lock(tx: Tx, table: string, mode: "share update exclusive" | "access exclusive"): Promise<void> {
  await tune(tx.sql, { lock_timeout: `${patienceSeconds}s` });
  // Without its partitions: each is locked by what needs it.
  await tx.sql.unsafe(`lock table only ${table} in ${mode} mode`);
}

async function isPartition(tx: Tx, table: MonthlyTable, name: string): Promise<boolean> {
  return (await partitionsOf(tx.sql, table)).some((partition) => partition.name === name);
}
