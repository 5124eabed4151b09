import type { Tx } from "#lib/platform/db/tx.ts";
import { conflictCodes } from "#lib/services/conflicts/schema.ts";

/** From so many open issues on nobody is counted by person: that would take seconds, and the answer is that the export is broken. */
export const mostIssues = 50_000;

/** Causes that ask who somebody is are one, which is decided about in one place. */
export const conflictCause = "conflict";

/**
 * The people whom open issues of these integrations concern, as a query of `integration_id`, `cause`, `who`, and where they are known `name`, `account_id`,
 * `role` and `status`: the person of an issue, of an enrollment, and whoever waits for a class or beside an enrollment that cannot be placed.
 * Notices, where nothing is lost, are not among them. Rows of the SIS that name nobody are people without a name.
 */
export function concernedPeople(tx: Tx, integrationIds: readonly string[]) {
  const ids = [...integrationIds];
  return tx.sql`(
    with open as materialized (
      select i.integration_id, case when i.code = any(${[...conflictCodes]}::text[]) then ${conflictCause} else i.code end as cause,
        i.collection, coalesce(i.external_id, i.key) as id, i.key, i.severity
      from issues i
      where i.district_id = ${tx.districtId} and i.integration_id = any(${ids}::uuid[]) and i.severity <> 'notice'),
    waiting as materialized (
      select m.integration_id, m.external_id, m.person_external_id, m.class_external_id from source_records m
      where m.district_id = ${tx.districtId} and m.integration_id = any(${ids}::uuid[]) and m.collection = 'enrollments'
        and m.fate in ('waiting', 'withheld')),
    people as (
      select integration_id, cause, id from open where collection = 'users'
      union
      select o.integration_id, o.cause, m.person_external_id from open o
      join source_records m on m.district_id = ${tx.districtId} and m.external_id = o.id and m.collection = 'enrollments'
        and m.integration_id = o.integration_id
      where o.collection = 'enrollments'
      union
      select o.integration_id, o.cause, w.person_external_id from open o
      join waiting w on w.integration_id = o.integration_id
        and w.class_external_id = case when o.key like '→%' then substr(o.key, 2) else o.id end
      where o.cause = 'reference-class' or o.collection = 'classes' and o.severity = 'error')
    select p.integration_id, p.cause, coalesce(a.id::text, p.integration_id || ' ' || p.id) as who, a.id as account_id,
      coalesce(a.role, u.role) as role, a.status,
      coalesce(nullif(btrim(a.given_name || ' ' || a.family_name), ''), nullif(btrim(concat_ws(' ', u.given_name, u.family_name)), '')) as name
    from people p
    join source_records u on u.district_id = ${tx.districtId} and u.external_id = p.id and u.collection = 'users'
      and u.integration_id = p.integration_id
    left join accounts a on a.district_id = ${tx.districtId} and a.id = u.record_id)`;
}

/** Whether so much is open that nobody is counted by person. */
export async function isBeyondCounting(tx: Tx, integrationIds: readonly string[]): Promise<boolean> {
  const [row] = await tx.sql<{ count: number }[]>`
    select count(*)::int as count from (
      select from issues where district_id = ${tx.districtId} and integration_id = any(${[...integrationIds]}::uuid[]) limit ${mostIssues + 1}) i`;
  return (row?.count ?? 0) > mostIssues;
}
