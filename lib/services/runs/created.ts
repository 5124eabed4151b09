import { identityColumns, rosterColumns } from "#lib/platform/db/staging.ts";
import type { Tx } from "#lib/platform/db/tx.ts";
import { linkEntities } from "#lib/roster/canonical.ts";
import type { Columns } from "./fields.ts";
import type { RecordTable } from "./records.ts";

/** What a sync gives a new record beyond what its name and kind say already. */
const shownColumns: Record<RecordTable, readonly string[]> = {
  schools: ["number", "grades"],
  terms: ["type", "begin_date", "end_date", "school_year"],
  courses: ["code", "subjects", "grades"],
  classrooms: ["code", "class_type", "subjects", "grades", "periods", "course_id", "school_id", "term_ids"],
  accounts: ["email", "username", "grade", "student_number", "school_ids"],
  memberships: ["role", "begin_date", "end_date"],
};

/**
 * The values that records were created with, blanks left out, where the run has not stored them (of people and memberships;
 * lib/engine/sync/changes.ts): what the roster has, but for what later syncs and admins changed: of that, what the first of them found, by the
 * revision that each led to. One that was never applied, or is gone, is missing from the map.
 */
export async function findCreated(tx: Tx, ids: Partial<Record<RecordTable, readonly string[]>>): Promise<Map<string, Columns>> {
  const found = new Map<string, Columns>();
  for (const [table, wanted] of Object.entries(ids) as [RecordTable, readonly string[]][]) {
    if (wanted.length === 0) continue;
    // Of several values of a column jsonb keeps the last: the earliest change.
    const rows = await tx.sql<{ id: string; columns: Columns }[]>`
      with later as (
        select c.record_id, jsonb_object_agg(b.key, b.value order by c.revision desc nulls last, c.seq desc) as columns
        from (
          select c.record_id, r.roster_revision as revision, c.seq, c.before
          from run_changes c
          join sync_runs r on r.district_id = c.district_id and r.id = c.run_id and r.state = 'succeeded'
          where c.district_id = ${tx.districtId} and c.record_id = any(${[...wanted]}::uuid[]) and c.action <> 'created'
          union all
          select record_id, roster_revision, seq, before from record_edits
          where district_id = ${tx.districtId} and record_id = any(${[...wanted]}::uuid[]) and action in ('edited', 'released')) c
        cross join jsonb_each(c.before) b
        where b.key <> 'status'
        group by 1)
      select r.id, jsonb_strip_nulls(to_jsonb(r) - 'id' || coalesce(l.columns, '{}')) as columns
      from (select id, ${tx.sql(allColumns(table))} from ${tx.sql(table)}
            where district_id = ${tx.districtId} and id = any(${[...wanted]}::uuid[])) r
      left join later l on l.record_id = r.id`;
    for (const row of rows) found.set(row.id, row.columns);
  }
  return found;
}

function allColumns(table: RecordTable): string[] {
  const entity = linkEntities.find((one) => rosterColumns[one].table === table);
  return entity === undefined ? [] : [...Object.keys(identityColumns[entity]), ...Object.keys(rosterColumns[entity].columns)];
}

/** Of the values of a new record those that are worth showing. */
export function createdColumns(table: RecordTable, columns: Columns): Columns {
  if (columns === null) return null;
  return Object.fromEntries(shownColumns[table].filter((column) => column in columns).map((column) => [column, columns[column]]));
}
