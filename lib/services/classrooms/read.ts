import { isOfSchools, type ReachScope } from "#lib/platform/access.ts";
import { isOfClass, spanOfClass, todayOf, whenOfClass, whenOfMembership } from "#lib/platform/db/class-days.ts";
import { type Tx, withDistrict } from "#lib/platform/db/tx.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import { isoDates } from "#lib/platform/format/iso.ts";
import { sortGrades } from "#lib/roster/grade.ts";
import { type When, whens } from "#lib/roster/when.ts";
import { originsBeyond, originsOf } from "#lib/services/origins/read.ts";
import { mostNames, textsAlike } from "#lib/services/people/names-alike.ts";
import { asUuid } from "#lib/services/people/read.ts";
import { rosterPageSize } from "#lib/services/people/schema.ts";
import { allOf, likePattern, namedById, wordsOf } from "#lib/services/people/search.ts";
import type { Services } from "#lib/services/services.ts";
import type {
  ClassroomDetail,
  ClassroomPerson,
  ClassroomRow,
  ClassroomSort,
  ClassroomsFilter,
  ClassroomsPage,
  ClassroomTerm,
} from "./schema.ts";

/**
 * One page of the classrooms of a district.
 *
 * When each of them is, is worked out as the list is read; for the counts once for all classrooms of the same terms. Dates stored with the
 * classrooms would have to be kept true by whoever writes a term.
 */
export function listClassrooms(
  services: Pick<Services, "db">,
  scope: ReachScope<"read-roster">,
  filter: ClassroomsFilter,
): Promise<ClassroomsPage> {
  return withDistrict(services.db, scope, async (tx) => {
    const day = todayOf(tx.districtId);
    const when = tx.sql.unsafe(whenOfClass(day));
    const where = conditions(tx, filter);
    const counted = await tx.sql<{ when: When; count: number }[]>`
      select ${when} as when, sum(c.count)::int as count
      from (
        select c.term_ids, count(*) as count from classrooms c ${filter.grade === undefined ? tx.sql`` : course(tx)}
        where ${where} group by 1) c ${tx.sql.unsafe(spanOfClass(tx.districtId))}
      group by 1`;
    const counts = { now: 0, upcoming: 0, ended: 0, ...Object.fromEntries(counted.map((row) => [row.when, row.count])) };
    const shown = shownOf(filter);
    // People are looked up for the rows of the page only, so the page is cut first.
    const rows = await tx.sql<ClassroomRow[]>`
      with page as (
        select c.*, span.begins_on, span.ends_on, ${when} as when, co.subjects as course_subjects, co.grades as course_grades, s.name as school_name,
          row_number() over (order by ${order(tx, filter)}) as place
        from classrooms c ${tx.sql.unsafe(spanOfClass(tx.districtId))} ${course(tx)} left join schools s on s.district_id = c.district_id and s.id = c.school_id
        where ${where} ${shown.length === whens.length ? tx.sql`` : tx.sql`and ${when} = any(${[...shown]}::text[])`}
        order by ${order(tx, filter)}
        limit ${rosterPageSize} offset ${(filter.page - 1) * rosterPageSize}
      )
      select p.id, p.name, p.code, p.status, p.when, p.begins_on::text as "beginsOn", p.ends_on::text as "endsOn",
        case when p.school_name is null then null else jsonb_build_object('id', p.school_id, 'name', p.school_name) end as school,
        case when p.subjects = '{}' then coalesce(p.course_subjects, '{}') else p.subjects end as subjects,
        case when p.grades = '{}' then coalesce(p.course_grades, '{}') else p.grades end as grades,
        array(select t.name from terms t where t.district_id = ${tx.districtId} and t.id = any(p.term_ids) order by t.begin_date, t.name) as terms,
        array(select a.family_name from memberships m join accounts a on a.district_id = m.district_id and a.id = m.account_id
          where m.district_id = ${tx.districtId} and m.classroom_id = p.id and m.role <> 'learner' and a.status = 'active'
            and ${tx.sql.unsafe(isOfClass(day, "p"))}
          order by m.role desc, a.family_name) as teachers,
        (select count(*)::int from memberships m
          where m.district_id = ${tx.districtId} and m.classroom_id = p.id and m.role = 'learner'
            and ${tx.sql.unsafe(isOfClass(day, "p"))}) as "learnerCount"
      from page p order by p.place`;
    const total = shown.reduce((sum, one) => sum + counts[one], 0);
    return {
      rows: rows.map((row) => ({ ...row, grades: sortGrades(row.grades) })),
      counts,
      total,
      alike: total > 0 || filter.q === "" ? [] : await alike(tx, filter),
      page: filter.page,
      pageSize: rosterPageSize,
    };
  });
}

async function alike(tx: Tx, filter: ClassroomsFilter): Promise<readonly string[]> {
  const names = await tx.sql<{ name: string }[]>`
    select distinct c.name from classrooms c ${filter.grade === undefined ? tx.sql`` : course(tx)}
    where ${conditions(tx, { ...filter, q: "" })} limit ${mostNames}`;
  return textsAlike(
    filter.q,
    names.map(({ name }) => name),
  );
}

/** Of what is in use nobody looks for what is over; of what is not, for everything. */
function shownOf({ when, status, turned }: Pick<ClassroomsFilter, "when" | "status" | "turned">): readonly When[] {
  if (when === "all" || (when === undefined && (status !== "active" || turned !== undefined))) return whens;
  return when === undefined ? ["now", "upcoming"] : [when];
}

