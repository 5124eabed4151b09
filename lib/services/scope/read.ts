import { countByScope } from "#lib/engine/scope/counts.ts";
import { plannedWith } from "#lib/engine/scope/planned-with.ts";
import type { DistrictScope } from "#lib/platform/access.ts";
import { type Tx, withDistrict } from "#lib/platform/db/tx.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import { parseOrRefuse } from "#lib/platform/parse.ts";
import { isUuid } from "#lib/platform/uuid.ts";
import { gradeCodes } from "#lib/roster/grade.ts";
import type { ReadingRules } from "#lib/roster/reading-rules.ts";
import { asScope, leavesOut, type Scope } from "#lib/roster/scope.ts";
import type { Services } from "#lib/services/services.ts";
import {
  ChoiceSearch,
  type ScopeChoice,
  type ScopeChoices,
  type ScopeCounts,
  type ScopeInFull,
  ScopeInput,
  type ScopeState,
  type SearchedList,
  shownChoices,
} from "./schema.ts";

/** What an integration leaves out, with counts of what its SIS said last. @throws ServiceError `not-found` */
export function getScope(services: Services, access: DistrictScope<"read-syncs">, integrationId: string): Promise<ScopeState> {
  return withDistrict(services.db, access, (tx) => scopeOf(tx, integrationId));
}

/** The same with names of what is left out, and the grades there are. @throws ServiceError `not-found` */
export function getScopeInFull(services: Services, access: DistrictScope<"read-syncs">, integrationId: string): Promise<ScopeInFull> {
  return withDistrict(services.db, access, async (tx) => {
    const state = await scopeOf(tx, integrationId);
    const named = async (list: SearchedList) => {
      const ids = [...state.scope[list]];
      return ids.length === 0 ? [] : (await findChoices(tx, integrationId, { list, search: "", ids }, ids.length)).rows;
    };
    return {
      ...state,
      named: { schools: await named("schools"), terms: await named("terms"), courses: await named("courses") },
      grades: await gradesOf(tx, integrationId),
    };
  });
}

async function scopeOf(tx: Tx, integrationId: string): Promise<ScopeState> {
  const row = await findIntegration(tx, integrationId);
  const scope = asScope(row.scope);
  const [found] = await tx.sql<{ isRead: boolean }[]>`
    select exists (
      select 1 from source_records
      where district_id = ${tx.districtId} and integration_id = ${integrationId} and hash is not null) as "isRead"`;
  return {
    scope,
    isApplied: row.plannedWith === plannedWith(row),
    isRead: found?.isRead === true,
    counts: leavesOut(scope) ? await countByScope(tx, integrationId, scope) : [],
  };
}

/**
 * What a scope would leave out and bring back, before it is set; `input` is what the form or FILE.json says.
 * @throws ServiceError `not-found`, `invalid` with messages by field
 */
export function previewScope(
  services: Services,
  access: DistrictScope<"read-syncs">,
  integrationId: string,
  input: unknown,
): Promise<{ readonly scope: Scope; readonly counts: readonly ScopeCounts[] }> {
  const scope = asScope(parseOrRefuse(ScopeInput, input, "The scope cannot be used."));
  return withDistrict(services.db, access, async (tx) => {
    await findIntegration(tx, integrationId);
    return { scope, counts: await countByScope(tx, integrationId, scope) };
  });
}

/** Schools, terms or courses of which the SIS said anything, a few at a time. @throws ServiceError `not-found`, `invalid` */
export function scopeChoices(
  services: Services,
  access: DistrictScope<"read-syncs">,
  integrationId: string,
  input: unknown,
): Promise<ScopeChoices> {
  const asked = parseOrRefuse(ChoiceSearch, input, "What is looked for is not clear.");
  return withDistrict(services.db, access, async (tx) => {
    await findIntegration(tx, integrationId);
    return findChoices(tx, integrationId, asked, shownChoices);
  });
}

