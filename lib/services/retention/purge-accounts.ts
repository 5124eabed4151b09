import type postgres from "postgres";
import type { Tx } from "#lib/platform/db/tx.ts";
import { blankId } from "./blank-ids.ts";

export interface Purged {
  readonly accounts: number;
  readonly memberships: number;
  readonly links: number;
}

/**
 * Erases accounts `a` that the condition means, with their memberships, links and every value about them in the history of syncs. The rows
 * of the history stay, emptied, so that its counts stay true. As the owner of the tables; the caller has raised the roster's revision, and so
 * a sync that would bring somebody back waits. Leaves the table `purged` for the rest of the transaction: id, entity.
 */
export async function purgeAccounts(tx: Tx, isMeant: postgres.PendingQuery<postgres.Row[]>): Promise<Purged> {
  await tx.sql`create temporary table purged on commit drop as select a.id, 'account' as entity from accounts a where ${isMeant}`;
  await tx.sql`
    insert into purged
    select m.id, 'membership' from memberships m join purged p on p.id = m.account_id and p.entity = 'account' where m.district_id = ${tx.districtId}`;
  await tx.sql`analyze purged`;
  // Roles that a SIS tells apart from people lead to no record of their own: they name the person.
  await tx.sql`
    create temporary table purged_people on commit drop as
    select distinct l.integration_id, l.external_id from source_records l join purged p on p.id = l.record_id
    where l.district_id = ${tx.districtId} and l.collection = 'users'`;
  await tx.sql`
    create temporary table purged_roles on commit drop as
    select m.integration_id, m.external_id from source_records m
    join purged_people p on p.integration_id = m.integration_id and p.external_id = m.person_external_id
    where m.district_id = ${tx.districtId} and m.collection = 'roles'
    union
    select r.integration_id, c.external_id from source_record_changes c
    join sync_runs r on r.district_id = c.district_id and r.id = c.run_id
    join purged_people p on p.integration_id = r.integration_id and p.external_id = c.before ->> 'person_external_id'
    where c.district_id = ${tx.districtId} and c.collection = 'roles'`;
  await tx.sql`analyze purged_roles`;
  await tx.sql`
    update run_changes c set before = null, after = null, external_id = null
    from purged p where c.district_id = ${tx.districtId} and c.record_id = p.id`;
  await tx.sql`
    update source_record_changes c set before = null, external_id = ${blankId(tx, "c.external_id")}
    from purged p where c.district_id = ${tx.districtId} and c.record_id = p.id`;
  await tx.sql`
    update source_record_changes c set before = null, external_id = ${blankId(tx, "c.external_id")}
    from purged_roles p, sync_runs r
    where c.district_id = ${tx.districtId} and c.collection = 'roles' and c.external_id = p.external_id
      and r.district_id = c.district_id and r.id = c.run_id and r.integration_id = p.integration_id`;
  // Issues name a person by the SIS's id, or by the account that they are about.
  for (const table of ["issues", "closed_issues"]) {
    await tx.sql`
      update ${tx.sql(table)} i set value = null, external_id = null, key = chr(1) || i.seq, record_ids = null, conflict = null
      from source_records l, purged p
      where i.district_id = ${tx.districtId} and l.district_id = i.district_id and l.integration_id = i.integration_id and l.record_id = p.id
        and (p.entity, l.collection) in (('account', 'users'), ('membership', 'enrollments'))
        and i.external_id = l.external_id and i.collection = l.collection`;
    await tx.sql`
      update ${tx.sql(table)} i set value = null, external_id = null, key = chr(1) || i.seq, record_ids = null, conflict = null
      from purged_roles p
      where i.district_id = ${tx.districtId} and i.integration_id = p.integration_id
        and i.collection = 'roles' and i.external_id = p.external_id`;
    await tx.sql`
      update ${tx.sql(table)} i set value = null, external_id = null, key = chr(1) || i.seq, record_ids = null, conflict = null
      where i.district_id = ${tx.districtId} and i.record_ids && (select array_agg(id) from purged)`;
  }
  await tx.sql`delete from withheld_records w using purged p where w.district_id = ${tx.districtId} and w.record_id = p.id`;
  for (const table of ["kept_values", "record_edits"])
    await tx.sql`delete from ${tx.sql(table)} e using purged p where e.district_id = ${tx.districtId} and e.record_id = p.id`;
  // That somebody looked at others stays; of whom they looked at, who is erased is left out.
  await tx.sql`delete from viewed_people v using purged p where v.district_id = ${tx.districtId} and v.person_id = p.id`;
  await tx.sql`delete from notice_choices c using purged p where c.district_id = ${tx.districtId} and c.account_id = p.id`;
  for (const table of ["sessions", "password_links", "authenticator_apps", "passkeys", "recovery_codes", "identities"])
    await tx.sql`delete from ${tx.sql(table)} s using purged p where s.district_id = ${tx.districtId} and s.account_id = p.id`;
  await tx.sql`delete from match_decisions where district_id = ${tx.districtId}
    and (account_id in (select id from purged) or account_ids && (select array_agg(id) from purged))`;
  await tx.sql`
    delete from source_records m using purged_roles p
    where m.district_id = ${tx.districtId} and m.integration_id = p.integration_id and m.collection = 'roles' and m.external_id = p.external_id`;
  const links = await tx.sql`
    delete from source_records l using purged p where l.district_id = ${tx.districtId} and l.record_id = p.id`;
  const memberships = await tx.sql`delete from memberships m using purged p where m.district_id = ${tx.districtId} and m.id = p.id`;
  const accounts = await tx.sql`delete from accounts a using purged p where a.district_id = ${tx.districtId} and a.id = p.id`;
  return { accounts: accounts.count, memberships: memberships.count, links: links.count };
}
