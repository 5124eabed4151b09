import { createHash } from "node:crypto";
import type postgres from "postgres";
import { makeCutSet, partOf, partTables, type TablesOfLease } from "./citus/cut-sets.ts";
import { isDistributed } from "./citus/is-distributed.ts";
import { districtRole } from "./roles.ts";
import { tune } from "./set-local.ts";
import { clearing, type Staging, stagingOf, tablesOfSet } from "./staging.ts";
import { statisticsOf } from "./staging-statistics.ts";

/*
 * Staging sets are made once, and leased to one run after the other: tables made and dropped by each run would be a thousand rows of the
 * catalog, sixteen million a night for all districts. The lease is a row of staging.sets; whoever writes into a set holds a lock beside
 * it, and whoever empties the set waits for that lock, so that a run that was given up leaves nothing in the set of another.
 */

export interface StagingRun {
  readonly districtId: string;
  readonly runId: string;
}

type Statements = Pick<postgres.TransactionSql | postgres.ReservedSql, "unsafe">;

/** Advisory locks of two numbers, of which the second is a set's (lockOf), or 0 for making one. */
const lockClass = 0x53_74_61_67;

/** Sets of another version's tables, or of which the planner was told something else, are not leased. */
const shape = createHash("sha256")
  .update(JSON.stringify(tablesOfSet(0).map((table) => [table, statisticsOf(table.name, table.columns)])))
  .digest("hex")
  .slice(0, 16);

/** What is leased: a set, or on Citus a part of one (citus/cut-sets.ts). */
export type LeasedSet = Pick<Staging, "number" | "part">;

/** Leases an empty set to a run; the one that it has already, emptied, if it begins anew. A set is made when all are leased. */
export async function leaseStaging(sql: postgres.Sql, run: StagingRun): Promise<Staging> {
  const own = await leasedBy(sql, run.runId);
  if (own !== null) {
    await emptySet(sql, own, run.runId);
    return stagingOf(own, run);
  }
  const part = (await isDistributed({ sql })) ? await partOf(sql, run.districtId) : 0;
  return stagingOf({ number: (await leaseFree(sql, run, part)) ?? (await addSet(sql, run, part)), part }, run);
}

async function leaseFree(sql: postgres.Sql | postgres.TransactionSql, run: StagingRun, part: number): Promise<number | null> {
  const [free] = await sql<{ number: number }[]>`
    update staging.sets set run_id = ${run.runId}, district_id = ${run.districtId}, leased_at = now()
    where part = ${part} and number = (
      select number from staging.sets
      where run_id is null and part = ${part} and shape = ${shape} order by number limit 1 for update skip locked)
    returning number`;
  return free?.number ?? null;
}

/**
 * Makes a set where this version has none yet, so that no run waits for it: a second of the database's work. Not on Citus, where a district
 * has a part of a set, which the first run of one of its districts makes.
 */
export async function prepareStaging(sql: postgres.Sql): Promise<void> {
  if (await isDistributed({ sql })) return;
  await sql.begin(async (tx) => {
    await tx`select pg_advisory_xact_lock(${lockClass}, 0)`;
    const [any] = await tx`select from staging.sets where shape = ${shape} limit 1`;
    if (!any) await makeSet(tx, null, 0);
  });
}

async function leasedBy(sql: postgres.Sql, runId: string): Promise<(LeasedSet & { readonly districtId: string }) | null> {
  const [row] = await sql<{ number: number; part: number; districtId: string }[]>`
    select number, part::float8 as part, district_id as "districtId" from staging.sets where run_id = ${runId}`;
  return row ?? null;
}

/** One that others have just made and do not need is as good. */
async function addSet(sql: postgres.Sql, run: StagingRun, part: number): Promise<number> {
  return sql.begin(async (tx) => {
    await tx`select pg_advisory_xact_lock(${lockClass}, 0)`;
    return (await leaseFree(tx, run, part)) ?? makeSet(tx, run, part);
  });
}