async function findIntegration(tx: Tx, id: string) {
  const [row] = isUuid(id)
    ? await tx.sql<{ scope: Partial<Scope> | null; plannedWith: string | null; readingRules: Partial<ReadingRules> }[]>`
        select scope, planned_with as "plannedWith", reading_rules as "readingRules" from integrations
        where district_id = ${tx.districtId} and id = ${id} and state <> 'removed'`
    : [];
  if (!row) throw new ServiceError("not-found", "There is no such integration.");
  return row;
}

const collectionOf = { schools: "orgs", terms: "academicSessions", courses: "courses" } as const;

/** Those that match by name, number or id, and those that are named; what the SIS has no more stands by its id. */
async function findChoices(tx: Tx, integrationId: string, { list, search, ids }: ChoiceSearch, limit: number): Promise<ScopeChoices> {
  const pattern = `%${search.replaceAll(/[\\%_]/g, (character) => `\\${character}`)}%`;
  const own = tx.sql`m.district_id = ${tx.districtId} and m.integration_id = ${integrationId}`;
  const isKnown = tx.sql`m.fate in ('rostered', 'waiting', 'withheld', 'out-of-scope')`;
  const which =
    ids.length === 0
      ? tx.sql`(m.name ilike ${pattern} or m.number ilike ${pattern} or m.code ilike ${pattern} or m.external_id ilike ${pattern})`
      : tx.sql`m.external_id = any(${[...ids]}::text[])`;
  const members = {
    schools: tx.sql`
      select x.id, count(*)::int as count from source_records m cross join unnest(m.school_external_ids) x (id)
      where ${own} and m.collection = 'users' and m.role = 'learner' and ${isKnown} group by x.id`,
    terms: tx.sql`
      select x.id, count(*)::int as count from source_records m cross join unnest(m.term_external_ids) x (id)
      where ${own} and m.collection = 'classes' and ${isKnown} group by x.id`,
    courses: tx.sql`
      select m.course_external_id as id, count(*)::int as count from source_records m
      where ${own} and m.collection = 'classes' and m.course_external_id is not null and ${isKnown} group by 1`,
  };
  const rows = await tx.sql<(ScopeChoice & { total: number })[]>`
    with found as materialized (
      select m.external_id as id, coalesce(m.name, m.external_id) as name,
        case m.collection
          when 'academicSessions' then m.begin_date || ' to ' || m.end_date
          else coalesce(m.code, m.number)
        end as hint
      from source_records m
      where ${own} and m.collection = ${collectionOf[list]} and ${isKnown} and ${which}),
    shown as (
      select *, count(*) over ()::int as total from found order by lower(name), id limit ${limit})
    select s.id, s.name, s.hint, coalesce(c.count, 0) as count, s.total
    from shown s left join (${members[list]}) c on c.id = s.id
    order by lower(s.name), s.id`;
  const choices = rows.map(({ total: _, ...choice }) => choice);
  const gone = ids
    .filter((id) => !choices.some((choice) => choice.id === id))
    .map((id) => ({ id, name: id, hint: "not in the SIS", count: 0 }));
  return { rows: [...choices, ...gone], total: rows[0]?.total ?? 0 };
}

async function gradesOf(tx: Tx, integrationId: string): Promise<readonly ScopeChoice[]> {
  const rows = await tx.sql<{ grade: string; count: number }[]>`
    select grade, count(*)::int as count from source_records
    where district_id = ${tx.districtId} and integration_id = ${integrationId} and collection = 'users' and role = 'learner'
      and grade is not null and fate in ('rostered', 'waiting', 'withheld', 'out-of-scope')
    group by grade`;
  const counts = new Map(rows.map(({ grade, count }) => [grade, count]));
  return gradeCodes.flatMap((grade) => {
    const count = counts.get(grade);
    return count === undefined ? [] : [{ id: grade, name: grade, hint: null, count }];
  });
}
