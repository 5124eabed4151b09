import type { Tx } from "#lib/platform/db/tx.ts";
import type { Columns } from "./fields.ts";
import type { RecordTable } from "./records.ts";

/** What a sync gives a new record beyond what its name and kind say already. */
const columnsOf: Record<RecordTable, readonly string[]> = {
  schools: ["number", "grades"],
  terms: ["type", "begin_date", "end_date", "school_year"],
  courses: ["code", "subjects", "grades"],
  classrooms: ["code", "class_type", "subjects", "grades", "periods", "course_id", "school_id", "term_ids"],
  accounts: ["email", "username", "grade", "student_number", "school_ids"],
  memberships: ["role", "begin_date", "end_date"],
};

/**
 * The values that records were created with, where the run has not stored them (of people and memberships; lib/engine/sync/changes.ts):
 * they are what the roster has for as long as nothing has touched the record since. One that was touched, or is gone, is missing
 * from the map.
 */
export async function findCreated(tx: Tx, ids: Partial<Record<RecordTable, readonly string[]>>): Promise<Map<string, Columns>> {
  const found = new Map<string, Columns>();
  for (const [table, wanted] of Object.entries(ids) as [RecordTable, readonly string[]][]) {
    if (wanted.length === 0) continue;
    const rows = await tx.sql<{ id: string; columns: Columns }[]>`
      select id, to_jsonb(r) - 'id' as columns
      from (select id, ${tx.sql([...columnsOf[table]])} from ${tx.sql(table)}
            where district_id = ${tx.districtId} and id = any(${[...wanted]}::uuid[]) and updated_at = created_at) r`;
    for (const row of rows) found.set(row.id, row.columns);
  }
  return found;
}

/** Of the values of a new record those that are worth showing. */
export function createdColumns(table: RecordTable, columns: Columns): Columns {
  if (columns === null) return null;
  return Object.fromEntries(columnsOf[table].filter((column) => column in columns).map((column) => [column, columns[column]]));
}
