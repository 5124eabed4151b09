import type { Tx } from "#lib/platform/db/tx.ts";
import { allOf, likePattern, namedById, wordsOf } from "#lib/services/people/search.ts";
import type { Candidate, ShownPerson } from "./schema.ts";

/** So many classes are named; of the rest their number. */
const namedClasses = 5;
/** So many accounts a search finds; whose is not among them is found by more words. */
const mostFound = 10;

/** Accounts with what tells who they are, by id. */
export async function accountsShownFor(tx: Tx, ids: readonly string[]): Promise<Map<string, ShownPerson & { readonly id: string }>> {
  const rows = await tx.sql<(ShownPerson & { id: string })[]>`
    select id, role, given_name as "givenName", family_name as "familyName", email, student_number as "studentNumber"
    from accounts where district_id = ${tx.districtId} and id = any(${[...ids]}::uuid[])`;
  return new Map(rows.map((row) => [row.id, { ...row }]));
}

/** Accounts with all that helps to tell who they are, in the order of their ids. */
export async function candidates(tx: Tx, ids: readonly string[]): Promise<Candidate[]> {
  const rows = await tx.sql<(Candidate & { createdAt: Date })[]>`
    select a.id, a.role, a.given_name as "givenName", a.family_name as "familyName", a.email, a.student_number as "studentNumber",
      a.grade, a.status, a.session_epoch > 0 as "hasPassword", a.created_at as "createdAt",
      array(
        select s.name from schools s where s.district_id = ${tx.districtId} and s.id = any(a.school_ids) order by s.name) as schools,
      (select count(*)::int from memberships m
        where m.district_id = ${tx.districtId} and m.account_id = a.id and m.status = 'active') as "classCount",
      array(
        select c.name from memberships m
        join classrooms c on c.district_id = ${tx.districtId} and c.id = m.classroom_id
        where m.district_id = ${tx.districtId} and m.account_id = a.id and m.status = 'active'
        order by c.name limit ${namedClasses}) as classes,
      coalesce((
        select jsonb_agg(jsonb_build_object('integration', i.name, 'externalId', l.external_id, 'isRostered', l.rostered) order by l.external_id)
        from source_records l
        join integrations i on i.district_id = ${tx.districtId} and i.id = l.integration_id
        where l.district_id = ${tx.districtId} and l.record_id = a.id and l.collection = 'users'), '[]') as ids
    from accounts a
    where a.district_id = ${tx.districtId} and a.id = any(${[...ids]}::uuid[])
    order by a.id`;
  return rows.map((row) => ({ ...row, createdAt: new Date(row.createdAt).toISOString() }));
}

/** The ids of accounts of a role that have all the words, or that the text names by an id; the accounts shown already are not among them. */
export async function idsFound(tx: Tx, role: string, text: string, shown: readonly string[]): Promise<string[]> {
  const words = wordsOf(text);
  if (words.length === 0) return [];
  const has = allOf(
    tx,
    words.map(
      (word) => tx.sql`lower(given_name || ' ' || family_name || ' ' || coalesce(email, '') || ' ' || coalesce(student_number, ''))
        like ${likePattern(word)}`,
    ),
  );
  const rows = await tx.sql<{ id: string }[]>`
    select id from accounts
    where district_id = ${tx.districtId} and role = ${role} and id <> all(${[...shown]}::uuid[])
      and ((${has}) or ${namedById(tx, "id", "account", text)})
    order by family_name, given_name, id limit ${mostFound}`;
  return rows.map(({ id }) => id);
}

interface Named {
  readonly integrationId: string;
  readonly externalId: string;
}

/** The schools that the SIS says people are at, by integration and id; those that Aivo knows. */
export async function schoolsInSis(tx: Tx, people: readonly Named[]): Promise<Map<string, string[]>> {
  const rows = await tx.sql<{ integrationId: string; externalId: string; names: string[] }[]>`
    select p.integration_id as "integrationId", p.external_id as "externalId", array_agg(s.name order by s.name) as names
    from unnest(${people.map((one) => one.integrationId)}::uuid[], ${people.map((one) => one.externalId)}::text[])
      as p (integration_id, external_id)
    join source_records m
      on m.district_id = ${tx.districtId} and m.integration_id = p.integration_id and m.external_id = p.external_id and m.collection = 'users'
    join source_records o
      on o.district_id = ${tx.districtId} and o.integration_id = p.integration_id and o.collection = 'orgs'
      and o.external_id = any(m.school_external_ids)
    join schools s on s.district_id = ${tx.districtId} and s.id = o.record_id
    group by 1, 2`;
  return new Map(rows.map(({ integrationId, externalId, names }) => [`${integrationId} ${externalId}`, names]));
}

/** The classes that the SIS enrolls somebody in: the first of them by name, and how many. */
export async function classesInSis(
  tx: Tx,
  integrationId: string,
  externalId: string,
): Promise<{ readonly classes: readonly string[]; readonly classCount: number }> {
  const rows = await tx.sql<{ name: string }[]>`
    select distinct coalesce(c.name, n.class_external_id) as name
    from source_records n
    left join source_records c
      on c.district_id = ${tx.districtId} and c.integration_id = n.integration_id and c.collection = 'classes'
      and c.external_id = n.class_external_id
    where n.district_id = ${tx.districtId} and n.integration_id = ${integrationId} and n.collection = 'enrollments'
      and n.fate in ('waiting', 'withheld') and n.person_external_id = ${externalId} and n.missing_since is null
    order by 1`;
  return { classes: rows.slice(0, namedClasses).map(({ name }) => name), classCount: rows.length };
}
