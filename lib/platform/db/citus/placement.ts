import type postgres from "postgres";

/**
 * Where a table stands on Citus. A district's rows lie together, in one part of each table and all of these on one node, so that every
 * statement about a district belongs to that node. There is no table that all nodes need a copy of.
 */
export type Placement =
  /** Cut into parts by this column, which holds a district's id. */
  | { readonly kind: "distributed"; readonly column: string }
  /** A partition: cut as the table that it belongs to, and with it. */
  | { readonly kind: "with-parent" }
  /** On the coordinator alone: of no district, and joined with nothing that is. */
  | { readonly kind: "coordinator" };

export interface TableFacts {
  readonly schema: string;
  readonly name: string;
  readonly hasDistrict: boolean;
  readonly isPartition: boolean;
}

/** The queue's own tables, which migrations were applied, and the key by which districts are entered, which Citus has no use for. */
const schemasOfTheCoordinator: ReadonlySet<string> = new Set(["pgboss", "drizzle", "entry"]);
const ofTheOperator: ReadonlySet<string> = new Set(["sign_in_throttles", "sign_in_sprays", "audit_destinations"]);
const schemasOfDistricts: ReadonlySet<string> = new Set(["public", "staging", "waiting"]);

/** The rule. @returns null for a table that it says nothing about: one was added, and where it stands is to be decided here */
export function placementOf({ schema, name, hasDistrict, isPartition }: TableFacts): Placement | null {
  if (schemasOfTheCoordinator.has(schema)) return { kind: "coordinator" };
  if (!schemasOfDistricts.has(schema)) return null;
  if (isPartition) return { kind: "with-parent" };
  // Sets are leased across districts: whose each is, is no district's row.
  if (schema === "staging" && name === "sets") return { kind: "coordinator" };
  if (hasDistrict) return { kind: "distributed", column: "district_id" };
  if (schema === "public" && name === "districts") return { kind: "distributed", column: "id" };
  // Of no district that is there.
  if (schema === "public" && name === "deleted_districts") return { kind: "coordinator" };
  // Who tries to sign in is of no district yet; where audit logs are carried to is the operator's.
  if (schema === "public" && ofTheOperator.has(name)) return { kind: "coordinator" };
  return null;
}

/** Every table of the database but those of extensions and of the server, `districts` first: the others stand beside it. */
export async function tablesOf(sql: postgres.Sql): Promise<readonly TableFacts[]> {
  return sql<TableFacts[]>`
    select n.nspname as schema, c.relname as name, c.relispartition as "isPartition",
      exists (
        select from pg_attribute a
        where a.attrelid = c.oid and a.attname = 'district_id' and a.atttypid = 'uuid'::regtype and not a.attisdropped
      ) as "hasDistrict"
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p') and c.relpersistence <> 't'
      and n.nspname not in ('information_schema', 'pg_catalog', 'pg_toast') and n.nspname not like 'citus%' and n.nspname not like 'columnar%'
      and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
    order by (n.nspname, c.relname) <> ('public', 'districts'), n.nspname, c.relname`;
}
