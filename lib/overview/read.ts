import type { DistrictScope } from "#lib/access.ts";
import { withDistrict } from "#lib/db/tx.ts";
import type { Services } from "#lib/services.ts";
import type { RosterCounts } from "./schema.ts";

/** How much of each is active in the district. */
export function readRosterCounts(services: Pick<Services, "db">, scope: DistrictScope): Promise<RosterCounts> {
  return withDistrict(services.db, scope, async (tx) => {
    const [row] = await tx.sql<RosterCounts[]>`
      select
        (select count(*)::int from schools where district_id = ${tx.districtId} and status = 'active') as schools,
        (select count(*)::int from classrooms where district_id = ${tx.districtId} and status = 'active') as classrooms,
        count(*) filter (where role = 'teacher')::int as teachers, count(*) filter (where role = 'learner')::int as learners
      from accounts where district_id = ${tx.districtId} and status = 'active'`;
    return row ?? { schools: 0, classrooms: 0, teachers: 0, learners: 0 };
  });
}
