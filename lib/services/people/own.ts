import type { OwnScope } from "#lib/platform/access.ts";
import { isInUse, isOfClass, ownIsSane, spanOfClass, todayOf, whenOfMembership } from "#lib/platform/db/class-days.ts";
import { withDistrict } from "#lib/platform/db/tx.ts";
import { sightOf } from "#lib/roster/when.ts";
import type { Services } from "#lib/services/services.ts";
import type { OwnClassroom } from "./schema.ts";

/**
 * The classrooms of which somebody sees anything: those of now by period and name, then what comes, the next first, then what has ended, the latest
 * first. The same rule as canSee (lib/services/classrooms/can-see.ts), for all of one person's.
 */
export function listOwnClassrooms(services: Pick<Services, "db">, scope: OwnScope): Promise<readonly OwnClassroom[]> {
  return withDistrict(services.db, scope, async (tx) => {
    const day = todayOf(tx.districtId);
    const people = (role: "teaching" | "learning") => tx.sql`
      array(select trim(a.given_name || ' ' || a.family_name) from memberships m join accounts a on a.district_id = m.district_id and a.id = m.account_id
        where m.district_id = ${tx.districtId} and m.classroom_id = own.id and a.status = 'active'
          and ${tx.sql.unsafe(isOfClass(day, "own"))} and (m.role = 'learner') = ${role === "learning"}
        order by m.role desc, a.family_name, a.given_name, a.id)`;
    const rows = await tx.sql<(Omit<OwnClassroom, "sight"> & { role: "teacher" | "co-teacher" | "learner" })[]>`
      with own as (
        select c.*, m.role, span.begins_on, span.ends_on,
          case when ${tx.sql.unsafe(ownIsSane)} then m.begin_date end as begin_date,
          case when ${tx.sql.unsafe(ownIsSane)} then m.end_date end as end_date, ${tx.sql.unsafe(whenOfMembership(day))} as when
        from memberships m
        join accounts a on a.district_id = m.district_id and a.id = m.account_id
        join classrooms c on c.district_id = m.district_id and c.id = m.classroom_id ${tx.sql.unsafe(spanOfClass(tx.districtId))}
        where m.district_id = ${tx.districtId} and m.account_id = ${scope.accountId} and ${tx.sql.unsafe(isInUse)})
      select own.id, own.name, own.when, own.role, own.periods, s.name as "schoolName",
        greatest(own.begins_on, own.begin_date)::text as "beginsOn", least(own.ends_on, own.end_date)::text as "endsOn",
        case when own.subjects = '{}' then coalesce(co.subjects, '{}') else own.subjects end as subjects,
        (select coalesce(jsonb_agg(jsonb_build_object('name', t.name, 'beginDate', t.begin_date, 'endDate', t.end_date) order by t.begin_date, t.name), '[]')
          from terms t where t.district_id = ${tx.districtId} and t.id = any(own.term_ids) and t.status = 'active') as terms,
        ${people("teaching")} as teachers,
        case when own.role = 'learner' then null else ${people("learning")} end as learners,
        array(select a.id from memberships m join accounts a on a.district_id = m.district_id and a.id = m.account_id
          where m.district_id = ${tx.districtId} and m.classroom_id = own.id and a.status = 'active'
            and ${tx.sql.unsafe(isOfClass(day, "own"))} and (own.role <> 'learner' or m.role <> 'learner')) as people
      from own
      left join courses co on co.district_id = own.district_id and co.id = own.course_id
      left join schools s on s.district_id = own.district_id and s.id = own.school_id
      order by array_position(array['now', 'upcoming', 'ended'], own.when),
        case own.when when 'upcoming' then greatest(own.begins_on, own.begin_date) end,
        case own.when when 'ended' then least(own.ends_on, own.end_date) end desc nulls last, own.periods, own.name, own.id`;
    return rows.map(({ role, ...classroom }) => ({ ...classroom, sight: sightOf(role, classroom.when) }));
  });
}
