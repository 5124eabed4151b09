import type postgres from "postgres";
import { appRole, schoolRole } from "#lib/platform/db/app-role.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import { type Missing, missingForCitus, unreachableAs } from "./missing.ts";
import { placementOf, type TableFacts, tablesOf } from "./placement.ts";
import { makeUndoTables } from "./undo-tables.ts";
import { withoutSubqueries } from "./without-subqueries.ts";

export interface Distributed {
  readonly ok: true;
  /** What was done, in order, in words; empty when everything was as it should be. */
  readonly done: readonly string[];
  /** How many tables are distributed now, without their partitions. */
  readonly tables: number;
}

export interface NotDistributed {
  readonly ok: false;
  readonly missing: readonly Missing[];
  /** What was done before that was found; a later call goes on from there. */
  readonly done: readonly string[];
}

/** Parts of each table: more nodes than that have nothing to do, and each part of each month's partition is a table on its node. */
export const defaultShards = 32;

/**
 * Distributes every table that has a district by it, and makes on Citus what differs there from one PostgreSQL:
 *
 * - `aivo_app` may log in, because nodes come to each other as whoever a transaction works as;
 * - what a transaction sets goes to the nodes with it;
 * - policies have no subquery. On one PostgreSQL they have one, which is evaluated once for a statement instead of for each row;
 * - the audit log has no trigger: revoked rights and its chain of hashes stand alone;
 * - what is taken back is worked out in tables that are cut, and not in temporary ones.
 *
 * One transaction for each table, each step only where it is still to be done: called again it goes on from where it was stopped, and at
 * last finds nothing to do. Meanwhile nobody may use the database.
 * @param sql one connection as the owner of the tables, and of nobody else's use
 * @throws ServiceError `precondition` where a table has no place yet: a fault of this version
 */
export async function distribute(sql: postgres.Sql, shards = defaultShards): Promise<Distributed | NotDistributed> {
  // The lock of migrate(): neither runs while the other does.
  await sql`select pg_advisory_lock(hashtextextended('aivo:migrate', 0))`;
  try {
    const missing = await missingForCitus(sql);
    if (missing.length > 0) return { ok: false, missing, done: [] };
    const done = [...(await prepareRoles(sql)), ...(await prepareDatabase(sql)), ...(await dropUncutSets(sql))];
    const tables = (await tablesOf(sql)).flatMap(whereItStands);
    for (const table of tables) done.push(...(await distributeTable(sql, table, shards)));
    done.push(...(await makeUndoTables(sql)));
    const unreachable = [...(await unreachableAs(sql, appRole)), ...(await unreachableAs(sql, schoolRole))];
    return unreachable.length > 0 ? { ok: false, missing: unreachable, done } : { ok: true, done, tables: tables.length };
  } finally {
    await sql`select pg_advisory_unlock(hashtextextended('aivo:migrate', 0))`;
  }
}

interface Wanted extends TableFacts {
  readonly column: string;
}

function whereItStands(table: TableFacts): readonly Wanted[] {
  const placement = placementOf(table);
  if (placement === null)
    throw new ServiceError("precondition", `Where ${table.schema}.${table.name} stands on Citus is not decided. Nothing was changed.`);
  return placement.kind === "distributed" ? [{ ...table, column: placement.column }] : [];
}

async function prepareRoles(sql: postgres.Sql): Promise<readonly string[]> {
  const kept = await sql<{ name: string }[]>`
    select rolname as name from pg_roles where rolname = any(${[appRole, schoolRole]}) and not rolcanlogin order by 1`;
  for (const { name } of kept) await sql.unsafe(`alter role ${name} login`);
  return kept.map(({ name }) => `${name} may log in`);
}

const handOn = "citus.propagate_set_commands=local";

async function prepareDatabase(sql: postgres.Sql): Promise<readonly string[]> {
  const [set] = await sql<{ found: boolean; database: string }[]>`
    select quote_ident(current_database()) as database, exists (
      select from pg_db_role_setting s join pg_database d on d.oid = s.setdatabase
      where d.datname = current_database() and s.setrole = 0 and ${handOn} = any(s.setconfig)) as found`;
  if (!set || set.found) return [];
  await sql.unsafe(`alter database ${set.database} set citus.propagate_set_commands = 'local'`);
  return ["what a transaction sets goes to the nodes with it"];
}

