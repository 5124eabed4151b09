import type { LeftWithout } from "#lib/roster/guard/facts.ts";
import type { RunTotals } from "#lib/roster/totals.ts";
import { deactivatedOf } from "./guard-facts-known.ts";
import { type PlanContext, rosterOf } from "./plan-context.ts";

/**
 * What stays and is left without the school, term or course that goes: whom the plan leaves none, and who is withheld and goes on
 * having what would be gone.
 */
export async function readLeftWithout(context: PlanContext, totals: RunTotals): Promise<LeftWithout> {
  const { plan, withheld } = context.staging;
  const countOf = async (of: "account" | "classroom", column: keyof typeof owners) => {
    const { owner, isList } = owners[column];
    if (totals[owner].deactivated === 0) return 0;
    const gone = deactivatedOf(context, owner);
    const had = isList ? `exists (select from unnest(e.${column}) x (id) where x.id in ${gone})` : `e.${column} in ${gone}`;
    const hasOther = isList
      ? `exists (
            select from unnest(e.${column}) x (id)
            where not exists (select from ${gone} g where g.record_id = x.id))`
      : "false";
    const [row] = await context.sql.unsafe<{ count: number }[]>(`
      select (
        (select count(*)
        from ${plan[of]} p
        join ${rosterOf(context, of)} e on e.id = p.record_id
        where p.action = 'updated'
          and ${isList ? `cardinality(p.${column}) = 0` : `p.${column} is null`}
          and ${had})
        + (select count(*)
        from ${rosterOf(context, of)} e
        where e.status = 'active'
          and e.id in (
            select record_id from ${withheld} w
            where w.entity = '${of}' and w.field in ('', '${column}'))
          and ${had}
          and not ${hasOther}))::int as count`);
    return row?.count ?? 0;
  };
  return {
    peopleWithoutSchool: await countOf("account", "school_ids"),
    classesWithoutSchool: await countOf("classroom", "school_id"),
    classesWithoutTerm: await countOf("classroom", "term_ids"),
    classesWithoutCourse: await countOf("classroom", "course_id"),
  };
}

const owners = {
  school_ids: { owner: "school", isList: true },
  school_id: { owner: "school", isList: false },
  term_ids: { owner: "term", isList: true },
  course_id: { owner: "course", isList: false },
} as const;
