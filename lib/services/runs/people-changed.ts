import type { DistrictScope } from "#lib/platform/access.ts";
import { tune } from "#lib/platform/db/set-local.ts";
import { type Tx, withDistrict } from "#lib/platform/db/tx.ts";
import { schoolPlaces } from "#lib/services/schools/places.ts";
import type { Services } from "#lib/services/services.ts";
import type { PeopleChanged, PeoplePage, SchoolGroup } from "./people-changed-schema.ts";
import { describePeople, type TouchedPerson } from "./people-changed-values.ts";

/** From so many changes on a run is a first import or a new school year, which nobody reads by person, and whose changes take seconds to look through. */
const readableChanges = 50_000;
/** How many people a page has at most. */
const largestPage = 200;

/**
 * Whom a run that was applied changed, by school, one line a person: what became of their record, their classes and their values. Memberships are
 * folded into their person. Whoever was only linked, left alone by an undo, or is no longer in Aivo is not among them.
 */
export function readPeopleChanged(
  services: Pick<Services, "db">,
  scope: DistrictScope<"read-syncs">,
  runId: string,
  page: PeoplePage,
): Promise<PeopleChanged> {
  return readPeopleChangedIn(services, scope, [runId], page);
}

/** The same of several runs, such as those of a night. */
export function readPeopleChangedIn(
  services: Pick<Services, "db">,
  scope: DistrictScope<"read-syncs">,
  runIds: readonly string[],
  page: PeoplePage,
): Promise<PeopleChanged> {
  return withDistrict(services.db, scope, async (tx) => {
    await tune(tx.sql, { work_mem: "32MB" });
    const [size] = await tx.sql<{ changes: number }[]>`
      select coalesce(sum(change_count), 0)::float8 as changes from sync_runs
      where district_id = ${tx.districtId} and id = any(${[...runIds]}::uuid[]) and state = 'succeeded'`;
    if (!size || size.changes === 0) return { groups: [], total: 0 };
    if (size.changes > readableChanges) return { groups: [], total: null };
    const people = await touchedPeople(tx, runIds, page);
    const changed = await describePeople(tx, runIds, people);
    const groups = Map.groupBy(changed, ({ person }) => person.place);
    return {
      groups: [...groups].map(
        ([place, all]): SchoolGroup => ({
          schoolId: all[0]?.person.schoolId ?? null,
          school: all[0]?.person.school ?? null,
          place,
          people: all.map(({ change }) => change),
        }),
      ),
      total: people[0]?.total ?? 0,
    };
  });
}

/** Somebody in several schools stands with the first of them. The order of turns: new, back, left, the others. */
function touchedPeople(tx: Tx, runIds: readonly string[], { limit, offset }: PeoplePage): Promise<readonly TouchedPerson[]> {
  const ids = [...runIds];
  return tx.sql<TouchedPerson[]>`
    with touched as materialized (
      select id, min(rank) as rank from (
        select c.record_id as id, case c.action when 'created' then 0 when 'reactivated' then 1 when 'deactivated' then 2 else 3 end as rank
        from run_changes c
        where c.district_id = ${tx.districtId} and c.run_id = any(${ids}::uuid[]) and c.entity in ('learner', 'teacher')
          and c.action in ('created', 'updated', 'deactivated', 'reactivated')
        union all
        select m.account_id, 3 from run_changes c
        join memberships m on m.district_id = ${tx.districtId} and m.id = c.record_id
        where c.district_id = ${tx.districtId} and c.run_id = any(${ids}::uuid[]) and c.entity = 'membership'
          and c.action in ('created', 'updated', 'deactivated', 'reactivated')) t
      group by id),
    places as materialized (${schoolPlaces(tx)}),
    people as materialized (
      select a.id as "accountId", a.role, a.given_name, a.family_name, t.rank, min(p.place) as place
      from touched t
      join accounts a on a.district_id = ${tx.districtId} and a.id = t.id and a.role in ('teacher', 'learner')
      left join lateral unnest(a.school_ids) as of_school (id) on true
      left join places p on p.id = of_school.id
      group by a.id, a.role, a.given_name, a.family_name, t.rank)
    select "accountId", people.role, people.given_name as "givenName", people.family_name as "familyName", people.place,
      p.id as "schoolId", p.name as school, (select count(*) from people)::int as total
    from people left join places p on p.place = people.place
    order by people.place nulls last, rank, family_name, given_name, "accountId"
    limit ${Math.min(limit, largestPage)} offset ${offset}`;
}