/** Leased to `run`, or to nobody. Whoever makes one holds the lock of making. */
async function makeSet(tx: postgres.TransactionSql, run: StagingRun | null, part: number): Promise<number> {
  const add = async (number: number) => {
    await tx`
      insert into staging.sets (number, part, shape, run_id, district_id)
      values (${number}, ${part}, ${shape}, ${run?.runId ?? null}, ${run?.districtId ?? null})`;
    return number;
  };
  const [last] = await tx<{ number: number; spare: number | null }[]>`
    select coalesce(max(number), 0) as number,
      min(number) filter (where shape = ${shape} and number not in (select number from staging.sets where part = ${part})) as spare
    from staging.sets`;
  // On Citus a set whose part of this district nobody has used yet.
  if (last?.spare != null) return add(last.spare);
  const number = await add((last?.number ?? 0) + 1);
  const tables = tablesOfSet(number);
  if (part !== 0) {
    await makeCutSet(tx, tables);
    return number;
  }
  const [roles] = await tx<{ areThere: boolean }[]>`select to_regrole(${districtRole}) is not null as "areThere"`;
  const made = tables.map(({ name, columns, create, enter }) => `${create} ${roles?.areThere ? enter : ""} ${statisticsOf(name, columns)}`);
  await tx.unsafe(made.join("\n"));
  return number;
}

/** Sets and parts have a lock each; where two share one, they wait for each other and that is all. */
function lockOf({ number, part }: LeasedSet): number {
  return part === 0 ? number : (number << 16) | (part & 0xff_ff);
}

/**
 * Until the transaction ends, the set stays the run's: nobody empties it meanwhile.
 * @throws Error when the run was given up and its set is another's by now, or nobody's
 */
export async function holdStaging(tx: Statements, staging: Staging): Promise<void> {
  const { number, part, runId } = staging;
  // Two statements: the second sees what was decided while the first waited.
  const [, leases] = (await tx
    .unsafe(
      `select pg_advisory_xact_lock_shared(${lockClass}, ${lockOf(staging)});
      select from staging.sets where number = ${number} and part = ${part} and run_id = '${runId}'`,
    )
    .simple()) as unknown as [unknown, readonly unknown[]];
  if (leases.length === 0) throw new Error("The run's staging set is no longer its own");
}

/**
 * Runs `work` with the set held, as the owner of the tables; what it inserts is the district's.
 * @throws as holdStaging
 */
export function withStaging<T>(sql: postgres.Sql, staging: Staging, work: (tx: postgres.TransactionSql) => Promise<T>): Promise<T> {
  return sql.begin(async (tx) => {
    await beginStaging(tx, staging);
    return work(tx);
  }) as Promise<T>;
}

/** The same for a transaction that has just begun. */
export async function beginStaging(tx: Statements, staging: Staging): Promise<void> {
  await tune(tx, { "aivo.district_id": staging.districtId });
  await holdStaging(tx, staging);
}

/**
 * Empties the run's set and gives it back; does nothing if it has none.
 * @throws after ten seconds, when somebody still writes into it: a statement of a run that was given up. The sweep tries again (worker/sweep.ts)
 */
export async function releaseStaging(sql: postgres.Sql, runId: string): Promise<void> {
  const set = await leasedBy(sql, runId);
  if (set === null) return;
  await emptySet(sql, set, runId);
  const { number, part } = set;
  await sql`
    update staging.sets set run_id = null, district_id = null
    where number = ${number} and part = ${part} and run_id = ${runId}`;
}

/** From this size on a table is truncated: that changes rows of the catalog, while deleting and vacuuming changes none. */
const truncatedFrom = 16 * 1024 * 1024;

async function emptySet(sql: postgres.Sql, set: LeasedSet & { readonly districtId: string }, runId: string): Promise<void> {
  const names = tablesOfSet(set.number).map(({ name }) => name);
  const tables = set.part === 0 ? uncutTables(names) : await partTables(sql, names, set.districtId);
  const small: string[] = [];
  await whenNobodyWrites(sql, set, runId, async (tx) => {
    const filled = await tables.filled(tx);
    const large = filled.filter(({ bytes }) => bytes >= truncatedFrom).map(({ name }) => name);
    small.push(...filled.filter(({ bytes }) => bytes < truncatedFrom).map(({ name }) => name));
    if (large.length > 0) await tables.run(tx, `truncate ${large.join(", ")}`);
    if (small.length > 0) await tables.run(tx, small.map((name) => `delete from ${name};`).join("\n"));
  });
  if (small.length === 0) return;
  await tables.run(sql, `vacuum ${small.join(", ")}`);
  // Where a transaction may still see what was deleted, vacuum leaves the pages, and rows would come into them in any order.
  await whenNobodyWrites(sql, set, runId, async (tx) => {
    const left = await tables.filled(tx);
    if (left.length > 0) await tables.run(tx, `truncate ${left.map(({ name }) => name).join(", ")}`);
  });
}

