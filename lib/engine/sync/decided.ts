import { evidenceOfShown, shownAccounts } from "#lib/platform/db/match-evidence.ts";
import { isOwn, tableOf } from "#lib/platform/db/staging.ts";
import { execute, linksOf, type PlanContext, rosterOf } from "./plan-context.ts";
import { leavingLinks } from "./recognise.ts";
import { fill } from "./work.ts";

/*
 * What admins decided about conflicts (lib/services/conflicts), as planning follows it: before anything is matched, so
 * that what is settled is not asked about, and nobody else is matched with an account that is spoken for. A decision
 * holds while the record and the accounts that were shown are what they were.
 */

/** Finds the decisions about incoming people that hold. */
export async function findDecided(context: PlanContext): Promise<void> {
  const users = context.staging.incoming.users;
  await fill(
    context,
    "decided",
    `select d.external_id, d.verdict, d.account_id, d.account_ids
    from match_decisions d
    join ${users} u on u.external_id = d.external_id
    left join ${shownAccounts(context.district, `integration_id = ${context.integration}`)} s
      on s.external_id = d.external_id
      and s.evidence = d.evidence
    left join ${rosterOf(context, "account")} c on c.id = d.account_id and c.role = u.role
    where d.district_id = ${context.district}
      and d.integration_id = ${context.integration}
      and d.account_ids is not null
      and d.taken_back_at is null
      and (d.verdict <> 'same-person' or c.id is not null)
      and (d.verdict = 'asked-again' or d.evidence = ${evidenceOfShown("u", "s.accounts")})`,
  );
}

/** Those that an admin left out: nobody is matched with them, and what a link of theirs leads to stays as it is. */
export const ignored = (context: PlanContext) => `(select external_id from ${context.staging.work.decided} d where verdict = 'ignored')`;

/**
 * Follows the decisions, over the matches that have their own links so far: who is which account, who is none of those
 * that were shown, and who is left out.
 */
export async function followDecided(context: PlanContext): Promise<void> {
  const { accountMatches: matches, work } = context.staging;
  const set = (columns: string, which: string) =>
    execute(
      context,
      `update ${tableOf(matches)} m set ${columns}
      from (
        select d.external_id, d.account_id, d.ids, l.record_id, l.rostered
        from ${work.decided} d
        left join ${linksOf(context, "account")} l on l.external_id = d.external_id
        where ${which}) d
      where ${isOwn(context.staging, "m")} and d.external_id = m.external_id`,
    );
  await set(`conflict = 'match-ignored', other_ids = null, record_id = case when d.rostered then d.record_id end`, "d.verdict = 'ignored'");
  await set(
    `conflict = null, other_ids = null, record_id = null, left_id = d.record_id`,
    "d.verdict = 'somebody-else' and l.record_id = any (d.ids)",
  );
  await set(
    `conflict = null,
        other_ids = null,
        record_id = d.account_id,
        left_id = case when d.record_id <> d.account_id then d.record_id end,
        matched_by = case when d.record_id is distinct from d.account_id then 'decided' end`,
    "d.verdict = 'same-person'",
  );
  await refuseDoubleClaims(context);
}

/**
 * An account that another record of this SIS leads to is not given to a second one: the decision waits, and the record
 * is where it was. Which may be where another was to go, so it is looked again until nobody is refused.
 */
async function refuseDoubleClaims(context: PlanContext): Promise<void> {
  const { accountMatches: matches, endedLinks } = context.staging;
  const links = linksOf(context, "account");
  for (let refused = 1; refused > 0; ) {
    refused = await execute(
      context,
      `update ${tableOf(matches)} m set
        conflict = 'match-contested',
        other_ids = array[m.record_id],
        record_id = d.own_id,
        left_id = null,
        matched_by = null
      from (
        select m.external_id, l.record_id as own_id
        from ${matches} m
        left join ${links} l on l.external_id = m.external_id
        where m.matched_by = 'decided'
          and (
            m.record_id in (
              select record_id from ${matches} o
              where record_id is not null
              group by record_id
              having count(*) > 1)
            or m.record_id in (
              select o.record_id from ${links} o
              where o.rostered
                and not exists (select from ${matches} i where i.external_id = o.external_id)
                and not exists (
                  select from ${endedLinks} x
                  where x.entity = 'account' and x.external_id = o.external_id)
                and not exists (
                  select from ${leavingLinks(context, "account")} v where v.external_id = o.external_id)))) d
      where ${isOwn(context.staging, "m")} and d.external_id = m.external_id`,
    );
  }
}
