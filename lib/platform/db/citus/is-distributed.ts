import type postgres from "postgres";

type Sql = postgres.Sql | postgres.TransactionSql;

const known = new WeakMap<Sql, Promise<boolean>>();

/**
 * Whether the database's tables are distributed on Citus. Asked once for each pool: while they are being distributed nobody uses them
 * (distribute.ts). For the few statements that cannot be said in one way for both.
 */
export function isDistributed({ sql }: { readonly sql: Sql }): Promise<boolean> {
  const asked = known.get(sql) ?? ask(sql);
  known.set(sql, asked);
  // One that failed is asked again.
  asked.catch(() => known.delete(sql));
  return asked;
}

async function ask(sql: Sql): Promise<boolean> {
  const [citus] = await sql<{ found: boolean }[]>`select to_regclass('pg_catalog.pg_dist_partition') is not null as found`;
  if (!citus?.found) return false;
  const [table] = await sql`select from pg_dist_partition where logicalrelid = to_regclass('public.districts')`;
  return table !== undefined;
}
