import type { ReachScope } from "#lib/platform/access.ts";
import { spanOfClass, todayOf, whenOfMembership } from "#lib/platform/db/class-days.ts";
import { type Tx, withDistrict } from "#lib/platform/db/tx.ts";
import { gradeCodes } from "#lib/roster/grade.ts";
import { rosterCounts } from "#lib/services/overview/roster-counts.ts";
import type { Services } from "#lib/services/services.ts";
import { textOfRef } from "#lib/services/why/schema.ts";
import { absentPeople, isAbsent, readAbsent } from "./absent.ts";
import { accountsAmong, nearestOf, peopleAlike, rowsAmong } from "./alike.ts";
import { leftBehind, missing, missingBy } from "./beset.ts";
import {
  type AbsentRow,
  type AlikeSearch,
  type ListedPerson,
  type PeopleFilter,
  type PeopleList,
  type PersonRole,
  type PersonRow,
  type PersonSort,
  rosterPageSize,
} from "./schema.ts";
import { allOf, type Fragment, wordsOf } from "./search.ts";
import { areSure, areSureAndFew, candidates, hasWords, hasWordsAnywhere } from "./words.ts";

/**
 * One page of the teachers or learners of a district, with those who never arrived among them.
 *
 * A page by name comes from its index; the count beside it is known, or takes one pass over the people of the role. A search goes by indexes (words.ts):
 * by the beginnings of words first, and only where nobody has them wherever they stand, which is a pass too.
 */
export function listPeople(
  services: Pick<Services, "db">,
  scope: ReachScope<"read-roster">,
  role: PersonRole,
  filter: PeopleFilter,
): Promise<PeopleList> {
  return withDistrict(services.db, scope, async (tx) => {
    if (wordsOf(filter.q).length === 0) {
      const all = isEverybody(filter) ? (await rosterCounts(tx, scope))[`${role}s`] : null;
      return pageOf(tx, filter, await listed(tx, role, filter, all));
    }
    const beginning = await pageOf(tx, filter, await searched(tx, role, filter, "beginning"));
    if (beginning.total > 0) return beginning;
    const anywhere = await pageOf(tx, filter, await searched(tx, role, filter, "anywhere"));
    return anywhere.total > 0 ? anywhere : { ...anywhere, alike: await searchesAlike(tx, role, filter) };
  });
}

const isEverybody = ({ status, school, grade }: PeopleFilter) => status === "active" && school === undefined && grade === undefined;

const mostAlike = 3;

/** By which of the list somebody is found who is nearly called so. */
async function searchesAlike(tx: Tx, role: PersonRole, { q, ...filter }: PeopleFilter): Promise<readonly AlikeSearch[]> {
  const all = { ...filter, q: "" };
  const accounts = await peopleAlike(tx, q, accountsAmong(tx, accountsWhere(tx, role, all, "beginning")));
  const absent = hasAbsent(all) ? await peopleAlike(tx, q, rowsAmong(tx, isAbsent(tx, role, all))) : [];
  const searches = Map.groupBy(nearestOf(accounts, absent), ({ text }) => text);
  return [...searches].slice(0, mostAlike).map(([text, people]) => ({ q: text, refs: people.map(({ ref }) => ref) }));
}

/** How far the same search reaches where its pages are not shown. */
export async function reachOf(tx: Tx, role: PersonRole, filter: PeopleFilter): Promise<Reach> {
  if (wordsOf(filter.q).length === 0) return "beginning";
  const counts = countsOf(tx, tx.sql`accounts a`, accountsWhere(tx, role, filter, "beginning"), absentOf(tx, role, filter));
  const { accounts, absent } = await readCounts(tx, tx.sql`${accountsSearched(tx, role, filter, "beginning")} select ${counts}`);
  return accounts + absent > 0 ? "beginning" : "anywhere";
}

/** Where the words of a search may stand. */
export type Reach = "beginning" | "anywhere";

interface Found {
  readonly counts: Counts;
  readonly page: readonly Placed[];
}

