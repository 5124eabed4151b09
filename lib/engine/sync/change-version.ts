import { linkedBy, type OneRosterVersion, type VersionChange } from "#lib/roster/version-change.ts";
import { idsOfBefore } from "./match-legacy-ids.ts";
import { linksOf, type PlanContext } from "./plan-context.ts";

/** As many accounts that end are named. */
const namedMerged = 50;

/** What becomes of the people of a plan in which the version of OneRoster changes. */
export async function countVersionChange(context: PlanContext, to: OneRosterVersion): Promise<VersionChange> {
  const { plan, endedLinks, accountMatches, incoming } = context.staging;
  const links = linksOf(context, "account");
  const ended = `(select * from ${endedLinks} x where entity = 'account')`;
  // Whose id is gone and who is nobody in this plan either.
  const leaving = `select distinct x.record_id from ${ended} x
      where not exists (select from ${plan.account} p where p.record_id = x.record_id)
        and not exists (
          select from ${links} l
          where l.record_id = x.record_id
            and l.rostered
            and not exists (select from ${ended} y where y.external_id = l.external_id))`;
  const merged = `select distinct on (o.record_id) o.record_id as ends, p.record_id as stays
      from ${idsOfBefore(context)} o
      join ${incoming.users} u on u.legacy_id = o.legacy_id
      join ${plan.account} p on p.external_id = u.external_id
      where o.record_id <> p.record_id and o.record_id in (${leaving})
      order by o.record_id, p.record_id`;
  const [counted] = await context.sql.unsafe<Omit<VersionChange, "to" | "linked">[]>(`
    with merged as materialized (${merged})
    select
      (select count(*)::int from ${plan.account} p where action = 'created') as created,
      (select count(*)::int from merged) as merged,
      (select count(*)::int from ${accountMatches} m where conflict is not null) as ambiguous,
      (select count(*)::int from (${leaving}) l where l.record_id not in (select ends from merged)) as gone,
      coalesce(
        (select jsonb_agg(jsonb_build_object('ends', ends, 'stays', stays))
          from (select * from merged order by ends limit ${namedMerged}) m),
        '[]') as "mergedAccounts"`);
  const found = await context.sql.unsafe<{ by: (typeof linkedBy)[number]; count: number }[]>(`
    select 'same-id' as by, count(distinct record_id)::int as count
    from ${links} l
    where l.rostered and not exists (select from ${ended} x where x.external_id = l.external_id)
    union all
    select
      case when matched_by in (${linkedBy.map((by) => `'${by}'`).join(", ")}) then matched_by else 'otherwise' end,
      count(*)::int
    from ${plan.account} p
    where p.link in ('new', 'moved') and p.action <> 'created'
    group by 1`);
  const countOf = new Map(found.map(({ by, count }) => [by, count]));
  const linked = Object.fromEntries(linkedBy.map((by) => [by, countOf.get(by) ?? 0])) as VersionChange["linked"];
  const nobody = { created: 0, merged: 0, ambiguous: 0, gone: 0, mergedAccounts: [] };
  return { to, linked, ...(counted ?? nobody) };
}
