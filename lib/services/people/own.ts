import type { OwnScope } from "#lib/platform/access.ts";
import { withDistrict } from "#lib/platform/db/tx.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import type { Services } from "#lib/services/services.ts";
import type { OwnClassroom, OwnProfile } from "./schema.ts";

/** @throws ServiceError `not-found` when the account was purged meanwhile */
export function getOwnProfile(services: Pick<Services, "db">, scope: OwnScope): Promise<OwnProfile> {
  return withDistrict(services.db, scope, async (tx) => {
    const [row] = await tx.sql<OwnProfile[]>`
      select trim(a.given_name || ' ' || a.family_name) as name, a.email, a.role, d.name as "districtName", d.timezone
      from accounts a join districts d on d.id = a.district_id
      where a.district_id = ${tx.districtId} and a.id = ${scope.accountId}`;
    if (!row) throw new ServiceError("not-found", "There is no such account.");
    return row;
  });
}

/** The classrooms in which somebody teaches or learns now, by name. */
export function listOwnClassrooms(services: Pick<Services, "db">, scope: OwnScope): Promise<readonly OwnClassroom[]> {
  return withDistrict(services.db, scope, async (tx) => {
    const people = (role: "teaching" | "learning") => tx.sql`
      array(select trim(a.given_name || ' ' || a.family_name) from memberships p join accounts a on a.district_id = p.district_id and a.id = p.account_id
        where p.district_id = ${tx.districtId} and p.classroom_id = c.id and p.status = 'active' and a.status = 'active'
          and (p.role = 'learner') = ${role === "learning"}
        order by p.role desc, a.family_name, a.given_name, a.id)`;
    const rows = await tx.sql<OwnClassroom[]>`
      select c.id, c.name, c.periods, s.name as "schoolName",
        case when c.subjects = '{}' then coalesce(co.subjects, '{}') else c.subjects end as subjects,
        (select coalesce(jsonb_agg(jsonb_build_object('name', t.name, 'beginDate', t.begin_date, 'endDate', t.end_date) order by t.begin_date, t.name), '[]')
          from terms t where t.district_id = ${tx.districtId} and t.id = any(c.term_ids)) as terms,
        ${people("teaching")} as teachers,
        case when m.role = 'learner' then null else ${people("learning")} end as learners
      from memberships m
      join classrooms c on c.district_id = m.district_id and c.id = m.classroom_id
      left join courses co on co.district_id = c.district_id and co.id = c.course_id
      left join schools s on s.district_id = c.district_id and s.id = c.school_id
      where m.district_id = ${tx.districtId} and m.account_id = ${scope.accountId} and m.status = 'active' and c.status = 'active'
      order by c.name, c.id`;
    return [...rows];
  });
}
