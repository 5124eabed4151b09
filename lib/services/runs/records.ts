import type postgres from "postgres";
import type { Tx } from "#lib/platform/db/tx.ts";
import type { RecordRef } from "./schema.ts";

/** The tables that an id can stand in. */
const recordTables = ["schools", "terms", "courses", "classrooms", "accounts", "memberships"] as const;
export type RecordTable = (typeof recordTables)[number];

type Fragment = postgres.PendingQuery<postgres.Row[]>;

export type RecordIds = Partial<Record<RecordTable, Iterable<string>>>;

/** Names and states of records by id, one index lookup each. What is not there (a plan's, or purged) is missing from the map. */
export async function findRecords(tx: Tx, ids: RecordIds): Promise<Map<string, RecordRef>> {
  // A table of which nothing is asked is not even planned for.
  const [first, ...others] = recordTables.flatMap((table) => {
    const asked = [...new Set(ids[table] ?? [])];
    return asked.length === 0 ? [] : selecting[table](tx, asked);
  });
  if (first === undefined) return new Map();
  const rows = await tx.sql<RecordRef[]>`${others.reduce((all, one) => tx.sql`${all} union all ${one}`, first)}`;
  return new Map(rows.map((row) => [row.id, { ...row }]));
}

const named = (table: "schools" | "terms" | "courses" | "classrooms", kind: RecordRef["kind"]) => (tx: Tx, ids: readonly string[]) =>
  tx.sql`
  select id, ${kind}::text as kind, name as label, status::text as status, null::uuid as "classroomId" from ${tx.sql(table)}
  where district_id = ${tx.districtId} and id = any(${[...ids]}::uuid[])`;

const selecting: Readonly<Record<RecordTable, (tx: Tx, ids: readonly string[]) => Fragment>> = {
  schools: named("schools", "school"),
  terms: named("terms", "term"),
  courses: named("courses", "course"),
  classrooms: named("classrooms", "classroom"),
  accounts: (tx, ids) => tx.sql`
    select id, role::text as kind, trim(given_name || ' ' || family_name) as label, status::text as status, null::uuid as "classroomId" from accounts
    where district_id = ${tx.districtId} and id = any(${[...ids]}::uuid[])`,
  memberships: (tx, ids) => tx.sql`
    select m.id, 'membership' as kind, trim(a.given_name || ' ' || a.family_name) || ' in ' || c.name as label, m.status::text as status, c.id as "classroomId"
    from memberships m
    join accounts a on a.district_id = m.district_id and a.id = m.account_id
    join classrooms c on c.district_id = m.district_id and c.id = m.classroom_id
    where m.district_id = ${tx.districtId} and m.id = any(${[...ids]}::uuid[])`,
};

/** The same for ids of any table, as an issue has them. */
export function findRecordsAnywhere(tx: Tx, ids: readonly string[]): Promise<Map<string, RecordRef>> {
  return findRecords(tx, { schools: ids, terms: ids, courses: ids, classrooms: ids, accounts: ids, memberships: ids });
}
