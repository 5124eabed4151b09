import type postgres from "postgres";
import type { TableOfSet } from "#lib/platform/db/staging.ts";
import { statisticsOf } from "#lib/platform/db/staging-statistics.ts";

/*
 * Staging sets on Citus: tables that are cut as all others are, so that what a run reads lies beside its district. A run touches the part
 * of its district alone, so each part of a set is leased for itself: districts that lie apart use one set at once, and as few sets are
 * made as there are runs at once in one part. A part is known by the id of the shard of `districts`.
 */

type Sql = postgres.Sql | postgres.TransactionSql;

/** What is emptied when a lease ends: the tables of a set, or those of its part on the node where it lies. */
export interface TablesOfLease {
  /** Those that take any space. */
  filled(sql: Sql): Promise<readonly { readonly name: string; readonly bytes: number }[]>;
  /** Runs a statement, or several without a result, over those names. */
  run(sql: Sql, statement: string): Promise<void>;
}

/** The part that a district's rows lie in. */
export async function partOf(sql: Sql, districtId: string): Promise<number> {
  const [row] = await sql<{ part: number }[]>`
    select get_shard_id_for_distribution_column('public.districts', ${districtId}::uuid)::float8 as part`;
  if (!row) throw new Error("Citus did not say where the district lies");
  return row.part;
}

/**
 * Makes the tables of a set, and gives each part the statistics of made-up rows. Those are of two districts, of which one has most and is
 * remembered: of any other it is then expected that it has a good part of the rows, which is so of the only one that ever has any.
 */
export async function makeCutSet(tx: postgres.TransactionSql, tables: readonly TableOfSet[]): Promise<void> {
  const pairs = await tx<{ a: string; b: string }[]>`
    with parts as (select count(*) as count from pg_dist_shard where logicalrelid = 'public.districts'::regclass)
    select min(id::text) as a, max(id::text) as b
    from (select gen_random_uuid() as id from parts, generate_series(1, 40 * parts.count)) d
    group by get_shard_id_for_distribution_column('public.districts', id)`;
  const among = ` cross join (values ${pairs.map(({ a, b }) => `('${a}'::uuid, '${b}'::uuid)`).join(", ")}) d (a, b)`;
  for (const { name, columns, create } of tables) {
    await tx.unsafe(withoutSubquery(create));
    await tx.unsafe(`alter table ${name} alter column district_id set statistics 1`);
    await tx`select create_distributed_table(${name}::regclass, 'district_id', colocate_with => 'public.districts')`;
    const made = statisticsOf(name, columns, { district: "case when n % 10 < 6 then d.a else d.b end", among });
    // One by one: Citus hands some of them on as they stand.
    for (const statement of made.split(";").filter((one) => one.trim() !== "")) await tx.unsafe(statement);
  }
}

export interface TablesOfPart extends TablesOfLease {
  /** By the names that they have on the node. */
  readonly names: readonly string[];
  /** What a query of one value of JSON answers on the node. */
  ask<T>(sql: Sql, query: string): Promise<T>;
}

/** The part of tables that a district lies in, on the node where that is. */
export async function partTables(sql: Sql, names: readonly string[], districtId: string): Promise<TablesOfPart> {
  const shards = await sql<{ name: string }[]>`
    select shard_name(t.name::regclass, get_shard_id_for_distribution_column(t.name::regclass, ${districtId}::uuid)) as name
    from unnest(${[...names]}::text[]) t (name)`;
  const onNode = async (sql: Sql, statement: string) => {
    // Asked anew each time: a part may be moved to another node.
    const [answer] = await sql<{ success: boolean; result: string }[]>`
      select success, result
      from pg_dist_placement p
      join pg_dist_node n on n.groupid = p.groupid and n.noderole = 'primary',
      master_run_on_worker(array[n.nodename::text], array[n.nodeport], array[${statement}::text], false)
      where p.shardid = get_shard_id_for_distribution_column('public.districts', ${districtId}::uuid)`;
    if (!answer?.success) throw new Error(`On the node of the district: ${answer?.result ?? "no answer"}`);
    return answer.result;
  };
  const ask = async <T>(sql: Sql, query: string) => JSON.parse(await onNode(sql, query)) as T;
  return {
    names: shards.map(({ name }) => name),
    ask,
    filled: (sql) =>
      ask(
        sql,
        `select coalesce(json_agg(s), '[]') from (
          select name, pg_relation_size(to_regclass(name)) as bytes
          from unnest(array[${shards.map(({ name }) => `'${name}'`).join(", ")}]) t (name)) s
        where bytes > 0`,
      ),
    run: async (sql, statement) => {
      const isAlone = /^(vacuum|analyze)/.test(statement);
      // Citus minds whoever changes a part by hand; vacuum is never one of several statements.
      await onNode(sql, isAlone ? statement : `set citus.enable_manual_changes_to_shards = on; ${statement}`);
    },
  };
}

/** Statements that make policies, as Citus takes them. */
function withoutSubquery(statements: string): string {
  return statements.replaceAll(/\(select (nullif\(current_setting\('aivo\.district_id', true\), ''\)::uuid)\)/g, "$1");
}
