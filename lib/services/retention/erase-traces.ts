import type { Tx } from "#lib/platform/db/tx.ts";
import { blankId } from "./blank-ids.ts";

/**
 * What names somebody and leads to no account: rows that wait for them, or that are about somebody of their name with their address or
 * number, issues that quote them, and the history of all that. Before the account itself is erased (purge-accounts.ts), since it is told
 * by what the account has and had. It reads whole tables: for one person on request, not for many every night. What is traced is asked for
 * by `in`, which Citus takes to the node of the district, and by no condition about each row (docs/decisions/008).
 */
export async function eraseTraces(tx: Tx, accountId: string): Promise<void> {
  await tx.sql`
    create temporary table traced on commit drop as
    select l.integration_id, l.external_id
    from source_records l
    join accounts a on a.district_id = l.district_id and a.id = ${accountId}
    where l.district_id = ${tx.districtId} and l.collection = 'users'
      and (l.record_id = a.id
        or l.record_id is null and l.given_name = a.given_name and l.family_name = a.family_name
          and (l.email = a.email or l.student_number = a.student_number))`;
  await tx.sql`
    create temporary table traced_seats on commit drop as
    select m.integration_id, m.collection, m.external_id
    from source_records m
    join traced t on t.integration_id = m.integration_id and t.external_id = m.person_external_id
    where m.district_id = ${tx.districtId} and m.collection in ('enrollments', 'roles')`;
  // All that the person is or was called, also before an edit and in the SIS.
  await tx.sql`
    create temporary table quoted on commit drop as
    select distinct value from (
      select unnest(array[email, username, student_number, given_name || ' ' || family_name]) as value
      from accounts where district_id = ${tx.districtId} and id = ${accountId}
      union all
      select unnest(array[l.email, l.username, l.student_number, l.given_name || ' ' || l.family_name, l.external_id])
      from source_records l join traced t using (integration_id, external_id)
      where l.district_id = ${tx.districtId} and l.collection = 'users'
      union all
      select v.value #>> '{}' from kept_values k, unnest(array[k.value, k.sis_value]) v (value)
      where k.district_id = ${tx.districtId} and k.record_id = ${accountId} and k.field in ('email', 'username', 'student_number')
    ) each
    where value is not null and length(value) > 1`;
  await eraseIssues(tx);
  await tx.sql`
    delete from withheld_records w using traced t
    where w.district_id = ${tx.districtId} and w.integration_id = t.integration_id and w.entity = 'account' and w.external_id = t.external_id`;
  await tx.sql`
    delete from match_decisions d using traced t
    where d.district_id = ${tx.districtId} and d.integration_id = t.integration_id and d.external_id = t.external_id`;
  await tx.sql`
    update run_changes c set before = null, after = null, external_id = null
    from (
      select integration_id, external_id, false as is_seat from traced
      union all select integration_id, external_id, true from traced_seats where collection = 'enrollments') t
    join sync_runs r on r.district_id = ${tx.districtId} and r.integration_id = t.integration_id
    where c.district_id = ${tx.districtId} and c.run_id = r.id and c.external_id = t.external_id
      and (c.entity = 'membership') = t.is_seat and c.entity in ('teacher', 'learner', 'membership')`;
  await eraseHistoryOfMirror(tx);
  await tx.sql`
    delete from source_records m using traced t
    where m.district_id = ${tx.districtId} and m.integration_id = t.integration_id and m.record_id is null
      and (m.collection = 'users' and m.external_id = t.external_id
        or m.collection in ('enrollments', 'roles') and m.person_external_id = t.external_id)`;
}

async function eraseIssues(tx: Tx): Promise<void> {
  for (const table of ["issues", "closed_issues"])
    await tx.sql`
      update ${tx.sql(table)} i set value = null, external_id = null, key = chr(1) || i.seq, record_ids = null, conflict = null
      where i.district_id = ${tx.districtId}
        and (i.value in (select value from quoted)
          or i.collection = 'users' and (i.integration_id, i.external_id) in (select integration_id, external_id from traced)
          or (i.integration_id, i.key) in (select integration_id, '→' || external_id from traced)
          or i.collection in ('enrollments', 'roles')
            and (i.integration_id, i.collection, i.external_id) in (select integration_id, collection, external_id from traced_seats))`;
}

/** Rows without an id are kept whole as they were, and those of enrollments and roles name whom they were about. */
async function eraseHistoryOfMirror(tx: Tx): Promise<void> {
  await tx.sql`
    update source_record_changes c set before = null, external_id = ${blankId(tx, "c.external_id")}
    from sync_runs r
    where c.district_id = ${tx.districtId} and r.district_id = c.district_id and r.id = c.run_id
      and (c.collection = 'users' and (r.integration_id, c.external_id) in (select integration_id, external_id from traced)
        or c.collection in ('enrollments', 'roles') and (
          (r.integration_id, c.before ->> 'person_external_id') in (select integration_id, external_id from traced)
          or (r.integration_id, c.collection, c.external_id) in (select integration_id, collection, external_id from traced_seats)))`;
  await tx.sql`
    update source_record_changes c set before = null
    where c.district_id = ${tx.districtId} and c.record_id is null and c.collection = 'users'
      and (c.before ->> 'email' in (select value from quoted) or c.before ->> 'student_number' in (select value from quoted)
        or c.before ->> 'name' in (select value from quoted))`;
}
