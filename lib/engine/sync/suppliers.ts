import { uuidLiteral } from "#lib/platform/db/literals.ts";
import { precedence, tells } from "#lib/platform/db/precedence.ts";
import { rosterColumns } from "#lib/platform/db/staging.ts";
import { collectionOfLinkEntity, type LinkEntity, linkEntities } from "#lib/roster/canonical.ts";
import { orderedFieldOf, orderedFieldsOf } from "#lib/roster/ordered-fields.ts";
import { type Applying, type PlanContext, suppliedByOthers } from "./plan-context.ts";

/*
 * Who supplies which column of a record that several integrations have. Mostly the first of them supplies all, and one
 * join tells whether that is another one. Of a kind of which a field has an order of its own there is a join for each
 * set of integrations that come before this one.
 */

/** Columns of which the same other integrations come before this one. */
interface Columns {
  readonly columns: readonly string[];
  /** Their ids, as literals; none: this one supplies what it has. */
  readonly before: readonly string[];
}

/** By kind of record of which a field has an order of its own, all of its columns. */
export type OwnOrders = ReadonlyMap<LinkEntity, readonly Columns[]>;

/**
 * The kinds of record of which a field has an order of its own, with who comes before the integration in each column.
 * Who does not tell a column of such a field is passed over.
 */
export async function readOwnOrders(context: Pick<Applying, "sql" | "district" | "integration">): Promise<OwnOrders> {
  const { sql, district, integration } = context;
  const ordered = await orderedFieldsIn(context);
  const columns = linkEntities.flatMap((entity) => {
    if (!orderedFieldsOf(entity).some(({ field }) => ordered.has(field))) return [];
    return Object.keys(rosterColumns[entity].columns).map((column) => {
      const field = orderedFieldOf(entity, column);
      return ordered.has(field)
        ? { entity, column, of: field, told: tells("i", entity, column) }
        : { entity, column, of: entity, told: "true" };
    });
  });
  if (columns.length === 0) return new Map();
  const rows = await sql.unsafe<{ entity: LinkEntity; column: string; id: string }[]>(
    columns
      .map(
        ({ entity, column, of, told }) => `
        select '${entity}' as entity, '${column}' as column, i.id
        from integrations i
        join integrations own on own.district_id = i.district_id and own.id = ${integration}
        where i.district_id = ${district}
          and i.state = 'active'
          and ${precedence("i", of)} < ${precedence("own", of)}
          and ${told}`,
      )
      .join(" union all "),
  );
  const before = columns.map(({ entity, column }) => ({
    entity,
    column,
    ids: rows.filter((row) => row.entity === entity && row.column === column).map(({ id }) => id),
  }));
  return new Map(
    [...Map.groupBy(before, ({ entity }) => entity)].map(([entity, all]) => [
      entity,
      [...Map.groupBy(all, ({ ids }) => ids.toSorted().join()).values()].map((group) => ({
        columns: group.map(({ column }) => column),
        before: (group[0]?.ids ?? []).map(uuidLiteral),
      })),
    ]),
  );
}

/** The fields that have an order of their own in the district. */
export async function orderedFieldsIn({ sql, district }: Pick<Applying, "sql" | "district">): Promise<ReadonlySet<string>> {
  const rows = await sql.unsafe<{ field: string }[]>(`
    select distinct key as field
    from integrations i
    cross join lateral jsonb_object_keys(i.positions) key
    where i.district_id = ${district} and key like '%.%'`);
  return new Set(rows.map(({ field }) => field));
}

export interface Suppliers {
  /** Joins that tell who supplies the record by the id. */
  readonly joins: string;
  /** Whether another integration supplies the column of the record, as SQL; undefined: never. */
  byOthers(column: string): string | undefined;
  /** Whether others supply all of it. */
  readonly allByOthers: string;
}

const nobody: Suppliers = { joins: "", byOthers: () => undefined, allByOthers: "false" };

/** Who supplies the records of an entity; `id`: of the record, as SQL. */
export function suppliersOf(context: PlanContext, entity: LinkEntity, id: string): Suppliers {
  if (!context.isShared) return nobody;
  const groups = context.ownOrders.get(entity);
  if (groups === undefined) {
    const isOthers = "o.record_id is not null";
    return {
      joins: `left join ${suppliedByOthers(context, entity)} o on o.record_id = ${id}`,
      byOthers: () => isOthers,
      allByOthers: isOthers,
    };
  }
  const asked = groups.filter(({ before }) => before.length > 0).map((group, index) => ({ ...group, alias: `o${index}` }));
  const isOthers = (alias: string) => `${alias}.record_id is not null`;
  return {
    joins: asked
      .map(({ alias, before }) => `left join ${hadBy(context, entity, before)} ${alias} on ${alias}.record_id = ${id}`)
      .join("\n    "),
    byOthers: (column) => {
      const group = asked.find(({ columns }) => columns.includes(column));
      return group && isOthers(group.alias);
    },
    allByOthers: asked.length < groups.length ? "false" : asked.map(({ alias }) => isOthers(alias)).join(" and "),
  };
}

/** The records of an entity that one of the integrations rosters and has in its scope, as a table to join. */
function hadBy({ district }: PlanContext, entity: LinkEntity, integrations: readonly string[]): string {
  return `(
      select distinct s.record_id
      from source_records s
      where s.district_id = ${district}
        and s.integration_id in (${integrations.join(", ")})
        and s.collection = '${collectionOfLinkEntity[entity]}'
        and s.record_id is not null
        and s.rostered
        and s.fate <> 'out-of-scope')`;
}