/** Not if the set has been given to somebody else meanwhile. */
async function whenNobodyWrites(
  sql: postgres.Sql,
  set: LeasedSet,
  runId: string,
  work: (tx: postgres.TransactionSql) => Promise<void>,
): Promise<void> {
  await sql.begin(async (tx) => {
    await tune(tx, { lock_timeout: "10s" });
    await tx`select pg_advisory_xact_lock(${lockClass}, ${lockOf(set)})`;
    const [own] = await tx`
      select from staging.sets where number = ${set.number} and part = ${set.part} and run_id = ${runId}`;
    if (own) await work(tx);
  });
}

function uncutTables(names: readonly string[]): TablesOfLease {
  return {
    filled: (sql) => sql<{ name: string; bytes: number }[]>`
      select name, bytes::float8 from (
        select name, pg_relation_size(to_regclass(name)) as bytes from unnest(${[...names]}::text[]) t (name)) s
      where bytes > 0`,
    run: async (sql, statement) => {
      await sql.unsafe(statement);
    },
  };
}

/** Takes away what planning wrote, so that the plan can be made again from the same input. */
export async function clearPlan(sql: postgres.Sql, staging: Staging): Promise<void> {
  const { incoming, setAside, found, plan, work, ...rest } = staging;
  const { accountMatches, endedLinks, suspended, statusChanges, waiting, issueNews, withheld, keptNews } = rest;
  const planned = [
    ...Object.values(plan),
    ...Object.values(work),
    accountMatches,
    endedLinks,
    suspended,
    statusChanges,
    keptNews,
    waiting,
    issueNews,
    withheld,
  ];
  const statements = [
    ...planned.map((table) => clearing(staging, table)),
    ...Object.values(incoming).map((table) => clearing(staging, table, "said = 'again'")),
    clearing(staging, setAside, "added"),
    clearing(staging, found, "not is_read"),
  ];
  await withStaging(sql, staging, (tx) => tx.unsafe(statements.join(";\n")).simple());
}

/** The runs that have a set leased. */
export async function runsWithStaging(sql: postgres.Sql): Promise<readonly string[]> {
  const rows = await sql<{ runId: string }[]>`select run_id as "runId" from staging.sets where run_id is not null`;
  return rows.map((row) => row.runId);
}

/** Drops the sets of other versions that nobody has used for an hour. Returns how many. */
export async function dropOutdatedSets(sql: postgres.Sql): Promise<number> {
  return sql.begin(async (tx) => {
    await tune(tx, { lock_timeout: "10s" });
    const free = await tx<{ number: number; part: number }[]>`
      select number, part from staging.sets
      where run_id is null and shape <> ${shape} and leased_at < now() - interval '1 hour' for update skip locked`;
    // With all of its parts.
    const outdated = await tx<{ number: number }[]>`
      delete from staging.sets where number in (
        select number from staging.sets s
        group by number having count(*) = (
          select count(*) from unnest(${free.map(({ number }) => number)}::int[]) f (number) where f.number = s.number))
      returning number`;
    const numbers = [...new Set(outdated.map(({ number }) => number))];
    for (const number of numbers) {
      const tables = await tx<{ name: string }[]>`
        select format('%I.%I', schemaname, tablename) as name from pg_tables
        where schemaname = 'staging' and tablename like ${`set${number}\\_%`}`;
      if (tables.length > 0) await tx.unsafe(`drop table ${tables.map(({ name }) => name).join(", ")}`);
    }
    return numbers.length;
  });
}

/**
 * Drops what versions before this one left: tables named after a run, which made them for itself and is over. Returns how many.
 */
export async function dropTablesOfRuns(sql: postgres.Sql): Promise<number> {
  const all = await sql<{ name: string; runId: string }[]>`
    select format('staging.%I', tablename) as name, substring(tablename from '_([0-9a-f]{32})$')::uuid as "runId"
    from pg_tables where schemaname = 'staging' and tablename ~ '_[0-9a-f]{32}$'`;
  if (all.length === 0) return 0;
  const alive = await sql<{ id: string }[]>`
    select id from sync_runs
    where id = any(${all.map(({ runId }) => runId)}::uuid[]) and state in ('running', 'applying')`;
  const tables = all.filter(({ runId }) => !alive.some(({ id }) => id === runId));
  if (tables.length === 0) return 0;
  await sql.begin(async (tx) => {
    await tune(tx, { lock_timeout: "10s" });
    await tx.unsafe(`drop table ${tables.map(({ name }) => name).join(", ")}`);
  });
  return tables.length;
}
