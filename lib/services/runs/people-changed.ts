import type { DistrictScope } from "#lib/platform/access.ts";
import { tune } from "#lib/platform/db/set-local.ts";
import { type Tx, withDistrict } from "#lib/platform/db/tx.ts";
import type { Services } from "#lib/services/services.ts";
import {
  type Crowd,
  type PeopleChanged,
  type PeopleFilter,
  type PeoplePage,
  type PersonChanged,
  personTurns,
  type SchoolGroup,
} from "./people-changed-schema.ts";
import { describePeople, type TouchedPerson } from "./people-changed-values.ts";
import { arrivalsOf, crowdsOfTotals, hasOthers, type Reach, reachOf, touchedPeople } from "./touched.ts";

/** How many people a page has at most. */
const largestPage = 200;
/** More people of one school, role and turn are one line. */
const namedTogether = 25;
/** Where so many schools have such a line, or so many people of the others would be named, it is one line of all schools. */
const mostSchoolLines = 12;
const namedOfAll = 100;

/**
 * Whom a run that was applied changed, by school, one line a person: what became of their record, their classes and their values. Memberships are
 * folded into their person. Whoever was only linked, left alone by an undo, or is no longer in Aivo is not among them. Of a run that changed very much,
 * nobody unless for a turn, and then by what changed of their own record.
 */
export function readPeopleChanged(
  services: Pick<Services, "db">,
  scope: DistrictScope<"read-syncs">,
  runId: string,
  page: PeoplePage,
  filter: PeopleFilter = {},
): Promise<PeopleChanged> {
  return withDistrict(services.db, scope, async (tx) => {
    await tune(tx.sql, { work_mem: "32MB" });
    const reach = await reachOf(tx, [runId]);
    if (reach.by === "nothing") return nobody;
    if (reach.by === "totals" || (reach.by === "records" && filter.turn === undefined)) return { ...nobody, total: null };
    const people = await tx.sql<TouchedPerson[]>`
      ${touchedPeople(tx, reach, filter)}
      select ${personColumns(tx)}, (select count(*) from people)::int as total
      from people p left join places s on s.place = p.place
      order by ${bySchool(tx)} limit ${Math.min(page.limit, largestPage)} offset ${page.offset}`;
    return { crowds: [], groups: grouped([], await describePeople(tx, [runId], people)), total: people[0]?.total ?? 0 };
  });
}

/**
 * The same of several runs, such as those of a night, to be read at a glance: up to `limit` people by name, and where many of a school or of all
 * schools have the same turn, how many. Total null: of people whose classes alone changed nothing is known, for it would take too long.
 */
export function readWhoChanged(
  services: Pick<Services, "db">,
  scope: DistrictScope<"read-syncs">,
  runIds: readonly string[],
  limit: number,
): Promise<PeopleChanged> {
  return withDistrict(services.db, scope, async (tx) => {
    await tune(tx.sql, { work_mem: "32MB" });
    const reach = await reachOf(tx, runIds);
    if (reach.by === "nothing") return nobody;
    if (reach.by === "totals") return { crowds: crowdsOfTotals(reach), groups: [], total: null };
    const arrivals = arrivalsOf(reach);
    const { folds, people, total } = hasOthers(reach, arrivals) ? await foldedPeople(tx, reach, limit, arrivals) : noFolds;
    const named = await describePeople(tx, runIds, people);
    return {
      crowds: [...arrivals, ...folds.filter(({ isWide }) => isWide).map(crowdOf)],
      groups: grouped(
        folds.filter(({ isWide }) => !isWide),
        named,
      ),
      total: reach.by === "classes" ? total : null,
    };
  });
}

const nobody: PeopleChanged = { crowds: [], groups: [], total: 0 };

/** People of one school, role, turn and run, or of all schools; told by number. */
interface Fold {
  readonly isWide: boolean;
  readonly runId: string;
  readonly role: "teacher" | "learner";
  readonly rank: number;
  readonly count: number;
  readonly schools: number;
  readonly place: number | null;
  readonly schoolId: string | null;
  readonly school: string | null;
}

interface Folded {
  readonly folds: readonly Fold[];
  readonly people: readonly TouchedPerson[];
  readonly total: number;
}

const noFolds: Folded = { folds: [], people: [], total: 0 };

async function foldedPeople(tx: Tx, reach: Reach, limit: number, arrivals: readonly Crowd[]): Promise<Folded> {
  const [row] = await tx.sql<Folded[]>`
    ${touchedPeople(tx, reach, {}, arrivals)},
    cells as (select run_id, role, rank, place, count(*)::int as n from people group by 1, 2, 3, 4),
    kinds as (
      select run_id, role, rank,
        count(*) filter (where n > ${namedTogether}) > ${mostSchoolLines} or sum(n) filter (where n <= ${namedTogether}) > ${namedOfAll} as is_wide
      from cells group by 1, 2, 3),
    folds as materialized (
      select c.*, coalesce(k.is_wide, false) as is_wide from cells c join kinds k using (run_id, role, rank)
      where c.n > ${namedTogether} or k.is_wide),
    lines as (
      select is_wide, run_id, role, rank, sum(n)::int as count, count(*) filter (where place >= 0)::int as schools,
        case when is_wide then null else place end as place
      from folds group by is_wide, run_id, role, rank, case when is_wide then null else place end),
    named as (
      select ${personColumns(tx)}, row_number() over (order by ${bySchool(tx)}) as nth
      from people p left join places s on s.place = p.place
      where not exists (select from folds f where f.run_id = p.run_id and f.role = p.role and f.rank = p.rank and f.place = p.place)
      order by nth limit ${Math.min(limit, largestPage)})
    select
      (select coalesce(jsonb_agg(jsonb_build_object('isWide', is_wide, 'runId', run_id, 'role', role, 'rank', rank, 'count', count, 'schools', schools,
        'place', s.place, 'schoolId', s.id, 'school', s.name) order by l.place = -1, l.place, rank, role, run_id), '[]')
        from lines l left join places s on s.place = l.place) as folds,
      (select coalesce(jsonb_agg(to_jsonb(n) order by nth), '[]') from named n) as people,
      (select count(*) from people)::int as total`;
  return row ?? noFolds;
}

const personColumns = (tx: Tx) => tx.sql`
  p."accountId", p.role, p.given_name as "givenName", p.family_name as "familyName", s.place, s.id as "schoolId", s.name as school`;

/** Somebody in several schools stands with the first of them. */
const bySchool = (tx: Tx) => tx.sql`s.place nulls last, p.rank, p.family_name, p.given_name, p."accountId"`;

const crowdOf = ({ runId, role, rank, count, schools }: Fold): Crowd => ({
  runId,
  role,
  turn: personTurns[rank] ?? "changed",
  count,
  schools,
  isByPerson: true,
});

/** By the place of the school, those of none last. */
function grouped(
  folds: readonly Fold[],
  named: readonly { readonly person: TouchedPerson; readonly change: PersonChanged }[],
): readonly SchoolGroup[] {
  const schools = new Map([...folds, ...named.map(({ person }) => person)].map((one) => [one.place, one]));
  return [...schools.values()]
    .sort((a, b) => (a.place ?? Number.POSITIVE_INFINITY) - (b.place ?? Number.POSITIVE_INFINITY))
    .map(({ place, schoolId, school }) => ({
      schoolId,
      school,
      place,
      crowds: folds.filter((fold) => fold.place === place).map(crowdOf),
      people: named.filter(({ person }) => person.place === place).map(({ change }) => change),
    }));
}
