import { isOwn, tableOf } from "#lib/platform/db/staging.ts";
import { execute, type PlanContext, rosterOf } from "./plan-context.ts";
import { leavingLinks } from "./recognise.ts";
import { keepClassesOf, withholdMatched } from "./takeovers.ts";
import { addTo } from "./work.ts";

/**
 * An id of before, as what the other version calls it: as it is, and without the letter of the role that Infinite Campus put before it
 * (`s+123456`, told as `123456`).
 */
const withoutLetter = (id: string) => `regexp_replace(${id}, '^[A-Za-z][^A-Za-z0-9]', '')`;

/**
 * The ids that the version of before had and this one has not, by what the other version calls them: `legacy_id`, with the account that
 * each leads to. An id stands twice where it has a letter.
 */
export function idsOfBefore(context: PlanContext): string {
  return `(
      select v.external_id as legacy_id, v.external_id, v.record_id from ${leavingLinks(context, "account")} v
      union
      select ${withoutLetter("v.external_id")}, v.external_id, v.record_id from ${leavingLinks(context, "account")} v)`;
}

/**
 * Where the version of OneRoster changes: links those who are nobody yet by the id of before that the SIS tells of them, with the one account
 * of their role that it led to. Where it led to several of that role, or several people tell the same, it is told by that and not guessed.
 */
export async function matchByLegacyIds(context: PlanContext): Promise<void> {
  const { accountMatches: matches, incoming, work } = context.staging;
  const tells = `select
        u.external_id,
        array_agg(distinct a.id) as ids
      from ${incoming.users} u
      join ${idsOfBefore(context)} o on o.legacy_id = u.legacy_id
      join ${rosterOf(context, "account")} a on a.id = o.record_id and a.role = u.role
      left join ${work.claimedAccounts} c on c.record_id = a.id
      where c.record_id is null
      group by u.external_id`;
  await execute(
    context,
    `with told as materialized (${tells}),
    claims as (
      select id, count(*) as people from told cross join unnest(ids) x (id) group by id),
    meant as (
      select t.external_id, t.ids, (select max(c.people) from claims c where c.id = any (t.ids)) as people from told t)
    update ${tableOf(matches)} m set
      matched_by = 'legacy-id',
      record_id = case when cardinality(t.ids) = 1 and t.people = 1 then t.ids[1] end,
      conflict = case
        when cardinality(t.ids) > 1 then 'match-ambiguous'
        when t.people > 1 then 'match-contested'
      end,
      other_ids = t.ids
    from meant t
    where ${isOwn(context.staging, "m")}
      and t.external_id = m.external_id
      and m.record_id is null
      and m.conflict is null`,
  );
  await withholdMatched(context, "legacy-id");
  await addTo(
    context,
    "contestedAccounts",
    `select distinct x.id
    from ${matches} m
    cross join unnest(m.other_ids) x (id)
    where m.matched_by = 'legacy-id'
      and m.conflict is not null
      and not exists (select from ${work.contestedAccounts} t where t.record_id = x.id)`,
  );
  await addTo(context, "claimedAccounts", `select record_id from ${matches} m where matched_by = 'legacy-id' and record_id is not null`);
}

/** Once everybody is matched: nobody of whom it cannot be told who they are in the other version is withdrawn, nor leaves a class, for that. */
export async function keepWhoCannotBeTold(context: PlanContext): Promise<void> {
  const { accountMatches: matches, endedLinks } = context.staging;
  const meant = `(
        select distinct x.record_id from ${matches} m
        cross join unnest(m.other_ids) x (record_id)
        where m.conflict is not null and m.conflict <> 'match-ignored')`;
  await execute(
    context,
    `delete from ${tableOf(endedLinks)} x using ${meant} w
    where ${isOwn(context.staging, "x")} and x.entity = 'account' and x.record_id = w.record_id`,
  );
  await keepClassesOf(context, meant);
}
