import type { Tx } from "#lib/platform/db/tx.ts";
import type { LinkEntity } from "#lib/roster/canonical.ts";
import type { Suspended } from "./schema.ts";

const shownPeople = 10;

/**
 * By integration, what its SIS no longer lists and what goes on nevertheless, since a row without an id may be it. Told by the links,
 * so that it stays true through nights that read changes, or nothing new. Somebody whom another integration has did not leave.
 */
export async function suspendedOf(tx: Tx, integrationIds: readonly string[]): Promise<ReadonlyMap<string, Suspended>> {
  const missing = tx.sql`
    external_links l left join accounts a on l.entity = 'account' and a.district_id = l.district_id and a.id = l.record_id
    where l.district_id = ${tx.districtId} and l.integration_id = any(${[...integrationIds]}::uuid[]) and l.missing_since is not null and l.rostered
      and (a.id is null or a.status = 'active' and not exists (
        select from external_links o where o.district_id = l.district_id and o.record_id = a.id and o.rostered and o.missing_since is null))`;
  const counts = await tx.sql<{ integrationId: string; entity: LinkEntity; count: number }[]>`
    select l.integration_id as "integrationId", l.entity, count(distinct l.record_id)::int as count from ${missing} group by 1, 2`;
  if (counts.length === 0) return new Map();
  const people = await tx.sql<{ integrationId: string; id: string; name: string; role: "teacher" | "learner" }[]>`
    select * from (
      select integration_id as "integrationId", id, role, btrim(given_name || ' ' || family_name) as name,
        row_number() over (partition by integration_id order by family_name, given_name, id) as nth
      from (select distinct l.integration_id, a.id, a.role, a.given_name, a.family_name from ${missing} and a.role in ('teacher', 'learner')) p
    ) p where nth <= ${shownPeople} order by nth`;
  const causes = await tx.sql<{ integrationId: string; id: string }[]>`
    select distinct on (r.integration_id) r.integration_id as "integrationId", r.id from sync_runs r
    where r.district_id = ${tx.districtId} and r.integration_id = any(${counts.map((row) => row.integrationId)}::uuid[]) and r.state = 'succeeded'
      and exists (select from run_issues i where i.district_id = r.district_id and i.run_id = coalesce(r.same_as_run_id, r.id) and i.code = 'withdrawals-suspended')
    order by r.integration_id, r.queued_at desc`;
  const countOf = (id: string, isCounted: (entity: LinkEntity) => boolean) =>
    counts.filter((row) => row.integrationId === id && isCounted(row.entity)).reduce((sum, row) => sum + row.count, 0);
  return new Map(
    counts.map(({ integrationId: id }) => [
      id,
      {
        people: countOf(id, (entity) => entity === "account"),
        classrooms: countOf(id, (entity) => entity === "classroom"),
        memberships: countOf(id, (entity) => entity === "membership"),
        others: countOf(id, (entity) => entity === "school" || entity === "term" || entity === "course"),
        named: people.filter((one) => one.integrationId === id).map(({ id: personId, name, role }) => ({ id: personId, name, role })),
        runId: causes.find((one) => one.integrationId === id)?.id ?? null,
      },
    ]),
  );
}