function course(tx: Tx) {
  return tx.sql`left join courses co on co.district_id = c.district_id and co.id = c.course_id`;
}

function conditions(tx: Tx, filter: ClassroomsFilter) {
  const all = [tx.sql`c.district_id = ${tx.districtId}`];
  if (filter.status !== "all") all.push(tx.sql`c.status = ${filter.status}`);
  if (filter.turned !== undefined)
    all.push(tx.sql`
      c.id in (select classroom_id from turned_classrooms where district_id = ${tx.districtId} and day = ${filter.turned})`);
  if (filter.school !== undefined) all.push(tx.sql`c.school_id = ${filter.school}`);
  if (filter.grade !== undefined)
    all.push(tx.sql`${filter.grade} = any(case when c.grades = '{}' then coalesce(co.grades, '{}') else c.grades end)`);
  const words = wordsOf(filter.q);
  if (words.length > 0) {
    const eachWord = allOf(
      tx,
      words.map((word) => tx.sql`lower(concat_ws(' ', c.name, c.code)) like ${likePattern(word)}`),
    );
    all.push(tx.sql`((${eachWord}) or ${namedById(tx, "c.id", "classroom", filter.q)})`);
  }
  return allOf(tx, all);
}

function order(tx: Tx, filter: ClassroomsFilter) {
  const direction = filter.direction === "asc" ? tx.sql`asc` : tx.sql`desc`;
  const first: Record<ClassroomSort, ReturnType<typeof conditions>> = {
    name: tx.sql`c.name ${direction}`,
    school: tx.sql`s.name ${direction} nulls last, c.name`,
    code: tx.sql`c.code ${direction} nulls last, c.name`,
  };
  return tx.sql`${first[filter.sort]}, c.id`;
}

type Facts = Omit<ClassroomDetail, "people" | "origins" | "terms"> & { termIds: string[] };

/**
 * A classroom with its people, course, terms and where the values came from.
 * @throws ServiceError `not-found`
 */
export async function getClassroom(services: Pick<Services, "db">, scope: ReachScope<"read-roster">, id: string): Promise<ClassroomDetail> {
  const room = await withDistrict(services.db, scope, async (tx) => {
    const day = todayOf(tx.districtId);
    const [row] = await tx.sql<Facts[]>`
      select c.id, c.name, c.code, c.class_type as "classType", c.status, c.deactivated_by as "deactivatedBy", ${tx.sql.unsafe(whenOfClass(day))} as when,
        span.begins_on::text as "beginsOn", span.ends_on::text as "endsOn", c.periods, c.term_ids as "termIds",
        case when s.id is null then null else jsonb_build_object('id', s.id, 'name', s.name) end as school,
        case when co.id is null then null else jsonb_build_object('name', co.name, 'code', co.code) end as course,
        case when c.subjects = '{}' then coalesce(co.subjects, '{}') else c.subjects end as subjects,
        c.subjects = '{}' and coalesce(co.subjects, '{}') <> '{}' as "subjectsAreOfCourse",
        case when c.grades = '{}' then coalesce(co.grades, '{}') else c.grades end as grades,
        c.grades = '{}' and coalesce(co.grades, '{}') <> '{}' as "gradesAreOfCourse",
        c.created_at as "createdAt", c.updated_at as "updatedAt", c.deactivated_at as "deactivatedAt"
      from classrooms c ${tx.sql.unsafe(spanOfClass(tx.districtId))} ${course(tx)} left join schools s on s.district_id = c.district_id and s.id = c.school_id
      where c.district_id = ${tx.districtId} and c.id = ${asUuid(id)}`;
    if (!row) throw new ServiceError("not-found", "There is no such classroom.");
    const { termIds, ...facts } = row;
    const terms = await tx.sql<ClassroomTerm[]>`
      select name, begin_date::text as "beginDate", end_date::text as "endDate", status from terms
      where district_id = ${tx.districtId} and id = any(${termIds}::uuid[]) order by begin_date, name`;
    const people = await tx.sql<ClassroomPerson[]>`
      select a.id as "accountId", a.role as "accountRole", a.given_name as "givenName", a.middle_name as "middleName", a.family_name as "familyName", a.email, a.grade, a.status as "accountStatus",
        m.role, m.status, m.begin_date::text as "beginDate", m.end_date::text as "endDate",
        ${tx.sql.unsafe(whenOfMembership(day))} as when, ${tx.sql.unsafe(isOfClass(day))} as counts
      from memberships m
      join classrooms c on c.district_id = m.district_id and c.id = m.classroom_id ${tx.sql.unsafe(spanOfClass(tx.districtId))}
      join accounts a on a.district_id = m.district_id and a.id = m.account_id
      where m.district_id = ${tx.districtId} and m.classroom_id = ${row.id}
      order by (m.role = 'learner'), m.role desc, a.family_name, a.given_name, a.id`;
    return {
      ...facts,
      ...isoDates(facts),
      grades: sortGrades(facts.grades),
      terms: [...terms],
      people: [...people],
      origins: isOfSchools(scope) ? [] : await originsOf(tx, "classroom", row.id),
    };
  });
  return isOfSchools(scope) ? { ...room, origins: await originsBeyond(services, scope, "classroom", id) } : room;
}
