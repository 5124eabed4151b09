import { setTimeout as pause } from "node:timers/promises";
import type postgres from "postgres";

/** Rows of PostgreSQL's own tables that were inserted, updated and deleted, by table. */
export type CatalogRows = ReadonlyMap<string, number>;

/** A session that has nothing to do tells what it did after ten seconds at the latest (pgstat.c, PGSTAT_IDLE_INTERVAL). */
const toldAfterMs = 11_000;

/** As counted so far in the database, once all sessions have told. */
export async function countCatalogRows(sql: postgres.Sql): Promise<CatalogRows> {
  await pause(toldAfterMs);
  for (let before = await read(sql); ; ) {
    await pause(2000);
    const now = await read(sql);
    if (total(now) === total(before)) return now;
    before = now;
  }
}

export function catalogRowsBetween(before: CatalogRows, after: CatalogRows): Readonly<Record<string, number>> {
  const changed = [...after].map(([table, rows]): [string, number] => [table, rows - (before.get(table) ?? 0)]);
  return Object.fromEntries(changed.filter(([, rows]) => rows > 0).sort(([, a], [, b]) => b - a));
}

async function read(sql: postgres.Sql): Promise<CatalogRows> {
  const rows = await sql<{ table: string; rows: number }[]>`
    select relname as table, (n_tup_ins + n_tup_upd + n_tup_del)::float8 as rows
    from pg_stat_sys_tables where schemaname = 'pg_catalog'`;
  return new Map(rows.map(({ table, rows: count }) => [table, count]));
}

const total = (rows: CatalogRows) => [...rows.values()].reduce((sum, each) => sum + each, 0);
