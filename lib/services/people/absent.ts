import type { ProviderId } from "#lib/engine/sis/providers.ts";
import { definitionIn } from "#lib/engine/sis/words.ts";
import type { Tx } from "#lib/platform/db/tx.ts";
import { formatPlace } from "#lib/platform/format/source-place.ts";
import { textOfRef } from "#lib/services/why/schema.ts";
import type { AbsentRow, NamedRef, PeopleFilter, PersonRole } from "./schema.ts";
import { allOf, type Fragment, wordsOf } from "./search.ts";
import { isCalled } from "./words.ts";

/**
 * Rows of the SISs `m` with people who never arrived: left out, or waiting, and no account is theirs. Found by source_records_unplaced, so
 * that it takes as long as there are such rows. Whoever's role nothing tells stands among the learners, once.
 */
export function absentPeople(tx: Tx, role: PersonRole, filter: PeopleFilter): Fragment {
  return tx.sql`source_records m where ${isAbsent(tx, role, filter)}`;
}

/** The same of rows `m`. */
export function isAbsent(tx: Tx, role: PersonRole, filter: PeopleFilter): Fragment {
  const all = [
    tx.sql`m.district_id = ${tx.districtId} and m.collection = 'users'`,
    // As the index has it.
    tx.sql`m.collection in ('users', 'classes') and m.fate <> 'rostered'`,
    tx.sql`m.fate in ('left-out', 'waiting', 'withheld') and coalesce(m.role, 'learner') = ${role}`,
    tx.sql`(m.record_id is null or not exists (select from accounts x where x.district_id = ${tx.districtId} and x.id = m.record_id))`,
    tx.sql`exists (
      select from integrations n where n.district_id = ${tx.districtId} and n.id = m.integration_id and n.state <> 'removed')`,
  ];
  if (filter.grade !== undefined) all.push(tx.sql`m.grade = ${filter.grade}`);
  if (filter.school !== undefined)
    all.push(tx.sql`exists (
      select from source_records o
      where o.district_id = ${tx.districtId} and o.integration_id = m.integration_id and o.collection = 'orgs'
        and o.external_id = any(m.school_external_ids) and o.record_id = ${filter.school})`);
  const words = wordsOf(filter.q);
  if (words.length > 0) all.push(tx.sql`((${isCalled(tx, "m", words)}) or m.external_id = ${filter.q})`);
  return allOf(tx, all);
}

/** What a page's rows are made of; ids as `textOfRef` has them. */
export async function readAbsent(
  tx: Tx,
  refs: readonly { readonly integrationId: string; readonly externalId: string }[],
): Promise<ReadonlyMap<string, AbsentRow>> {
  if (refs.length === 0) return new Map();
  const rows = await tx.sql<
    (Omit<AbsentRow, "ref" | "place" | "cause"> & {
      integrationId: string;
      externalId: string;
      provider: ProviderId;
      reason: string | null;
      sourcePart: string | null;
      sourcePosition: number | null;
      schools: NamedRef[];
    })[]
  >`
    select m.integration_id as "integrationId", m.external_id as "externalId", n.provider, m.reason,
      coalesce(m.given_name, '') as "givenName", m.middle_name as "middleName", coalesce(m.family_name, '') as "familyName", m.grade,
      m.student_number as "studentNumber", m.source_part as "sourcePart", m.source_position as "sourcePosition",
      (select coalesce(jsonb_agg(jsonb_build_object('id', s.id, 'name', s.name) order by s.name), '[]')
        from source_records o join schools s on s.district_id = ${tx.districtId} and s.id = o.record_id
        where o.district_id = ${tx.districtId} and o.integration_id = m.integration_id and o.collection = 'orgs'
          and o.external_id = any(m.school_external_ids)) as schools
    from unnest(${refs.map((ref) => ref.integrationId)}::uuid[], ${refs.map((ref) => ref.externalId)}::text[]) r (integration_id, external_id)
    join source_records m
      on m.district_id = ${tx.districtId} and m.external_id = r.external_id and m.collection = 'users' and m.integration_id = r.integration_id
    join integrations n on n.district_id = ${tx.districtId} and n.id = m.integration_id`;
  return new Map(
    rows.map(({ integrationId, externalId, provider, reason, sourcePart, sourcePosition, ...row }) => {
      const ref = textOfRef({ integrationId, externalId });
      const place = sourcePart === null || sourcePosition === null ? sourcePart : formatPlace(sourcePart, sourcePosition);
      return [ref, { ...row, ref, place, cause: causeOf(provider, reason) }];
    }),
  );
}

/** Shorter than the title where that says it as well: it stands in a cell. */
const shortCauses: Readonly<Record<string, string>> = {
  "id-missing": "no id",
  "required-missing": "a value is missing",
  "value-unknown": "an unknown value",
  "match-contested": "several claim one account",
  "match-ambiguous": "may be one of several",
  "match-takeover": "may be somebody else",
  "match-namesake": "may be who leaves",
  "reference-school": "unknown school",
};

function causeOf(provider: ProviderId, reason: string | null): string {
  const short = reason === null ? undefined : shortCauses[reason];
  if (short !== undefined) return short;
  return reason === null || reason === "withheld" ? "waits for an admin" : lowerFirst(definitionIn(provider, reason).title);
}

/** Names of things keep their capitals: "SIS", "OneRoster". */
const lowerFirst = (text: string) => (/^[A-Z][a-z]/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text);
