import { isOver } from "#lib/platform/db/class-days.ts";
import type { RolloverFacts } from "#lib/roster/guard/facts.ts";
import type { RunTotals } from "#lib/roster/totals.ts";
import { rosteredOf } from "./guard-facts-known.ts";
import { type PlanContext, rosterOf } from "./plan-context.ts";

/** New classrooms in new terms, and when the terms that end with the plan and those that begin with it do so. */
export async function readRollover(context: PlanContext, totals: RunTotals, today: string): Promise<RolloverFacts | null> {
  if (totals.term.created === 0 || totals.classroom.created < 3) return null;
  const { plan, statusChanges } = context.staging;
  const [row] = await context.sql.unsafe<(Omit<RolloverFacts, "oldEnds"> & { readonly oldEnds: string | null })[]>(`
    with new_terms as materialized (
      select record_id, begin_date from ${plan.term} p where action = 'created'),
    new_classes as (
      select p.record_id, min(t.begin_date) as begins
      from ${plan.classroom} p
      cross join unnest(p.term_ids) x (term)
      join new_terms t on t.record_id = x.term
      where p.action = 'created'
      group by 1)
    select
      (select count(*)::int from new_terms) as "newTerms",
      count(*)::int as "newClassrooms",
      min(begins)::text as "newBegins",
      (
        select max(t.end_date)::text
        from ${rosterOf(context, "term")} t
        where t.status = 'active'
          and (${isOver("t.end_date", `'${today}'::date`)}
            or t.id in (select record_id from ${statusChanges} s where entity = 'term'))) as "oldEnds",
      (
        select count(distinct c.id)::int
        from ${rosterOf(context, "classroom")} c
        join ${rosteredOf(context, "classroom")} l on l.record_id = c.id
        where c.status = 'active') as classrooms,
      '${today}' as today
    from new_classes`);
  if (row === undefined || row.newBegins === null) return null;
  return { ...row, oldEnds: row.oldEnds ?? today };
}