async function pageOf(tx: Tx, filter: PeopleFilter, { counts, page }: Found): Promise<PeopleList> {
  const [people, absent] = [
    await readAccounts(
      tx,
      page.flatMap(({ id }) => id ?? []),
    ),
    await readAbsent(tx, page.flatMap(refOf)),
  ];
  const rows = page.flatMap(({ id, ...ref }): ListedPerson[] => {
    const account = id === null ? undefined : people.get(id);
    const row = refOf(ref)[0];
    const never: AbsentRow | undefined = row && absent.get(textOfRef(row));
    return account ? [{ kind: "account", account }] : never ? [{ kind: "absent", absent: never }] : [];
  });
  const { accounts, ...told } = counts;
  return { rows, total: accounts + told.absent, page: filter.page, pageSize: rosterPageSize, told, alike: [] };
}

/** A row of a page: an account, or somebody who never arrived. */
interface Placed {
  readonly id: string | null;
  readonly integrationId: string | null;
  readonly externalId: string | null;
}

/** Without a search: a page by name comes from its index. `all` is how many accounts there are, where that is known. */
async function listed(tx: Tx, role: PersonRole, filter: PeopleFilter, all: number | null): Promise<Found> {
  const where = accountsWhere(tx, role, filter, "beginning");
  const neverArrived = absentOf(tx, role, filter);
  const counts = await readCounts(tx, tx.sql`select ${countsOf(tx, tx.sql`accounts a`, where, neverArrived, all)}`);
  const offset = (filter.page - 1) * rosterPageSize;
  // Where nobody is to be put between them, accounts before the page need not be read.
  const isAlone = counts.absent === 0;
  const order = tx.sql`order by ${orderOf(tx, filter, "a.")}, a.id ${direction(tx, filter)}`;
  const accounts = tx.sql`accounts a where ${where}
        ${order} ${isAlone ? tx.sql`limit ${rosterPageSize} offset ${offset}` : tx.sql`limit ${offset + rosterPageSize}`}`;
  const page = await tx.sql<Placed[]>`
    select id, "integrationId", "externalId" from (${placed(tx, accounts, neverArrived)}) p
    order by ${inOrder(tx, filter)} limit ${rosterPageSize} offset ${isAlone ? 0 : offset}`;
  return { counts, page };
}

/** Of so many that a search may find the rest is asked by their ids. */
const fewPeople = 1_000;

/** The ids of those whom a search may find; null: they are many, or are likely to be. */
async function fewOf(tx: Tx, role: PersonRole, filter: PeopleFilter, reach: Reach): Promise<readonly string[] | null> {
  if (reach === "beginning" && !areSureAndFew(filter.q)) return null;
  const rows = await tx.sql<{ id: string }[]>`
    ${accountsSearched(tx, role, filter, reach)} select id from found limit ${fewPeople + 1}`;
  return rows.length > fewPeople ? null : rows.map(({ id }) => id);
}

/**
 * With one: whom it may find is gone through once, for the counts and the page. Who never arrived was looked for by the beginnings of words;
 * the other reach has nothing to add to it. Where there is nobody, no more is asked.
 */
async function searched(tx: Tx, role: PersonRole, filter: PeopleFilter, reach: Reach): Promise<Found> {
  const few = await fewOf(tx, role, filter, reach);
  const hasNobody = few?.length === 0;
  if (hasNobody && reach === "anywhere") return { counts: nobody, page: [] };
  const offset = (filter.page - 1) * rosterPageSize;
  const accounts = tx.sql`matched a order by ${orderOf(tx, filter, "a.")}, a.id ${direction(tx, filter)} limit ${offset + rosterPageSize}`;
  const absent = reach === "beginning" ? absentOf(tx, role, filter) : noneOf(tx);
  const asked = askedOfFound(tx, filter, reach);
  // What is asked of each is asked once.
  const matched =
    asked.length === 0 ? tx.sql`not materialized (table found)` : tx.sql`materialized (select a.* from found a where ${allOf(tx, asked)})`;
  const [row] = await tx.sql<(Counts & { page: Placed[] })[]>`
    ${few === null ? accountsSearched(tx, role, filter, reach) : accountsKnown(tx, few)},
    matched as ${matched},
    absent as materialized (
      select m.integration_id, m.external_id, m.family_name, m.given_name, m.email, m.grade, m.student_number from ${absent})
    select ${hasNobody ? countsOfAbsent(tx) : countsOf(tx, tx.sql`matched a`, tx.sql`true`, tx.sql`absent m`)},
      (select coalesce(jsonb_agg(jsonb_build_object('id', id, 'integrationId', "integrationId", 'externalId', "externalId") order by nth), '[]')
        from (
          select p.*, row_number() over (order by ${inOrder(tx, filter)}) as nth
          from (${placed(tx, accounts, tx.sql`absent m`)}) p
          order by nth limit ${rosterPageSize} offset ${offset}) n) as page`;
  const { page, ...counts } = row ?? { ...nobody, page: [] };
  return { counts, page };
}

