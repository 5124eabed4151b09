import type postgres from "postgres";
import type { BackupTable } from "./file.ts";

type Sql = postgres.Sql | postgres.ReservedSql;

/**
 * The schemas whose rows make the product's state. Not the queue's, nor staging: runs that were under way have ended when a backup is
 * restored, as after any crash, and the migrations and the worker make both anew.
 */
const schemas = ["public", "waiting"];

/** Tables that are no partition, which come with what they are partitions of, and their columns that are no expression of others. */
export function tablesToKeep(sql: Sql): Promise<BackupTable[]> {
  return sql<BackupTable[]>`
    select n.nspname as schema, c.relname as table, array_agg(a.attname::text order by a.attnum) as columns
    from pg_class c
    join pg_namespace n on n.oid = c.relnamespace
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
    where n.nspname = any(${schemas}::text[]) and c.relkind in ('r', 'p') and not c.relispartition
      and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
    group by 1, 2 order by 1, 2`;
}

export function sequencesToKeep(sql: Sql): Promise<{ name: string; value: string }[]> {
  return sql<{ name: string; value: string }[]>`
    select format('%I.%I', schemaname, sequencename) as name, last_value::text as value from pg_sequences
    where schemaname = any(${[...schemas, "staging"]}::text[]) and last_value is not null order by 1`;
}

/** As it stands in a statement. */
export function quoted({ schema, table }: Pick<BackupTable, "schema" | "table">): string {
  return `${quote(schema)}.${quote(table)}`;
}

export function quotedColumns({ columns }: Pick<BackupTable, "columns">): string {
  return columns.map(quote).join(", ");
}

function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
