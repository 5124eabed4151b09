import type postgres from "postgres";

/**
 * Every place of the database where one of the texts stands: `table: row`, over all tables of all schemas but the server's own, whatever
 * their columns are. Temporary tables are their sessions'.
 */
export async function findText(sql: postgres.Sql, texts: readonly string[]): Promise<string[]> {
  const tables = await sql<{ schema: string; name: string }[]>`
    select n.nspname as schema, c.relname as name
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p') and not c.relispartition and c.relpersistence <> 't'
      and n.nspname not in ('information_schema', 'pg_catalog', 'pg_toast', 'drizzle')`;
  const found: string[] = [];
  for (const { schema, name } of tables) {
    const rows = await sql<{ row: string }[]>`
      select row from (select to_jsonb(t)::text as row from ${sql(`${schema}.${name}`)} t) r
      where exists (select from unnest(${[...texts]}::text[]) x (text) where position(lower(x.text) in lower(r.row)) > 0)
      limit 5`;
    found.push(...rows.map(({ row }) => `${schema}.${name}: ${row}`));
  }
  return found;
}
