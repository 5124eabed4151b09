import type postgres from "postgres";
import { accountsShown, evidenceOfShown } from "#lib/platform/db/match-evidence.ts";
import type { Tx } from "#lib/platform/db/tx.ts";
import { likePattern } from "#lib/services/people/search.ts";
import { type ConflictFilter, conflictCodes } from "./schema.ts";

type Fragment = postgres.PendingQuery<postgres.Row[]>;

/** A row of match_decisions that was not taken back and is an answer. */
const stands = "d.taken_back_at is null and d.verdict <> 'asked-again'";

/**
 * Decisions `from` (rows of match_decisions), each with whether it holds: whether the record and the accounts are what was shown. Those of
 * an issue's page hold for the issue that has their evidence, which says itself what was shown.
 */
export function withHolds(tx: Tx, from: Fragment): Fragment {
  return tx.sql`(
    select d.*,
      case
        when d.account_ids is null then exists (
          select from issues i
          where i.district_id = ${tx.districtId} and i.integration_id = d.integration_id and i.collection = 'users'
            and i.key = d.external_id and i.code = 'match-takeover' and i.conflict ->> 'evidence' = d.evidence)
        else coalesce(d.evidence = ${tx.sql.unsafe(evidenceOfShown("m", "s.accounts"))}, false)
      end as holds
    from ${from} d
    left join source_records m
      on m.district_id = ${tx.districtId} and m.integration_id = d.integration_id and m.external_id = d.external_id and m.collection = 'users'
    left join lateral (
      select ${tx.sql.unsafe(accountsShown)} as accounts from accounts a
      where a.district_id = ${tx.districtId} and a.id = any(d.account_ids)) s on true)`;
}

/** One page of the decisions that stand, the latest first; `which`: a condition over `d`. */
export function decisionsMeant(tx: Tx, which: Fragment, limit: number, offset: number): Fragment {
  return tx.sql`(
    select * from match_decisions d
    where d.district_id = ${tx.districtId} and ${tx.sql.unsafe(stands)} and ${which}
    order by d.decided_at desc, d.evidence
    limit ${limit} offset ${offset})`;
}

/**
 * The conflicts that are decided, as integration_id and seq: by a decision that holds, and is about all the accounts that the conflict is
 * about. One that a sync could not follow, since another record of the SIS leads to its account, settles nothing.
 */
function settled(tx: Tx): Fragment {
  const about = tx.sql`(
    select d.*, i.seq as issue, i.code as issue_code, i.field as issue_field, i.record_ids as issue_records
    from match_decisions d
    join issues i
      on i.district_id = ${tx.districtId} and i.integration_id = d.integration_id and i.collection = 'users' and i.key = d.external_id
      and i.code in ${tx.sql([...conflictCodes])}
    where d.district_id = ${tx.districtId} and ${tx.sql.unsafe(stands)})`;
  return tx.sql`(
    select distinct d.integration_id, d.issue as seq
    from ${withHolds(tx, about)} d
    where d.holds and case d.verdict
      when 'same-person' then
        not (d.issue_code = 'match-contested' and d.issue_field = 'sourcedId' and d.issue_records = array[d.account_id])
      when 'somebody-else' then d.issue_records <@ coalesce(d.account_ids, array[d.account_id])
      else true
    end)`;
}

/** All conflicts of the district, each with what the SIS says of the person; `is_decided`: the next sync settles it. */
function conflicts(tx: Tx): Fragment {
  return tx.sql`(
    select i.integration_id, n.name as integration_name, n.provider, n.state as integration_state, i.seq, i.code, i.external_id, i.record_ids,
      i.conflict, i.opened_at, i.source_part, i.source_position, m.role, m.given_name, m.family_name, m.email, m.student_number, m.grade,
      m.school_external_ids, s.seq is not null as is_decided
    from issues i
    join integrations n on n.district_id = ${tx.districtId} and n.id = i.integration_id and n.state <> 'removed'
    join source_records m
      on m.district_id = ${tx.districtId} and m.integration_id = i.integration_id and m.external_id = i.external_id and m.collection = 'users'
    left join ${settled(tx)} s on s.integration_id = i.integration_id and s.seq = i.seq
    where i.district_id = ${tx.districtId} and i.code in ${tx.sql([...conflictCodes])} and i.record_ids is not null)`;
}

/** One conflict, decided or not. */
export function conflictOf(tx: Tx, integrationId: string, seq: number): Fragment {
  return tx.sql`(select * from ${conflicts(tx)} c where integration_id = ${integrationId} and seq = ${seq})`;
}

export type ConflictsMeant = Pick<ConflictFilter, "integration" | "code" | "role" | "school" | "search">;

/** The conflicts that are open and meant. */
export function openConflicts(tx: Tx, { integration, code, role, school, search }: ConflictsMeant = {}): Fragment {
  const conditions = [
    tx.sql`not is_decided`,
    ...(integration === undefined ? [] : [tx.sql`integration_id = ${integration}`]),
    ...(code === undefined ? [] : [tx.sql`code = ${code}`]),
    ...(role === undefined ? [] : [tx.sql`role = ${role}`]),
    ...(search
      ? [
          tx.sql`(lower(given_name || ' ' || family_name || ' ' || coalesce(email, '') || ' ' || coalesce(student_number, ''))
            like ${likePattern(search.toLowerCase())} or external_id = ${search})`,
        ]
      : []),
    ...(school === undefined
      ? []
      : [
          tx.sql`exists (
            select from source_records o
            where o.district_id = ${tx.districtId} and o.integration_id = c.integration_id and o.collection = 'orgs'
              and o.external_id = any(c.school_external_ids) and o.record_id = ${school})`,
        ]),
  ];
  const all = conditions.reduce((before, one) => tx.sql`${before} and ${one}`);
  return tx.sql`(select * from ${conflicts(tx)} c where ${all})`;
}
