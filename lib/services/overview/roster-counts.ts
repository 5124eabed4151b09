import { LRUCache } from "lru-cache";
import { isOfSchools, type ReachScope } from "#lib/platform/access.ts";
import { spanOfClass, todayOf, whenOfClass } from "#lib/platform/db/class-days.ts";
import { type Tx, withDistrict } from "#lib/platform/db/tx.ts";
import type { Services } from "#lib/services/services.ts";
import type { RosterCounts } from "./schema.ts";

/** What the counts hold for: whatever changes the roster raises its revision, and the calendar ends classes. */
interface Moment {
  readonly revision: string;
  readonly today: string;
}

const mostDistricts = 1_000;
/** A database that was restored counts its revisions again from an earlier one. */
const forMs = 10 * 60 * 1000;

const lastCounted = new LRUCache<string, Moment & RosterCounts>({ max: mostDistricts, ttl: forMs });

/**
 * How much of each is active in the district, or in the schools that the scope is for. A district's is counted once for each revision of its
 * roster, since each list shows it and to count takes a pass over all people.
 */
export function readRosterCounts(services: Pick<Services, "db">, scope: ReachScope<"read-roster">): Promise<RosterCounts> {
  return withDistrict(services.db, scope, (tx) => rosterCounts(tx, scope));
}

/** The same within a transaction of that scope. */
export async function rosterCounts(tx: Tx, scope: ReachScope<"read-roster">): Promise<RosterCounts> {
  if (isOfSchools(scope)) return counted(await count(tx));
  const [now] = await tx.sql<Moment[]>`
    select roster_revision as revision, (now() at time zone timezone)::date::text as today from districts where id = ${tx.districtId}`;
  const last = lastCounted.get(tx.districtId);
  if (last !== undefined && last.revision === now?.revision && last.today === now.today) return counted(last);
  const row = await count(tx);
  lastCounted.set(tx.districtId, row);
  return counted(row);
}

const counted = ({ schools, classrooms, teachers, learners }: RosterCounts): RosterCounts => ({ schools, classrooms, teachers, learners });

/** In one statement, so that the counts are those of the revision. Classrooms of the same terms are looked at once: of thousands there are few such. */
async function count(tx: Tx): Promise<Moment & RosterCounts> {
  const [row] = await tx.sql<(Moment & RosterCounts)[]>`
    select
      (select roster_revision from districts where id = ${tx.districtId}) as revision,
      ${tx.sql.unsafe(todayOf(tx.districtId))}::text as today,
      (select count(*)::int from schools where district_id = ${tx.districtId} and status = 'active') as schools,
      (select coalesce(sum(c.count), 0)::int
        from (
          select term_ids, count(*) as count from classrooms
          where district_id = ${tx.districtId} and status = 'active' group by 1) c ${tx.sql.unsafe(spanOfClass(tx.districtId))}
        where ${tx.sql.unsafe(whenOfClass(todayOf(tx.districtId)))} <> 'ended') as classrooms,
      count(*) filter (where role = 'teacher')::int as teachers, count(*) filter (where role = 'learner')::int as learners
    from accounts where district_id = ${tx.districtId} and status = 'active'`;
  return row ?? { revision: "", today: "", schools: 0, classrooms: 0, teachers: 0, learners: 0 };
}
