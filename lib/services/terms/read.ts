import type { DistrictScope } from "#lib/platform/access.ts";
import { todayOf } from "#lib/platform/db/class-days.ts";
import { withDistrict } from "#lib/platform/db/tx.ts";
import type { Services } from "#lib/services/services.ts";
import type { SchoolDay } from "./schema.ts";

/** The days of the last so many on which the calendar brought anything, the latest first. */
export function listSchoolDays(services: Pick<Services, "db">, scope: DistrictScope, withinDays: number): Promise<readonly SchoolDay[]> {
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
