import type { LeftWithout } from "#lib/roster/guard/facts.ts";
import type { RunTotals } from "#lib/roster/totals.ts";
import { deactivatedOf as gone } from "./guard-facts-known.ts";
import { type PlanContext, rosterOf } from "./plan-context.ts";

/** What stays and is left without the school, term or course that goes. */
export async function readLeftWithout(context: PlanContext, totals: RunTotals): Promise<LeftWithout> {
  const count = async (statement: string) => Number((await context.sql.unsafe<{ count: number }[]>(statement))[0]?.count ?? 0);
  const { account, classroom } = context.staging.plan;
  const had = (entity: "school" | "term", ids: string) =>
    `exists (select from unnest(${ids}) x (id) where x.id in ${gone(context, entity)})`;
  return {
    peopleWithoutSchool:
      totals.school.deactivated === 0
        ? 0
        : await count(`
            select count(*)::int as count
            from ${account} p
            join ${rosterOf(context, "account")} e on e.id = p.record_id
            where p.action = 'updated'
              and cardinality(p.school_ids) = 0
              and ${had("school", "e.school_ids")}`),
    classesWithoutTerm:
      totals.term.deactivated === 0
        ? 0
        : await count(`
            select count(*)::int as count
            from ${classroom} p
            join ${rosterOf(context, "classroom")} e on e.id = p.record_id
            where p.action = 'updated'
              and cardinality(p.term_ids) = 0
              and ${had("term", "e.term_ids")}`),
    classesWithoutCourse:
      totals.course.deactivated === 0
        ? 0
        : await count(`
            select count(*)::int as count
            from ${classroom} p
            join ${rosterOf(context, "classroom")} e on e.id = p.record_id
            where p.action = 'updated'
              and p.course_id is null
              and e.course_id in ${gone(context, "course")}`),
  };
}