/** Accounts, from what is given, and beside them those who never arrived, each with what they are ordered by. */
function placed(tx: Tx, accounts: Fragment, absent: Fragment): Fragment {
  return tx.sql`
      (select a.id, null::uuid as "integrationId", null::text as "externalId", a.family_name, a.given_name, a.email, a.grade, a.student_number, a.id::text as key
        from ${accounts})
      union all
      (select null, m.integration_id, m.external_id, coalesce(m.family_name, ''), coalesce(m.given_name, ''), m.email, m.grade, m.student_number, m.external_id
        from ${absent})`;
}

const inOrder = (tx: Tx, filter: PeopleFilter) => tx.sql`${orderOf(tx, filter)}, key ${direction(tx, filter)}`;

function refOf({ integrationId, externalId }: { readonly integrationId: string | null; readonly externalId: string | null }) {
  return integrationId === null || externalId === null ? [] : [{ integrationId, externalId }];
}

function absentOf(tx: Tx, role: PersonRole, filter: PeopleFilter): Fragment {
  return hasAbsent(filter) ? absentPeople(tx, role, filter) : noneOf(tx);
}

const noneOf = (tx: Tx): Fragment => tx.sql`source_records m where false`;

/** A filter by what only accounts have leaves out who has none. */
export const hasAbsent = ({ status }: PeopleFilter) => status === "active" || status === "absent" || status === "all";

interface Counts {
  readonly accounts: number;
  readonly left: number;
  readonly misses: number;
  readonly absent: number;
}

const nobody: Counts = { accounts: 0, left: 0, misses: 0, absent: 0 };

async function readCounts(tx: Tx, query: Fragment): Promise<Counts> {
  const [row] = await tx.sql<Counts[]>`${query}`;
  return row ?? nobody;
}

/** The columns of `Counts`, of the accounts `a` of which `where` holds; `all` is how many these are, where that is known. */
function countsOf(tx: Tx, accounts: Fragment, where: Fragment, absent: Fragment, all: number | null = null): Fragment {
  return tx.sql`${all === null ? tx.sql`(select count(*)::int from ${accounts} where ${where})` : tx.sql`${all}::int`} as accounts,
      (select count(*)::int from ${accounts} join (${leftBehind(tx)}) b on b.id = a.id where ${where} and a.status = 'active' and a.barred_at is null) as left,
      (select count(*)::int from ${accounts} join (${missing(tx)}) b on b.id = a.id where ${where} and a.status = 'active') as misses,
      (select count(*)::int from ${absent}) as absent`;
}

/** What a page and its counts need of those whom a search may find, and what further words are looked for in. */
const foundColumns =
  "a.id, a.status, a.barred_at, a.family_name, a.given_name, a.middle_name, a.email, a.username, a.student_number, a.grade";

const countsOfAbsent = (tx: Tx) => tx.sql`0 as accounts, 0 as left, 0 as misses, (select count(*)::int from absent) as absent`;

/** Whom a search may find, looked up once, as the query `found`; nothing where nothing is searched for. */
export function accountsSearched(tx: Tx, role: PersonRole, filter: PeopleFilter, reach: Reach): Fragment {
  if (wordsOf(filter.q).length === 0) return tx.sql``;
  const which = ofThemselves(tx, role, filter);
  const columns = tx.sql.unsafe(foundColumns);
  const found =
    reach === "beginning"
      ? candidates(tx, filter.q, which, tx.sql`${columns}`)
      : tx.sql`select ${columns} from accounts a where ${which} and ${hasWordsAnywhere(tx, filter.q)}`;
  return tx.sql`with found as materialized (${found})`;
}

/** The same of those whose ids are known. */
function accountsKnown(tx: Tx, ids: readonly string[]): Fragment {
  return tx.sql`with found as materialized (
    select ${tx.sql.unsafe(foundColumns)} from accounts a where a.district_id = ${tx.districtId} and a.id = any(${[...ids]}::uuid[]))`;
}

