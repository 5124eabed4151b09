import type { Tx } from "#lib/platform/db/tx.ts";
import type { Fragment } from "./search.ts";

/**
 * Accounts (`id`) that no SIS lists any more and that go on: what is in doubt waits for an admin, or for a row that may be theirs. An admin who
 * refused that they leave has decided. Found by source_records_unsettled; whether the account is active is the caller's to ask.
 */
export function leftBehind(tx: Tx): Fragment {
  return tx.sql`
    select m.record_id as id
    from source_records m
    join integrations n on n.district_id = ${tx.districtId} and n.id = m.integration_id and n.state <> 'removed'
    where m.district_id = ${tx.districtId} and m.collection = 'users' and m.missing_since is not null and m.rostered and m.record_id is not null
      and not exists (
        select from source_records o
        where o.district_id = ${tx.districtId} and o.record_id = m.record_id and o.collection = 'users' and o.rostered and o.missing_since is null)
      and not exists (
        select from withheld_records w
        where w.district_id = ${tx.districtId} and w.integration_id = m.integration_id and w.record_id = m.record_id and w.field = '' and w.refused_at is not null)
    group by 1`;
}

/**
 * Accounts (`id`) with how many enrollments (`count`) a SIS has for them and Aivo does not: those that wait or could not be read. What is
 * out of scope was decided, and counts for nothing. Found by source_records_unsettled and the open issues.
 */
export function missing(tx: Tx): Fragment {
  return tx.sql`
    select u.record_id as id, count(*)::int as count
    from (${notThrough(tx)}) e
    join source_records u
      on u.district_id = ${tx.districtId} and u.external_id = e.person_external_id and u.collection = 'users'
        and u.integration_id = e.integration_id
    where u.record_id is not null
    group by 1`;
}

/** What an integration calls an account. */
interface Called {
  readonly integrationId: string;
  readonly externalId: string;
  readonly id: string;
}

/** The same of some accounts, those who miss nothing left out. */
export async function missingBy(tx: Tx, ids: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const called = await tx.sql<Called[]>`
    select integration_id as "integrationId", external_id as "externalId", record_id as id from source_records
    where district_id = ${tx.districtId} and record_id = any(${[...ids]}::uuid[]) and collection = 'users'`;
  const rows = called.length === 0 ? [] : await tx.sql<{ id: string; count: number }[]>`${missingAmong(tx, called)}`;
  return new Map(rows.map(({ id, count }) => [id, count]));
}

/**
 * What did not come through is gone through once, however many are asked of: of `missing`, asked by their ids, the planner thinks so little that
 * it goes through it anew for each of them.
 */
export function missingAmong(tx: Tx, called: readonly Called[]): Fragment {
  return tx.sql`
    with e as materialized (${notThrough(tx)})
    select k.id, count(*)::int as count
    from e
    join unnest(
      ${called.map(({ integrationId }) => integrationId)}::uuid[], ${called.map(({ externalId }) => externalId)}::text[],
      ${called.map(({ id }) => id)}::uuid[]) as k (integration_id, external_id, id)
      on k.external_id = e.person_external_id and k.integration_id = e.integration_id
    group by 1`;
}

/** Enrollments that a SIS has and Aivo does not, each once, of integrations that are not removed. */
function notThrough(tx: Tx): Fragment {
  return tx.sql`
      select o.integration_id, o.external_id, o.person_external_id
      from (
        select e.integration_id, e.external_id, e.person_external_id from source_records e
        where e.district_id = ${tx.districtId} and e.collection = 'enrollments' and e.fate in ('waiting', 'withheld')
          and not e.rostered and e.missing_since is null
        union
        select e.integration_id, e.external_id, e.person_external_id from issues i
        join source_records e
          on e.district_id = ${tx.districtId} and e.external_id = i.key and e.collection = 'enrollments' and e.integration_id = i.integration_id
        where i.district_id = ${tx.districtId} and i.collection = 'enrollments' and i.severity = 'error'
          and e.fate = 'left-out' and not e.rostered) o
      join integrations n on n.district_id = ${tx.districtId} and n.id = o.integration_id and n.state <> 'removed'`;
}
