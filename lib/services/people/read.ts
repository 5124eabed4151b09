import type { DistrictScope } from "#lib/platform/access.ts";
import { spanOfClass, todayOf, whenOfMembership } from "#lib/platform/db/class-days.ts";
import { type Tx, withDistrict } from "#lib/platform/db/tx.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import { isoDates } from "#lib/platform/format/iso.ts";
import { isUuid } from "#lib/platform/uuid.ts";
import { gradeCodes } from "#lib/roster/grade.ts";
import { originsOf } from "#lib/services/origins/read.ts";
import type { Services } from "#lib/services/services.ts";
import {
  type NamedRef,
  type Page,
  type PeopleFilter,
  type PersonClassroom,
  type PersonDetail,
  type PersonRole,
  type PersonRow,
  type PersonSort,
  rosterPageSize,
} from "./schema.ts";
import { allOf, likePattern, namedById, wordsOf } from "./search.ts";

/**
 * One page of the teachers or learners of a district.
 *
 * Measured on 100,000 learners: a page by name comes from its index, the count beside it takes one pass over the rows. A search
 * for words is such a pass too, so it is made once, and the count taken from what it found. A trigram index would save the pass,
 * and make each import a third slower.
 */
export function listPeople(
  services: Pick<Services, "db">,
  scope: DistrictScope,
  role: PersonRole,
  filter: PeopleFilter,
): Promise<Page<PersonRow>> {
  return withDistrict(services.db, scope, async (tx) => {
    const where = conditions(tx, role, filter);
    const isSearch = filter.q !== "";
    const rows = await tx.sql<(PersonRow & { total: number | null })[]>`
      with hits as ${isSearch ? tx.sql`materialized` : tx.sql`not materialized`} (
        select id, given_name, middle_name, family_name, email, grade, student_number, status, barred_at, school_ids from accounts where ${where}
      ), page as (
        select *, ${isSearch ? tx.sql`(select count(*)::int from hits)` : tx.sql`null::int`} as total from hits
        order by ${order(tx, filter)}
        limit ${rosterPageSize} offset ${(filter.page - 1) * rosterPageSize}
      )
      select p.id, p.given_name as "givenName", p.middle_name as "middleName", p.family_name as "familyName", p.email, p.grade, p.student_number as "studentNumber", p.status, p.barred_at is not null as "isBarred", p.total,
        (select coalesce(jsonb_agg(jsonb_build_object('id', s.id, 'name', s.name) order by s.name), '[]')
          from schools s where s.district_id = ${tx.districtId} and s.id = any(p.school_ids)) as schools,
        (select count(*)::int
          from memberships m
          join classrooms c on c.district_id = m.district_id and c.id = m.classroom_id ${tx.sql.unsafe(spanOfClass(tx.districtId))}
          where m.district_id = ${tx.districtId} and m.account_id = p.id and m.status = 'active' and c.status = 'active'
            and ${tx.sql.unsafe(whenOfMembership(todayOf(tx.districtId)))} <> 'ended') as "classroomCount"
      from page p order by ${order(tx, filter)}`;
    const total =
      rows[0]?.total ?? (await tx.sql<{ total: number }[]>`select count(*)::int as total from accounts where ${where}`)[0]?.total ?? 0;
    return { rows: rows.map(({ total: _, ...row }) => row), total, page: filter.page, pageSize: rosterPageSize };
  });
}

function conditions(tx: Tx, role: PersonRole, filter: PeopleFilter) {
  const all = [tx.sql`district_id = ${tx.districtId}`, tx.sql`role = ${role}`];
  if (filter.status !== "all") all.push(tx.sql`status = ${filter.status}`);
  if (filter.school !== undefined) all.push(tx.sql`${filter.school}::uuid = any(school_ids)`);
  if (filter.grade !== undefined) all.push(tx.sql`grade = ${filter.grade}`);
  const words = wordsOf(filter.q);
  if (words.length > 0) {
    // Joined by operators: concat_ws takes half as long again.
    const text = tx.sql`lower(given_name || ' ' || coalesce(middle_name || ' ', '') || family_name || ' ' || coalesce(email, '') || ' ' || coalesce(username, '') || ' ' || coalesce(student_number, ''))`;
    const eachWord = allOf(
      tx,
      words.map((word) => tx.sql`${text} like ${likePattern(word)}`),
    );
    all.push(tx.sql`((${eachWord}) or ${namedById(tx, "id", "account", filter.q)})`);
  }
  return allOf(tx, all);
}

