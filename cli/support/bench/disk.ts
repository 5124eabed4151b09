import type postgres from "postgres";

/** What a table takes on disk; those of partitions are the whole's. */
export interface TableOnDisk {
  readonly table: string;
  /** Rows themselves, with what is too long for them and the maps of free space. */
  readonly heap: number;
  readonly indexes: number;
}

/** The largest first; tables that hold nothing are left out. */
export async function tablesOnDisk(sql: postgres.Sql): Promise<readonly TableOnDisk[]> {
  return sql<TableOnDisk[]>`
    select min(n.nspname) || '.' || r.relname as table,
      sum(pg_table_size(c.oid))::float8 as heap,
      sum(pg_indexes_size(c.oid))::float8 as indexes
    from pg_class c
    join pg_class r on r.oid = coalesce(pg_partition_root(c.oid), c.oid)
    join pg_namespace n on n.oid = r.relnamespace
    where c.relkind in ('r', 'm') and n.nspname not in ('pg_catalog', 'information_schema')
    group by r.oid, r.relname
    having sum(pg_total_relation_size(c.oid)) > 65536
    order by sum(pg_total_relation_size(c.oid)) desc`;
}
