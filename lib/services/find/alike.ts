import type { Tx } from "#lib/platform/db/tx.ts";
import { neighboursOf } from "#lib/roster/nearest-id.ts";
import { accountsAmong, nearestOf, peopleAlike, rowsAmong } from "#lib/services/people/alike.ts";
import { wordsOf } from "#lib/services/people/search.ts";
import { type Ref, readRef, textOfRef } from "#lib/services/why/schema.ts";
import { peopleOf } from "./people.ts";
import { type FoundOne, mostPeople } from "./schema.ts";

/**
 * Who may be meant by a text that finds nothing: by a name that is nearly theirs, the nearest first, or, of one word with a digit, by a student
 * number or an id of a SIS that is one slip away.
 */
export async function alikeTo(tx: Tx, text: string): Promise<readonly FoundOne[]> {
  const words = wordsOf(text);
  const isId = words.length === 1 && /\d/.test(text) && !text.includes("@");
  const found = isId ? await byIds(tx, text) : await byNames(tx, text);
  const rank = new Map(found.map((ref, at) => [textOfRef(ref), at]));
  const people = await peopleOf(
    tx,
    {
      accountIds: found.flatMap((ref) => ("recordId" in ref ? ref.recordId : [])),
      rows: found.flatMap((ref) => ("recordId" in ref ? [] : ref)),
    },
    words,
  );
  return [...people].sort((one, other) => (rank.get(one.ref) ?? 0) - (rank.get(other.ref) ?? 0));
}

async function byNames(tx: Tx, text: string): Promise<readonly Ref[]> {
  const accounts = await peopleAlike(tx, text, accountsAmong(tx, tx.sql`a.role in ('teacher', 'learner')`));
  const rows = await peopleAlike(tx, text, rowsAmong(tx, tx.sql`m.fate in ('left-out', 'waiting', 'withheld')`));
  return nearestOf(accounts, rows)
    .slice(0, mostPeople)
    .flatMap(({ ref }) => readRef(ref) ?? []);
}

async function byIds(tx: Tx, text: string): Promise<readonly Ref[]> {
  const near = [...neighboursOf(text).keys()];
  const rows = await tx.sql<{ recordId: string | null; integrationId: string; externalId: string }[]>`
    select case when m.fate = 'rostered' then m.record_id end as "recordId", m.integration_id as "integrationId", m.external_id as "externalId"
    from source_records m
    where m.district_id = ${tx.districtId} and m.external_id = any(${near}::text[]) and m.collection = 'users' and m.fate <> 'not-rostered'
    union
    select a.id, a.id, a.student_number from accounts a
    where a.district_id = ${tx.districtId} and a.student_number = any(${near}::text[]) and a.role in ('teacher', 'learner')
    order by 3, 1
    limit ${mostPeople}`;
  return rows.map(({ recordId, ...row }) => (recordId === null ? row : { recordId }));
}