function order(tx: Tx, filter: PeopleFilter) {
  const direction = filter.direction === "asc" ? tx.sql`asc` : tx.sql`desc`;
  const byName = tx.sql`family_name ${direction}, given_name ${direction}, id ${direction}`;
  const first: Record<PersonSort, ReturnType<typeof conditions> | null> = {
    name: null,
    email: tx.sql`email ${direction} nulls last`,
    grade: tx.sql`array_position(${[...gradeCodes]}::text[], grade) ${direction} nulls last`,
    number: tx.sql`student_number ${direction} nulls last`,
  };
  const own = first[filter.sort];
  return own === null ? byName : tx.sql`${own}, ${byName}`;
}

/**
 * A teacher or learner with classrooms, schools and where the values came from.
 * @throws ServiceError `not-found`
 */
export function getPerson(services: Pick<Services, "db">, scope: DistrictScope, role: PersonRole, id: string): Promise<PersonDetail> {
  return withDistrict(services.db, scope, async (tx) => {
    const [row] = await tx.sql<(Omit<PersonDetail, "schools" | "classrooms" | "origins"> & { schoolIds: string[] })[]>`
      select id, role, given_name as "givenName", middle_name as "middleName", family_name as "familyName", email, username, grade, student_number as "studentNumber", status,
        deactivated_by as "deactivatedBy", barred_at as "barredAt", created_at as "createdAt", updated_at as "updatedAt", deactivated_at as "deactivatedAt", school_ids as "schoolIds"
      from accounts where district_id = ${tx.districtId} and id = ${asUuid(id)} and role = ${role}`;
    if (!row) throw new ServiceError("not-found", `There is no such ${role}.`);
    const { schoolIds, ...person } = row;
    const schools = await tx.sql<NamedRef[]>`
      select id, name from schools where district_id = ${tx.districtId} and id = any(${schoolIds}::uuid[]) order by name`;
    const classrooms = await tx.sql<PersonClassroom[]>`
      select c.id, c.name, c.status as "classroomStatus", m.role, m.status, m.begin_date::text as "beginDate", m.end_date::text as "endDate", s.name as "schoolName", c.periods,
        array(select trim(left(t.given_name, 1) || case t.given_name when '' then '' else '. ' end || t.family_name)
          from memberships o join accounts t on t.district_id = o.district_id and t.id = o.account_id
          where o.district_id = ${tx.districtId} and o.classroom_id = c.id and o.role <> 'learner' and o.status = 'active' and t.status = 'active'
          order by o.role desc, t.family_name limit 3) as teachers,
        ${tx.sql.unsafe(whenOfMembership(todayOf(tx.districtId)))} as when, span.begins_on::text as "beginsOn", span.ends_on::text as "endsOn",
        array(select t.name from terms t where t.district_id = ${tx.districtId} and t.id = any(c.term_ids) order by t.begin_date, t.name) as terms
      from memberships m
      join classrooms c on c.district_id = m.district_id and c.id = m.classroom_id ${tx.sql.unsafe(spanOfClass(tx.districtId))}
      left join schools s on s.district_id = c.district_id and s.id = c.school_id
      where m.district_id = ${tx.districtId} and m.account_id = ${row.id}
      order by (m.status = 'active' and c.status = 'active') desc, c.periods, c.name, c.id`;
    return {
      ...person,
      ...isoDates(person),
      barredAt: person.barredAt === null ? null : new Date(person.barredAt).toISOString(),
      schools: [...schools],
      classrooms: [...classrooms],
      origins: await originsOf(tx, "account", row.id),
    };
  });
}

/**
 * An id from an address. What is no uuid names nothing.
 * @throws ServiceError `not-found`
 */
export function asUuid(id: string): string {
  if (!isUuid(id)) throw new ServiceError("not-found", "There is no such record.");
  return id;
}
