import type { Database } from "#lib/platform/db/client.ts";
import { keepsWhoDeactivated } from "#lib/platform/db/staging.ts";
import { type LinkEntity, linkEntities, linkEntityOfCollection, type RosteredCollection } from "#lib/roster/canonical.ts";
import { inRoster, type Model, type ModelRecord } from "./types.ts";

/** Test-only: a district's roster in the model's shape, and in words to be compared. */
export const columnsOf: Record<LinkEntity, string> = {
  school: "schools: name, number, grades",
  term: 'terms: name, type, begin_date as "beginDate", end_date as "endDate", school_year as "schoolYear"',
  course: "courses: name, code, subjects, grades",
  classroom:
    'classrooms: name, code, class_type as "classType", subjects, grades, periods, course_id as course, school_id as school, term_ids as terms',
  account:
    'accounts: role, given_name as "givenName", middle_name as "middleName", family_name as "familyName", email, username, grade, student_number as "studentNumber", school_ids as schools',
  membership: 'memberships: classroom_id as classroom, account_id as account, role, begin_date as "beginDate", end_date as "endDate"',
};

/** The district's roster and links, as the model has them. */
export async function loadModel(db: Database, districtId: string): Promise<Model> {
  const records: ModelRecord[] = [];
  for (const entity of linkEntities) {
    const [table = "", columns = ""] = columnsOf[entity].split(": ");
    const by = keepsWhoDeactivated(entity) ? "deactivated_by" : "null";
    const rows = await db.sql.unsafe(`select id, status, ${by} as by, ${columns} from ${table} where district_id = $1`, [districtId]);
    for (const { id, status, by: deactivatedBy, ...values } of rows) records.push({ id, entity, status, deactivatedBy, values });
  }
  await takeOffEdits(db, districtId, records);
  const rows = await db.sql`
    select integration_id, collection, external_id, record_id, rostered
    from source_records where district_id = ${districtId} and record_id is not null`;
  const links = rows.map((row) => ({
    integration: row.integration_id,
    entity: linkEntityOfCollection[row.collection as RosteredCollection],
    externalId: row.external_id,
    recordId: row.record_id,
    rostered: row.rostered,
  }));
  const order = await db.sql<{ id: string }[]>`select id from integrations where district_id = ${districtId}
    order by coalesce(position, 2147483647), created_at, id`;
  const orders = await loadOrders(db, districtId);
  return { records, links, mirror: [], carried: {}, clock: Date.now() * 1000, integrations: order.map(({ id }) => id), orders };
}

/** The orders that a district has. */
async function loadOrders(db: Database, districtId: string): Promise<Model["orders"]> {
  const rows = await db.sql<{ of: string; ids: string[] }[]>`
    select key as of, array_agg(i.id::text order by place::int) as ids
    from integrations i cross join lateral jsonb_each_text(i.positions) p (key, place)
    where i.district_id = ${districtId} group by key`;
  return Object.fromEntries(rows.map(({ of, ids }) => [of, ids]));
}

/** The values that admins edited, apart from what the records would have without them. */
async function takeOffEdits(db: Database, districtId: string, records: readonly ModelRecord[]): Promise<void> {
  const edits = await db.sql<{ recordId: string; field: string; value: unknown; sisValue: unknown }[]>`
    select record_id as "recordId", field, value, sis_value as "sisValue" from kept_values where district_id = ${districtId}`;
  for (const { recordId, field, value, sisValue } of edits) {
    const record = records.find(({ id }) => id === recordId);
    const name = nameOfColumn(field);
    if (!record || JSON.stringify(record.values[name]) !== JSON.stringify(value))
      throw new Error(`the roster does not have the edit of ${field}`);
    record.kept = { ...record.kept, [name]: value };
    record.values[name] = sisValue;
  }
}

const shortNames: Readonly<Record<string, string>> = { school_ids: "schools", school_id: "school", course_id: "course", term_ids: "terms" };
/** What the model calls a column. */
export const nameOfColumn = (column: string) =>
  shortNames[column] ?? column.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

export const columnOfName = (name: string) =>
  Object.keys(shortNames).find((column) => shortNames[column] === name) ?? name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** The same for equal rosters whatever their generated ids: a record is named by its external ids, or by its values. */
export function describeModel(model: Model): string[] {
  const order = new Map([...new Set(model.links.map((link) => link.integration))].sort().map((id, index) => [id, index]));
  const nameOf = (id: unknown): string => {
    const links = model.links.filter((link) => link.recordId === id).map((link) => `${order.get(link.integration)}:${link.externalId}`);
    const record = model.records.find((candidate) => candidate.id === id);
    return links.length > 0 ? links.sort().join("+") : `manual ${record?.values.givenName} ${record?.values.familyName}`;
  };
  const plain = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(plain);
    return typeof value === "string" && model.records.some((record) => record.id === value) ? nameOf(value) : value;
  };
  const records = model.records.map((record) => {
    const inWords = (values: Record<string, unknown>) =>
      Object.entries(values)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, value]) => [key, plain(value)]);
    const edits = Object.keys(record.kept ?? {}).map((key) => [key, record.values[key]]);
    const said = edits.length > 0 ? [inWords(Object.fromEntries(edits))] : [];
    return JSON.stringify([record.entity, nameOf(record.id), record.status, record.deactivatedBy, inWords(inRoster(record)), ...said]);
  });
  const links = model.links.map((link) =>
    JSON.stringify(["link", order.get(link.integration), link.entity, link.externalId, nameOf(link.recordId), link.rostered]),
  );
  return [...records, ...links].sort();
}
