import type { DistrictScope } from "#lib/platform/access.ts";
import { type Tx, withDistrict } from "#lib/platform/db/tx.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import { isoDates } from "#lib/platform/format/iso.ts";
import { sortGrades } from "#lib/roster/grade.ts";
import { originsOf } from "#lib/services/origins/read.ts";
import { asUuid } from "#lib/services/people/read.ts";
import { type Page, rosterPageSize } from "#lib/services/people/schema.ts";
import { allOf, likePattern, namedById, wordsOf } from "#lib/services/people/search.ts";
import type { Services } from "#lib/services/services.ts";
import type { ClassroomDetail, ClassroomPerson, ClassroomRow, ClassroomSort, ClassroomsFilter } from "./schema.ts";

/** One page of the classrooms of a district. */
export function listClassrooms(
  services: Pick<Services, "db">,
  scope: DistrictScope,
  filter: ClassroomsFilter,
): Promise<Page<ClassroomRow>> {
  return withDistrict(services.db, scope, async (tx) => {
    const where = conditions(tx, filter);
    const [counted] = await tx.sql<
      { total: number }[]
    >`select count(*)::int as total from classrooms c ${filter.grade === undefined ? tx.sql`` : course(tx)} where ${where}`;
    // People are looked up for the rows of the page only, so the page is cut first.
    const rows = await tx.sql<ClassroomRow[]>`
      with page as (
        select c.*, co.subjects as course_subjects, co.grades as course_grades, s.name as school_name, row_number() over (order by ${order(tx, filter)}) as place
        from classrooms c ${course(tx)} left join schools s on s.district_id = c.district_id and s.id = c.school_id
        where ${where} order by ${order(tx, filter)}
        limit ${rosterPageSize} offset ${(filter.page - 1) * rosterPageSize}
      )
      select p.id, p.name, p.code, p.status,
        case when p.school_name is null then null else jsonb_build_object('id', p.school_id, 'name', p.school_name) end as school,
        case when p.subjects = '{}' then coalesce(p.course_subjects, '{}') else p.subjects end as subjects,
        case when p.grades = '{}' then coalesce(p.course_grades, '{}') else p.grades end as grades,
        array(select t.name from terms t where t.district_id = ${tx.districtId} and t.id = any(p.term_ids) order by t.begin_date, t.name) as terms,
        array(select a.family_name from memberships m join accounts a on a.district_id = m.district_id and a.id = m.account_id
          where m.district_id = ${tx.districtId} and m.classroom_id = p.id and m.status = 'active' and m.role <> 'learner' and a.status = 'active'
          order by m.role desc, a.family_name) as teachers,
        (select count(*)::int from memberships m where m.district_id = ${tx.districtId} and m.classroom_id = p.id and m.status = 'active' and m.role = 'learner') as "learnerCount"
      from page p order by p.place`;
    return {
      rows: rows.map((row) => ({ ...row, grades: sortGrades(row.grades) })),
      total: counted?.total ?? 0,
      page: filter.page,
      pageSize: rosterPageSize,
    };
  });
}

function course(tx: Tx) {
  return tx.sql`left join courses co on co.district_id = c.district_id and co.id = c.course_id`;
}

function conditions(tx: Tx, filter: ClassroomsFilter) {
  const all = [tx.sql`c.district_id = ${tx.districtId}`];
  if (filter.status !== "all") all.push(tx.sql`c.status = ${filter.status}`);
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
export function getClassroom(services: Pick<Services, "db">, scope: DistrictScope, id: string): Promise<ClassroomDetail> {
  return withDistrict(services.db, scope, async (tx) => {
    const [row] = await tx.sql<Facts[]>`
      select c.id, c.name, c.code, c.class_type as "classType", c.status, c.periods, c.term_ids as "termIds",
        case when s.id is null then null else jsonb_build_object('id', s.id, 'name', s.name) end as school,
        case when co.id is null then null else jsonb_build_object('name', co.name, 'code', co.code) end as course,
        case when c.subjects = '{}' then coalesce(co.subjects, '{}') else c.subjects end as subjects,
        c.subjects = '{}' and coalesce(co.subjects, '{}') <> '{}' as "subjectsAreOfCourse",
        case when c.grades = '{}' then coalesce(co.grades, '{}') else c.grades end as grades,
        c.grades = '{}' and coalesce(co.grades, '{}') <> '{}' as "gradesAreOfCourse",
        c.created_at as "createdAt", c.updated_at as "updatedAt", c.deactivated_at as "deactivatedAt"
      from classrooms c ${course(tx)} left join schools s on s.district_id = c.district_id and s.id = c.school_id
      where c.district_id = ${tx.districtId} and c.id = ${asUuid(id)}`;
    if (!row) throw new ServiceError("not-found", "There is no such classroom.");
    const { termIds, ...facts } = row;
    const terms = await tx.sql<{ name: string; beginDate: string; endDate: string }[]>`
      select name, begin_date::text as "beginDate", end_date::text as "endDate" from terms
      where district_id = ${tx.districtId} and id = any(${termIds}::uuid[]) order by begin_date, name`;
    const people = await tx.sql<ClassroomPerson[]>`
      select a.id as "accountId", a.role as "accountRole", a.given_name as "givenName", a.middle_name as "middleName", a.family_name as "familyName", a.email, a.grade, a.status as "accountStatus",
        m.role, m.status, m.begin_date::text as "beginDate", m.end_date::text as "endDate"
      from memberships m join accounts a on a.district_id = m.district_id and a.id = m.account_id
      where m.district_id = ${tx.districtId} and m.classroom_id = ${row.id}
      order by (m.role = 'learner'), m.role desc, a.family_name, a.given_name, a.id`;
    return {
      ...facts,
      ...isoDates(facts),
      grades: sortGrades(facts.grades),
      terms: [...terms],
      people: [...people],
      origins: await originsOf(tx, "classroom", row.id),
    };
  });
}
