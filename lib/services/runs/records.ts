import type { Tx } from "#lib/platform/db/tx.ts";
import type { RecordRef } from "./schema.ts";

/** The tables that an id can stand in. */
export type RecordTable = "schools" | "terms" | "courses" | "classrooms" | "accounts" | "memberships";

export type RecordIds = Partial<Record<RecordTable, Iterable<string>>>;

/** Names and states of records by id, one index lookup each. What is not there (a plan's, or purged) is missing from the map. */
export async function findRecords(tx: Tx, ids: RecordIds): Promise<Map<string, RecordRef>> {
  const of = (table: RecordTable) => [...new Set(ids[table] ?? [])];
  const district = tx.districtId;
  const rows = await tx.sql<RecordRef[]>`
    select id, 'school' as kind, name as label, status, null::uuid as "classroomId" from schools
      where district_id = ${district} and id = any(${of("schools")}::uuid[])
    union all select id, 'term', name, status, null from terms
      where district_id = ${district} and id = any(${of("terms")}::uuid[])
    union all select id, 'course', name, status, null from courses
      where district_id = ${district} and id = any(${of("courses")}::uuid[])
    union all select id, 'classroom', name, status, null from classrooms
      where district_id = ${district} and id = any(${of("classrooms")}::uuid[])
    union all select id, role, trim(given_name || ' ' || family_name), status, null from accounts
      where district_id = ${district} and id = any(${of("accounts")}::uuid[])
    union all select m.id, 'membership', trim(a.given_name || ' ' || a.family_name) || ' in ' || c.name, m.status, c.id
      from memberships m
      join accounts a on a.district_id = m.district_id and a.id = m.account_id
      join classrooms c on c.district_id = m.district_id and c.id = m.classroom_id
      where m.district_id = ${district} and m.id = any(${of("memberships")}::uuid[])`;
  return new Map(rows.map((row) => [row.id, { ...row }]));
}

/** The same for ids of any table, as an issue has them. */
export function findRecordsAnywhere(tx: Tx, ids: readonly string[]): Promise<Map<string, RecordRef>> {
  if (ids.length === 0) return Promise.resolve(new Map());
  return findRecords(tx, { schools: ids, terms: ids, courses: ids, classrooms: ids, accounts: ids, memberships: ids });
}
