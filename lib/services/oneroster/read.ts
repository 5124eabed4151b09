import type { DistrictScope } from "#lib/platform/access.ts";
import { type Tx, withDistrict } from "#lib/platform/db/tx.ts";
import { isUuid } from "#lib/platform/uuid.ts";
import { allOf, type Fragment, likePattern } from "#lib/services/people/search.ts";
import type { Services } from "#lib/services/services.ts";
import { type FoundEndpoint, type Subset, whereOfSubset } from "./endpoints.ts";
import { type Fields, fieldsOf, type Kind } from "./kinds.ts";
import type { Condition, ListQuery } from "./query.ts";
import { type Json, recordsOf, rowsOf, type View } from "./records.ts";

export interface ListAnswer {
  readonly records: readonly Json[];
  /** Of all pages. */
  readonly total: number;
}

/** A page of a list; null: a record that the address names is not there. */
export function readList(
  services: Pick<Services, "db">,
  scope: DistrictScope,
  endpoint: FoundEndpoint,
  query: ListQuery,
  view: View,
): Promise<ListAnswer | null> {
  return withDistrict(services.db, scope, async (tx) => {
    const { kind, subset, below, belongs, ids } = endpoint;
    for (const [at, step] of below.entries()) if (!(await exists(tx, step.kind, step.subset, ids[at] ?? ""))) return null;
    const all = [tx.sql`true`];
    if (subset !== null) all.push(tx.sql.unsafe(whereOfSubset(subset)) as unknown as Fragment);
    if (belongs !== null) all.push(belongs(tx, ids));
    if (query.conditions.length > 0) all.push(conditionsOf(tx, fieldsOf(view.version, kind), query));
    const where = allOf(tx, all);
    const [counted] = await tx.sql<{ total: number }[]>`select count(*)::int as total from ${rowsOf(tx, kind)} r where ${where}`;
    const rows = await tx.sql`
      select r.* from ${rowsOf(tx, kind)} r where ${where}
      order by ${orderOf(tx, fieldsOf(view.version, kind), query)} limit ${query.limit} offset ${query.offset}`;
    const records = recordsOf(tx.districtId, kind, rows as never, view);
    return { records: records.map((record) => chosen(record, query.fields)), total: counted?.total ?? 0 };
  });
}

/** One record; null: it is not there. */
export function readSingle(
  services: Pick<Services, "db">,
  scope: DistrictScope,
  { kind, subset, single }: FoundEndpoint,
  fields: readonly string[] | null,
  view: View,
): Promise<Json | null> {
  return withDistrict(services.db, scope, async (tx) => {
    const rows = await selectOne(tx, kind, subset, single ?? "");
    const [record] = recordsOf(tx.districtId, kind, rows as never, view);
    return record === undefined ? null : chosen(record, fields);
  });
}

async function exists(tx: Tx, kind: Kind, subset: Subset | null, id: string): Promise<boolean> {
  return (await selectOne(tx, kind, subset, id)).length > 0;
}

async function selectOne(tx: Tx, kind: Kind, subset: Subset | null, id: string) {
  if (!isUuid(id)) return [];
  const ofSubset = subset === null ? tx.sql`true` : tx.sql.unsafe(whereOfSubset(subset));
  return tx.sql`select r.* from ${rowsOf(tx, kind)} r where r.id = ${id} and ${ofSubset}`;
}

const chosen = (record: Json, fields: readonly string[] | null): Json =>
  fields === null ? record : Object.fromEntries(Object.entries(record).filter(([name]) => fields.includes(name)));

/** Whatever else it is by, the ids decide at the end, so that pages neither lose nor repeat. */
function orderOf(tx: Tx, fields: Fields, { sort, direction }: ListQuery): Fragment {
  const field = sort === null ? undefined : fields[sort];
  const way = tx.sql.unsafe(direction);
  if (field === undefined || sort === "sourcedId") return tx.sql`r.id ${way}`;
  return tx.sql`${tx.sql.unsafe(field.sql)} ${way}, r.id`;
}

function conditionsOf(tx: Tx, fields: Fields, { conditions, joinedBy }: ListQuery): Fragment {
  const [first = tx.sql`true`, second] = conditions.map((one) => conditionOf(tx, fields, one));
  if (second === undefined) return first;
  return joinedBy === "and" ? tx.sql`(${first} and ${second})` : tx.sql`(${first} or ${second})`;
}

/** Text without regard to case, as the standard wants it; of a list, = is the same list and ~ any of it. What is no id is nobody's. */
function conditionOf(tx: Tx, fields: Fields, { field, operator, value }: Condition): Fragment {
  const { type = "text", sql = "null" } = fields[field] ?? {};
  const expression = tx.sql.unsafe(sql);
  const sign = tx.sql.unsafe(operator === "!=" ? "<>" : operator);
  const values = value.split(",").map((one) => one.trim().toLowerCase());
  switch (type) {
    case "time":
      return tx.sql`${expression} ${sign} ${new Date(value).toISOString()}::timestamptz`;
    case "id":
      if (operator === "=" && !isUuid(value)) return tx.sql`false`;
      if (operator === "=") return tx.sql`${expression} = ${value}::uuid`;
      return compareText(tx, tx.sql`${expression}::text`, operator, value);
    case "ids": {
      const known = values.filter(isUuid);
      if (operator === "~") return tx.sql`${expression} && ${known}::uuid[]`;
      const isSame =
        known.length === values.length ? tx.sql`(${expression} @> ${known}::uuid[] and ${expression} <@ ${known}::uuid[])` : tx.sql`false`;
      return operator === "=" ? isSame : tx.sql`not ${isSame}`;
    }
    case "list": {
      const lower = tx.sql`array(select lower(v) from unnest(${expression}) v)`;
      if (operator === "~") return tx.sql`${lower} && ${values}::text[]`;
      return operator === "=" ? tx.sql`${lower} = ${values}::text[]` : tx.sql`${lower} <> ${values}::text[]`;
    }
    case "text":
      return compareText(tx, tx.sql`${expression}`, operator, value);
  }
}

function compareText(tx: Tx, expression: Fragment, operator: Condition["operator"], value: string): Fragment {
  const text = tx.sql`lower(coalesce(${expression}, ''))`;
  if (operator === "~") return tx.sql`${text} like ${likePattern(value.toLowerCase())}`;
  return tx.sql`${text} ${tx.sql.unsafe(operator === "!=" ? "<>" : operator)} ${value.toLowerCase()}`;
}
