import { isOfSchools, type ReachScope } from "#lib/platform/access.ts";
import { spanOfClass, todayOf, whenOfMembership } from "#lib/platform/db/class-days.ts";
import { withDistrict } from "#lib/platform/db/tx.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import { isoDates } from "#lib/platform/format/iso.ts";
import { isUuid } from "#lib/platform/uuid.ts";
import { originsBeyond, originsOf } from "#lib/services/origins/read.ts";
import type { Services } from "#lib/services/services.ts";
import type { NamedRef, PersonClassroom, PersonDetail, PersonRole } from "./schema.ts";

/**
 * A teacher or learner with classrooms, schools and where the values came from.
 * @throws ServiceError `not-found`
 */
export async function getPerson(
  services: Pick<Services, "db">,
  scope: ReachScope<"read-roster">,
  role: PersonRole,
  id: string,
): Promise<PersonDetail> {
  const person = await withDistrict(services.db, scope, async (tx) => {
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
      origins: isOfSchools(scope) ? [] : await originsOf(tx, "account", row.id),
    };
  });
  return isOfSchools(scope) ? { ...person, origins: await originsBeyond(services, scope, "account", id) } : person;
}

/**
 * An id from an address. What is no uuid names nothing.
 * @throws ServiceError `not-found`
 */
export function asUuid(id: string): string {
  if (!isUuid(id)) throw new ServiceError("not-found", "There is no such record.");
  return id;
}
