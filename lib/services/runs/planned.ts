import type { Tx } from "#lib/platform/db/tx.ts";
import { waitingPlanOf } from "#lib/platform/db/waiting-plans.ts";
import type { LinkEntity } from "#lib/roster/canonical.ts";
import type { Columns } from "./fields.ts";
import type { RecordTable } from "./records.ts";

/**
 * Records that only a plan knows: those that a held or previewed run would create. Until it is approved or discarded the plan
 * stands in tables of its own (lib/platform/db/waiting-plans.ts), which have an index by run alone: a lookup reads the run's rows through,
 * some 100 ms for 800,000 memberships.
 */
export interface PlannedRecord {
  readonly id: string;
  readonly columns: Columns;
}

const entityOf: Record<RecordTable, LinkEntity> = {
  schools: "school",
  terms: "term",
  courses: "course",
  classrooms: "classroom",
  accounts: "account",
  memberships: "membership",
};
const ofThePlan = ["district_id", "run_id", "external_id", "part", "position", "record_id", "matched_by", "link", "action"];

export async function findPlanned(
  tx: Tx,
  runId: string,
  ids: Partial<Record<RecordTable, readonly string[]>>,
): Promise<Map<string, PlannedRecord>> {
  const found = new Map<string, PlannedRecord>();
  for (const [table, wanted] of Object.entries(ids) as [RecordTable, readonly string[]][]) {
    if (wanted.length === 0) continue;
    const rows = await tx.sql<PlannedRecord[]>`
      select record_id as id, jsonb_strip_nulls(to_jsonb(p) - ${ofThePlan}::text[]) as columns
      from ${tx.sql.unsafe(planTable(tx, table, runId))} p where record_id = any(${[...wanted]}::uuid[])`;
    for (const row of rows) found.set(row.id, row);
  }
  return found;
}

/** A query of the ids of planned records whose name, email or number is searched for; of people's and classrooms' memberships too. */
export function plannedHits(tx: Tx, runId: string, pattern: string, search: string) {
  const plan = (table: RecordTable) => tx.sql.unsafe(planTable(tx, table, runId));
  return tx.sql`
    select record_id as id from ${plan("schools")} p where name ilike ${pattern} or number = ${search}
    union all select record_id from ${plan("terms")} p where name ilike ${pattern}
    union all select record_id from ${plan("courses")} p where name ilike ${pattern} or code = ${search}
    union all select record_id from ${plan("classrooms")} p where name ilike ${pattern} or code = ${search}
    union all select record_id from ${plan("accounts")} p where given_name || ' ' || family_name ilike ${pattern} or email ilike ${pattern} or student_number = ${search}`;
}

export function plannedMembershipHits(tx: Tx, runId: string) {
  const memberships = tx.sql.unsafe(planTable(tx, "memberships", runId));
  return tx.sql`
    select record_id from ${memberships} p where account_id in (select id from named)
    union all select record_id from ${memberships} p where classroom_id in (select id from named)`;
}

function planTable({ districtId }: Tx, table: RecordTable, runId: string): string {
  return waitingPlanOf({ districtId, runId }).plan[entityOf[table]];
}
