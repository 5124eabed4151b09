import { isOldestGrade } from "#lib/platform/db/plan-parts.ts";
import { isTakenBack } from "#lib/platform/db/taken-back.ts";
import type { WeekGroup } from "#lib/roster/guard/facts.ts";
import type { RunTotals } from "#lib/roster/totals.ts";
import type { History } from "./guard-history.ts";
import { linksOf, type PlanContext, rosterOf } from "./plan-context.ts";

/** Of many schools those that lost most. */
const most = 200;

/**
 * Who is gone now and left within seven days through runs of this integration that nobody approved and that were no
 * rollover, and not because an admin left them out of scope, by role, for the district and for each school; beside it who came after the first sync, and what this plan
 * takes and brings. From the people who are there and those whom the plan brings, each with what is asked of them: once
 * for the district, and once for each of their schools.
 */
export async function readWeek(context: PlanContext, totals: RunTotals, history: History): Promise<WeekGroup[]> {
  const counted = history.runs.filter((run) => run.isOfThisWeek && run.kind === "sync" && !run.isRollover);
  const taken = totals.learner.deactivated + totals.teacher.deactivated;
  const took = counted.some(({ totals: past }) => past !== null && past.learner.deactivated + past.teacher.deactivated > 0);
  if (taken === 0 || !took) return [];
  const runs = counted.map(({ id }) => `'${id}'::uuid`).join(", ");
  return context.sql.unsafe<WeekGroup[]>(`
    with left_us as materialized (
      select distinct record_id from ${linksOf(context, "account")} l
      where not l.rostered and l.out_of_scope_since is null and l.run_id in (${runs})),
    first_run as (
      select min(finished_at) as at from sync_runs
      where district_id = ${context.district}
        and integration_id = ${context.integration}
        and state = 'succeeded'
        and not ${isTakenBack("sync_runs")}),
    people as materialized (
      select
        e.role,
        e.school_ids,
        e.status = 'active' as is_active,
        e.status = 'deactivated'
          and e.deactivated_by = 'sync'
          and e.deactivated_at > now() - interval '7 days'
          and g.record_id is not null as is_gone,
        e.status = 'active'
          and e.created_at > greatest(now() - interval '7 days', (select at from first_run)) as has_arrived,
        s.record_id is not null as is_taken,
        s.record_id is not null and ${isOldestGrade(context, "e.grade")} as is_oldest,
        0 as brought
      from ${rosterOf(context, "account")} e
      left join left_us g on g.record_id = e.id
      left join (
        select record_id from ${context.staging.statusChanges} s
        where entity = 'account' and action = 'deactivated') s on s.record_id = e.id
      where e.role in ('teacher', 'learner')
      union all
      select p.role, p.school_ids, false, false, false, false, false, 1
      from ${context.staging.plan.account} p
      where p.action in ('created', 'reactivated')),
    counts as (
      select role, null::uuid as school, is_active, is_gone, has_arrived, is_taken, is_oldest, brought
      from people
      union all
      select role, school, is_active, is_gone, has_arrived, is_taken, is_oldest, brought
      from people
      cross join unnest(school_ids) s (school)
      where is_active or is_gone or brought = 1)
    select
      c.role as kind,
      c.school as "schoolId",
      min(n.name) as "schoolName",
      count(*) filter (where is_active)::int as active,
      count(*) filter (where is_gone)::int as gone,
      count(*) filter (where has_arrived)::int as arrived,
      count(*) filter (where is_taken)::int as taken,
      count(*) filter (where is_oldest)::int as "takenAtRollover",
      sum(brought)::int as brought
    from counts c
    left join ${rosterOf(context, "school")} n on n.id = c.school
    group by c.role, c.school
    having count(*) filter (where is_taken) > 0 and count(*) filter (where is_gone) > 0
    order by
      c.school is null desc,
      count(*) filter (where is_taken or is_gone)::float8 / greatest(count(*), 1) desc
    limit ${most}`);
}