/** Staging sets that were made on one PostgreSQL are dropped: whoever needs one makes it, cut. */
async function dropUncutSets(sql: postgres.Sql): Promise<readonly string[]> {
  const sets = await sql<{ name: string }[]>`
    select format('%I.%I', schemaname, tablename) as name from pg_tables
    where schemaname = 'staging' and tablename ~ '^set[0-9]+_'
      and not exists (
        select from pg_dist_partition where logicalrelid = format('%I.%I', schemaname, tablename)::regclass)`;
  if (sets.length === 0) return [];
  await sql.begin(async (tx) => {
    await tx`delete from staging.sets where part = 0`;
    await tx.unsafe(`drop table ${sets.map(({ name }) => name).join(", ")}`);
  });
  return ["staging sets are made anew when they are needed"];
}

async function distributeTable(sql: postgres.Sql, table: Wanted, shards: number): Promise<readonly string[]> {
  const name = `${table.schema}.${table.name}`;
  const [already] = await sql`select from pg_dist_partition where logicalrelid = ${name}::regclass`;
  const done: string[] = [];
  if (!already) {
    await sql.begin(async (tx) => {
      await withoutEntrance(tx, name);
      await plainPolicies(tx, name);
      if (name === "public.audit_entries") await tx.unsafe("drop trigger if exists append_only on audit_entries");
      // The trigger that numbers runs asks the part of the table that it stands on (drizzle/0024_run-beside-its-district.sql).
      await tx.unsafe(`set local citus.enable_unsafe_triggers = on; set local citus.shard_count = ${Math.trunc(shards)};`).simple();
      const beside = name === "public.districts" ? "none" : "public.districts";
      await tx`select create_distributed_table(${name}::regclass, ${table.column}, colocate_with => ${beside})`;
    });
    done.push(`${name} is distributed by ${table.column}`);
  }
  // What it held is in its parts now. The copy is freed in a transaction of its own, which one that was stopped here finds to do.
  const [copy] = await sql<{ bytes: string }[]>`
    select pg_relation_size(${name}::regclass) + coalesce(sum(pg_relation_size(relid)), 0) as bytes
    from pg_partition_tree(${name}::regclass) where isleaf`;
  if (Number(copy?.bytes ?? 0) > 0) {
    await sql`select truncate_local_data_after_distributing_table(${name}::regclass)`;
    done.push(`what ${name} held before is freed`);
  }
  return done;
}

/** The policies that tell by a setting what is seen, without their subqueries, which Citus takes on no distributed table. */
async function plainPolicies(tx: postgres.TransactionSql, table: string): Promise<void> {
  const policies = await tx<{ name: string; using: string | null; check: string | null }[]>`
    select quote_ident(polname) as name, pg_get_expr(polqual, polrelid) as using, pg_get_expr(polwithcheck, polrelid) as check
    from pg_policy where polrelid = ${table}::regclass order by 1`;
  for (const { name, using, check } of policies) {
    const clauses = [
      using === null ? "" : `using (${withoutSubqueries(using)})`,
      check === null ? "" : `with check (${withoutSubqueries(check)})`,
    ];
    await tx.unsafe(`alter policy ${name} on ${table} ${clauses.join(" ")}`);
  }
}

/**
 * Citus takes no policy with a subquery, and its nodes have neither the key nor the connection that a token is made for: there web and worker sign
 * in as the owner, and a transaction works as `aivo_app`.
 */
async function withoutEntrance(tx: postgres.TransactionSql, table: string): Promise<void> {
  const parts = await tx<{ name: string }[]>`
    select relid::text as name from pg_partition_tree(${table}::regclass) union select ${table}::regclass::text`;
  for (const { name } of parts)
    await tx.unsafe(
      `drop policy if exists entered on ${name}; drop policy if exists entered_first on ${name}; drop policy if exists owner on ${name};
        alter table ${name} no force row level security`,
    );
}
