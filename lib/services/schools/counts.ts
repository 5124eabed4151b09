import type { ReachScope } from "#lib/platform/access.ts";
import { spanOfClass, todayOf, whenOfClass } from "#lib/platform/db/class-days.ts";
import type { Tx } from "#lib/platform/db/tx.ts";
import { OncePerRevision } from "#lib/services/overview/once-per-revision.ts";
import type { Fragment } from "#lib/services/people/search.ts";

/** What is active in a school that has anything. */
export interface SchoolCounts {
  readonly id: string;
  readonly teachers: number;
  readonly learners: number;
  /** Of its learners, each once. */
  readonly grades: readonly string[];
  readonly classrooms: number;
}

/** So many schools of all districts together. */
const mostSchools = 50_000;

const counts = new OncePerRevision(count, { room: mostSchools, sizeOf: (schools) => schools.length });

/** What is active in the schools of a district, or in those that the scope is for. */
export function schoolCounts(tx: Tx, scope: ReachScope<"read-roster">): Promise<readonly SchoolCounts[]> {
  return counts.of(tx, scope);
}

/** The same as a relation `p`. */
export function asRelation(tx: Tx, schools: readonly SchoolCounts[]): Fragment {
  return tx.sql`
    jsonb_to_recordset(${JSON.stringify(schools)}::text::jsonb)
      as p (id uuid, teachers int, learners int, grades text[], classrooms int)`;
}

/**
 * In one pass over accounts and classrooms; per school it would be a pass each. People are counted by school, role and grade first, which are
 * few: to sort all for their different grades takes twice as long as everything else. So are classes by school and terms.
 */
async function count(tx: Tx): Promise<readonly SchoolCounts[]> {
  return tx.sql<SchoolCounts[]>`
    with counted as (
      select school_id, role, grade, count(*)::int as people
      from accounts, unnest(school_ids) as school_id
      where district_id = ${tx.districtId} and status = 'active' group by school_id, role, grade
    ),
    people as (
      select school_id, sum(people) filter (where role = 'teacher')::int as teachers, sum(people) filter (where role = 'learner')::int as learners,
        array_agg(distinct grade) filter (where role = 'learner' and grade is not null) as grades
      from counted group by school_id
    ),
    classes as (
      select c.school_id, sum(c.count)::int as count
      from (
        select school_id, term_ids, count(*) as count from classrooms
        where district_id = ${tx.districtId} and status = 'active' group by 1, 2) c ${tx.sql.unsafe(spanOfClass(tx.districtId))}
      where ${tx.sql.unsafe(whenOfClass(todayOf(tx.districtId)))} <> 'ended'
      group by 1
    )
    select coalesce(p.school_id, k.school_id) as id, coalesce(p.teachers, 0) as teachers, coalesce(p.learners, 0) as learners,
      coalesce(p.grades, '{}') as grades, coalesce(k.count, 0) as classrooms
    from people p full join classes k on k.school_id = p.school_id`;
}
