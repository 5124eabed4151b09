import type { ReachScope } from "#lib/platform/access.ts";
import { spanOfClass, todayOf, whenOfClass } from "#lib/platform/db/class-days.ts";
import { type Tx, withDistrict } from "#lib/platform/db/tx.ts";
import type { Services } from "#lib/services/services.ts";
import { OncePerRevision } from "./once-per-revision.ts";
import type { RosterCounts } from "./schema.ts";

const counts = new OncePerRevision(count, { room: 1_000, sizeOf: () => 1 });

/** How much of each is active in the district, or in the schools that the scope is for. */
export function readRosterCounts(services: Pick<Services, "db">, scope: ReachScope<"read-roster">): Promise<RosterCounts> {
  return withDistrict(services.db, scope, (tx) => rosterCounts(tx, scope));
}

/** The same within a transaction of that scope: numbers, which stand beside what whoever reads syncs is told. */
export function rosterCounts(tx: Tx, scope: ReachScope<never>): Promise<RosterCounts> {
  return counts.of(tx, scope);
}

/** Classrooms of the same terms are looked at once: of thousands there are few such. */
async function count(tx: Tx): Promise<RosterCounts> {
  const [row] = await tx.sql<RosterCounts[]>`
    select
      (select count(*)::int from schools where district_id = ${tx.districtId} and status = 'active') as schools,
      (select coalesce(sum(c.count), 0)::int
        from (
          select term_ids, count(*) as count from classrooms
          where district_id = ${tx.districtId} and status = 'active' group by 1) c ${tx.sql.unsafe(spanOfClass(tx.districtId))}
        where ${tx.sql.unsafe(whenOfClass(todayOf(tx.districtId)))} <> 'ended') as classrooms,
      count(*) filter (where role = 'teacher')::int as teachers, count(*) filter (where role = 'learner')::int as learners
    from accounts where district_id = ${tx.districtId} and status = 'active'`;
  return row ?? { schools: 0, classrooms: 0, teachers: 0, learners: 0 };
}
