import { workerScope } from "#lib/platform/access.ts";
import { appendAudit } from "#lib/platform/audit.ts";
import { raiseRosterRevision } from "#lib/platform/db/roster-revision.ts";
import { withOwner } from "#lib/platform/db/tx.ts";
import type { District } from "#lib/services/districts/read.ts";
import type { Services } from "#lib/services/services.ts";

export interface Purged {
  readonly accounts: number;
  readonly memberships: number;
  readonly links: number;
}

/**
 * Removes what the district no longer keeps: accounts deactivated for longer than its retention period, with their memberships,
 * links and every value about them in the history of syncs. The rows of the history stay, emptied, so that its counts stay true.
 * Active accounts are never touched, and neither is one that a SIS rosters or rostered within the period: whom an admin barred,
 * the next sync would make anew, and active. One transaction: all of a district, or none of it.
 */
export async function purgeExpired(services: Services, district: District): Promise<Purged> {
  const now = services.now();
  const deadline = new Date(now.getTime() - district.retentionDays * 86_400_000).toISOString();
  return withOwner(services.db, district.id, async (tx) => {
    // A removed integration rosters nobody since it was removed, which is the last change of its row.
    const expired = tx.sql`
      from accounts a where a.district_id = ${district.id} and a.status = 'deactivated' and a.deactivated_at < ${deadline}
        and not exists (
          select from source_records l
          join integrations i on i.district_id = l.district_id and i.id = l.integration_id
          where l.district_id = a.district_id and l.record_id = a.id and l.collection = 'users'
            and case when not l.rostered then l.ended_at >= ${deadline} else i.state <> 'removed' or i.updated_at >= ${deadline} end)`;
    const [found] = await tx.sql<{ any: boolean }[]>`select exists (select ${expired}) as any`;
    if (found?.any !== true) return { accounts: 0, memberships: 0, links: 0 };
    // A sync that reactivates or links somebody takes the same lock first, so nobody returns in between.
    await raiseRosterRevision(tx);
    await tx.sql`create temporary table purged on commit drop as select a.id, 'account' as entity ${expired}`;
    await tx.sql`
      insert into purged
      select m.id, 'membership' from memberships m join purged p on p.id = m.account_id and p.entity = 'account' where m.district_id = ${district.id}`;
    await tx.sql`analyze purged`;
    await tx.sql`
      update run_changes c set before = null, after = null, external_id = null
      from purged p where c.district_id = ${district.id} and c.record_id = p.id`;
    // Issues name a person by the SIS's id, or by the account that they are about.
    for (const table of ["issues", "closed_issues"]) {
      await tx.sql`
        update ${tx.sql(table)} i set value = null, external_id = null, key = chr(1) || i.seq, record_ids = null, conflict = null
        from source_records l, purged p
        where i.district_id = ${district.id} and l.district_id = i.district_id and l.integration_id = i.integration_id and l.record_id = p.id
          and l.collection = case p.entity when 'account' then 'users' else 'enrollments' end
          and i.external_id = l.external_id and i.collection = l.collection`;
      await tx.sql`
        update ${tx.sql(table)} i set value = null, external_id = null, key = chr(1) || i.seq, record_ids = null, conflict = null
        where i.district_id = ${district.id} and i.record_ids && (select array_agg(id) from purged)`;
    }
    await tx.sql`delete from match_decisions d using purged p where d.district_id = ${district.id} and d.account_id = p.id`;
    const links = await tx.sql`
      delete from source_records l using purged p where l.district_id = ${district.id} and l.record_id = p.id`;
    const memberships = await tx.sql`delete from memberships m using purged p where m.district_id = ${district.id} and m.id = p.id`;
    const accounts = await tx.sql`delete from accounts a using purged p where a.district_id = ${district.id} and a.id = p.id`;
    const purged = { accounts: accounts.count, memberships: memberships.count, links: links.count };
    const { actor } = workerScope(district.id);
    const details = { ...purged, retentionDays: district.retentionDays };
    await appendAudit(tx, { actor, action: "accounts-purged", target: { kind: "district", id: district.id }, details }, now);
    return purged;
  });
}
