import type { DistrictScope } from "#lib/platform/access.ts";
import { spanOfClass, todayOf } from "#lib/platform/db/class-days.ts";
import { withDistrict } from "#lib/platform/db/tx.ts";
import type { Services } from "#lib/services/services.ts";
import type { SchoolDay, TermToCome } from "./schema.ts";

/** The days of the last so many on which the calendar brought anything, the latest first. */
export function listSchoolDays(
  services: Pick<Services, "db">,
  scope: DistrictScope<"read-roster">,
  withinDays: number,
): Promise<readonly SchoolDay[]> {
  return withDistrict(services.db, scope, async (tx) => {
    const rows = await tx.sql<SchoolDay[]>`
      select day::text, previous_day::text as "previousDay", classrooms_began as "classroomsBegan", classrooms_ended as "classroomsEnded",
        memberships_began as "membershipsBegan", memberships_ended as "membershipsEnded", terms
      from school_days
      where district_id = ${tx.districtId} and day > ${tx.sql.unsafe(todayOf(tx.districtId))} - ${withinDays}::int
        and classrooms_began + classrooms_ended + memberships_began + memberships_ended > 0
      order by school_days.day desc`;
    return [...rows];
  });
}

/**
 * The terms that begin or end within so many days, the earliest first, with the classes whose first or last day that is. Terms of one name and
 * day are told once, however many integrations have them.
 */
export function listTermsToCome(
  services: Pick<Services, "db">,
  scope: DistrictScope<"read-roster">,
  withinDays: number,
): Promise<readonly TermToCome[]> {
  return withDistrict(services.db, scope, async (tx) => {
    const today = tx.sql.unsafe(todayOf(tx.districtId));
    const rows = await tx.sql<TermToCome[]>`
      with turns as (
        select id, name, 'began' as turn, begin_date as day from terms
        where district_id = ${tx.districtId} and status = 'active' and begin_date > ${today} and begin_date <= ${today} + ${withinDays}::int
        union all
        select id, name, 'ended', end_date from terms
        where district_id = ${tx.districtId} and status = 'active' and end_date >= ${today} and end_date <= ${today} + ${withinDays}::int),
      turning as materialized (
        select c.id, span.begins_on, span.ends_on, c.term_ids from classrooms c ${tx.sql.unsafe(spanOfClass(tx.districtId))}
        where c.district_id = ${tx.districtId} and c.status = 'active' and exists (select from turns) and c.term_ids && (select array_agg(id) from turns))
      select t.name, t.turn, t.day::text as day,
        (select count(distinct c.id)::int from turning c
          where c.term_ids && array_agg(t.id) and t.day = case t.turn when 'ended' then c.ends_on else c.begins_on end) as classrooms
      from turns t group by t.name, t.turn, t.day order by t.day, t.turn desc, t.name limit 12`;
    return [...rows];
  });
}