/** Of accounts `a`, beside accountsSearched where something is searched for. */
export function accountsWhere(tx: Tx, role: PersonRole, filter: PeopleFilter, reach: Reach): Fragment {
  const isFound = wordsOf(filter.q).length > 0 ? [tx.sql`a.id in (select id from found)`] : [];
  return allOf(tx, [ofThemselves(tx, role, filter), ...isFound, ...askedOfFound(tx, filter, reach)]);
}

/** What the row of an account tells, however it was found. */
function ofThemselves(tx: Tx, role: PersonRole, { status, school, grade }: PeopleFilter): Fragment {
  const all = [tx.sql`a.district_id = ${tx.districtId}`, tx.sql`a.role = ${role}`];
  if (status === "absent") all.push(tx.sql`false`);
  else if (status !== "all") all.push(tx.sql`a.status = ${status === "deactivated" ? "deactivated" : "active"}`);
  if (school !== undefined) all.push(tx.sql`${school}::uuid = any(a.school_ids)`);
  if (grade !== undefined) all.push(tx.sql`a.grade = ${grade}`);
  return allOf(tx, all);
}

/** What is looked up besides, and whether each of several words is theirs. */
function askedOfFound(tx: Tx, { q, status }: PeopleFilter, reach: Reach): readonly Fragment[] {
  const all = [];
  if (status === "left") all.push(tx.sql`a.barred_at is null and a.id in (select id from (${leftBehind(tx)}) b)`);
  if (status === "misses") all.push(tx.sql`a.id in (select id from (${missing(tx)}) b)`);
  if (wordsOf(q).length > 0 && reach === "beginning" && !areSure(q)) all.push(hasWords(tx, q));
  return all;
}

const direction = (tx: Tx, filter: PeopleFilter) => (filter.direction === "asc" ? tx.sql`asc` : tx.sql`desc`);

function orderOf(tx: Tx, filter: PeopleFilter, alias: "" | "a." = ""): Fragment {
  const way = direction(tx, filter);
  const column = (name: string) => tx.sql.unsafe(`${alias}${name}`);
  const byName = tx.sql`${column("family_name")} ${way}, ${column("given_name")} ${way}`;
  const first: Record<PersonSort, Fragment | null> = {
    name: null,
    email: tx.sql`${column("email")} ${way} nulls last`,
    grade: tx.sql`array_position(${[...gradeCodes]}::text[], ${column("grade")}) ${way} nulls last`,
    number: tx.sql`${column("student_number")} ${way} nulls last`,
  };
  const own = first[filter.sort];
  return own === null ? byName : tx.sql`${own}, ${byName}`;
}

/** What rows are made of, by id. */
export async function readAccounts(tx: Tx, ids: readonly string[]): Promise<ReadonlyMap<string, PersonRow>> {
  if (ids.length === 0) return new Map();
  const missed = await missingBy(tx, ids);
  const rows = await tx.sql<Omit<PersonRow, "missedCount">[]>`
    with besides as (select id from (${leftBehind(tx)}) b where id = any(${[...ids]}::uuid[]))
    select a.id, a.given_name as "givenName", a.middle_name as "middleName", a.family_name as "familyName", a.email, a.grade,
      a.student_number as "studentNumber", a.status, a.barred_at is not null as "isBarred",
      a.status = 'active' and a.barred_at is null and a.id in (select id from besides) as "hasLeft",
      (select coalesce(jsonb_agg(jsonb_build_object('id', s.id, 'name', s.name) order by s.name), '[]')
        from schools s where s.district_id = ${tx.districtId} and s.id = any(a.school_ids)) as schools,
      (select count(*)::int
        from memberships m
        join classrooms c on c.district_id = m.district_id and c.id = m.classroom_id ${tx.sql.unsafe(spanOfClass(tx.districtId))}
        where m.district_id = ${tx.districtId} and m.account_id = a.id and m.status = 'active' and c.status = 'active'
          and ${tx.sql.unsafe(whenOfMembership(todayOf(tx.districtId)))} <> 'ended') as "classroomCount"
    from accounts a where a.district_id = ${tx.districtId} and a.id = any(${[...ids]}::uuid[])`;
  return new Map(rows.map((row) => [row.id, { ...row, missedCount: missed.get(row.id) ?? 0 }]));
}
