import type { ProviderId } from "#lib/engine/sis/providers.ts";
import { spanOfClass, todayOf, whenOfMembership } from "#lib/platform/db/class-days.ts";
import type { Fate } from "#lib/platform/db/schema/source-records.ts";
import type { Tx } from "#lib/platform/db/tx.ts";
import { fullName } from "#lib/platform/format/person-name.ts";
import { schoolPlaces } from "#lib/services/schools/places.ts";
import { roleTold } from "#lib/services/why/not-rostered.ts";
import { textOfRef } from "#lib/services/why/schema.ts";
import { causeOf, whereOfFate } from "#lib/services/why/search.ts";
import type { Candidates } from "./candidates.ts";
import { type FoundOne, mostPeople } from "./schema.ts";

/** So many of those who never arrived come before whom Aivo has: they are who is looked for. */
const mostMissing = mostPeople / 2;

/** The candidates as they are shown, those who never arrived first, then by name. */
export async function peopleOf(tx: Tx, candidates: Candidates, words: readonly string[]): Promise<readonly FoundOne[]> {
  const missing = await othersOf(tx, candidates.rows);
  const here = await accountsOf(tx, candidates.accountIds, words);
  const first = missing.filter(({ where }) => where === "left-out" || where === "waits").slice(0, mostMissing);
  return [...first, ...here, ...missing.filter((one) => !first.includes(one))].slice(0, mostPeople);
}

interface AccountRow extends Pick<FoundOne, "role" | "grade" | "where" | "classCount" | "schoolName" | "schoolPlace"> {
  readonly id: string;
  readonly givenName: string;
  readonly middleName: string | null;
  readonly familyName: string;
}

async function accountsOf(tx: Tx, ids: readonly string[], words: readonly string[]): Promise<FoundOne[]> {
  const rows = await tx.sql<AccountRow[]>`
    with here as (
      select a.* from accounts a
      where a.district_id = ${tx.districtId} and a.id = any(${[...ids]}::uuid[]) and a.role in ('teacher', 'learner')
      -- A name as it was written before one that only begins so; who left after who is here.
      order by a.status, lower(a.family_name) = any(${[...words]}::text[]) or lower(a.given_name) = any(${[...words]}::text[]) desc,
        a.family_name, a.given_name, a.id
      limit ${mostPeople})
    select a.id, a.role, a.given_name as "givenName", a.middle_name as "middleName", a.family_name as "familyName", a.grade,
      case when a.status = 'deactivated' then 'deactivated' when a.barred_at is not null then 'barred' else 'active' end as where,
      s.name as "schoolName", s.place as "schoolPlace",
      (select count(*)::int from memberships m
        join classrooms c on c.district_id = m.district_id and c.id = m.classroom_id ${tx.sql.unsafe(spanOfClass(tx.districtId))}
        where m.district_id = ${tx.districtId} and m.account_id = a.id and m.status = 'active' and c.status = 'active'
          and ${tx.sql.unsafe(whenOfMembership(todayOf(tx.districtId)))} <> 'ended') as "classCount"
    from here a left join (${schoolPlaces(tx)}) s on s.id = a.school_ids[1]`;
  return rows.map(({ id, givenName, middleName, familyName, ...row }) => ({
    ...row,
    ref: id,
    accountId: id,
    name: fullName({ givenName, middleName, familyName }),
    cause: null,
  }));
}

/** Of whom a SIS told, and who are nobody in Aivo by that row. */
async function othersOf(tx: Tx, candidates: Candidates["rows"]): Promise<FoundOne[]> {
  if (candidates.length === 0) return [];
  const rows = await tx.sql<
    (Pick<FoundOne, "role" | "grade" | "schoolName" | "schoolPlace"> & {
      integrationId: string;
      externalId: string;
      provider: ProviderId;
      name: string;
      fate: Fate;
      reason: string | null;
    })[]
  >`
    select m.integration_id as "integrationId", m.external_id as "externalId", n.provider, m.role, m.grade, m.fate, m.reason,
      btrim(concat_ws(' ', m.given_name, m.middle_name, m.family_name)) as name, s.name as "schoolName", s.place as "schoolPlace"
    from source_records m
    join integrations n on n.district_id = ${tx.districtId} and n.id = m.integration_id and n.state <> 'removed'
    left join accounts a on a.district_id = ${tx.districtId} and a.id = m.record_id
    left join source_records o on o.district_id = ${tx.districtId} and o.integration_id = m.integration_id and o.collection = 'orgs'
      and o.external_id = m.school_external_ids[1]
    left join (${schoolPlaces(tx)}) s on s.id = o.record_id
    where m.district_id = ${tx.districtId} and m.collection = 'users'
      and (m.integration_id, m.external_id) in (
        select integration_id::uuid, external_id from unnest(
          ${candidates.map(({ integrationId }) => integrationId)}::text[],
          ${candidates.map(({ externalId }) => externalId)}::text[]) as asked (integration_id, external_id))
      and m.fate <> 'rostered' and (m.fate in ('waiting', 'withheld') or a.id is null)
    order by m.family_name nulls last, m.given_name, m.external_id
    limit ${mostPeople}`;
  return rows.map(({ integrationId, externalId, provider, role, fate, reason, name, ...row }) => ({
    ...row,
    ref: textOfRef({ integrationId, externalId }),
    accountId: null,
    // Of who is not rostered nothing may be remembered but the id.
    name: name || externalId,
    role: roleTold({ fate, reason, role }),
    classCount: 0,
    where: whereOfFate[fate],
    cause: causeOf(provider, fate, reason),
  }));
}
