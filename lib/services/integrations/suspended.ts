import { suspendedRows } from "#lib/platform/db/suspended-rows.ts";
import type { Tx } from "#lib/platform/db/tx.ts";
import type { Collection } from "#lib/roster/canonical.ts";
import type { Suspended } from "./schema.ts";

const shownPeople = 10;

/**
 * By integration, what its SIS no longer lists and what goes on nevertheless, since a row without an id may be it. Told by the links,
 * so that it stays true through nights that read changes, or nothing new. Somebody whom another integration has did not leave.
 */
export async function suspendedOf(tx: Tx, integrationIds: readonly string[]): Promise<ReadonlyMap<string, Suspended>> {
  const missing = suspendedRows(tx, integrationIds);
  const counts = await tx.sql<{ integrationId: string; collection: Collection; count: number }[]>`
    select l.integration_id as "integrationId", l.collection, count(distinct l.record_id)::int as count from ${missing} group by 1, 2`;
  if (counts.length === 0) return new Map();
  const people = await tx.sql<{ integrationId: string; id: string; name: string; role: "teacher" | "learner" }[]>`
    select * from (
      select integration_id as "integrationId", id, role, btrim(given_name || ' ' || family_name) as name,
        row_number() over (partition by integration_id order by family_name, given_name, id) as nth
      from (select distinct l.integration_id, a.id, a.role, a.given_name, a.family_name from ${missing} and a.role in ('teacher', 'learner')) p
    ) p where nth <= ${shownPeople} order by nth`;
  const causes = await tx.sql<{ integrationId: string; id: string }[]>`
    select i.integration_id as "integrationId", max(i.opened_run_id::text)::uuid as id from issues i
    where i.district_id = ${tx.districtId} and i.integration_id = any(${counts.map((row) => row.integrationId)}::uuid[])
      and i.code = 'withdrawals-suspended'
    group by 1`;
  const countOf = (id: string, isCounted: (collection: Collection) => boolean) =>
    counts.filter((row) => row.integrationId === id && isCounted(row.collection)).reduce((sum, row) => sum + row.count, 0);
  return new Map(
    counts.map(({ integrationId: id }) => [
      id,
      {
        people: countOf(id, (collection) => collection === "users"),
        classrooms: countOf(id, (collection) => collection === "classes"),
        memberships: countOf(id, (collection) => collection === "enrollments"),
        others: countOf(id, (collection) => collection === "orgs" || collection === "academicSessions" || collection === "courses"),
        named: people.filter((one) => one.integrationId === id).map(({ id: personId, name, role }) => ({ id: personId, name, role })),
        runId: causes.find((one) => one.integrationId === id)?.id ?? null,
      },
    ]),
  );
}
