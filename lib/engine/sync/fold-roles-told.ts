import type { Collection } from "#lib/roster/canonical.ts";
import { mirrorOf, type PlanContext } from "./plan-context.ts";

/* What the SIS tells of roles, and of whatever else people are folded by: what was read now, and what the mirror has of it beside. */

/** Whether a person, by the SIS's id, is among those to fold. In a first sync all are. */
export function isToFold(context: PlanContext, externalId: string): string {
  return context.isFirst ? "true" : `${externalId} in (select external_id from ${context.staging.work.peopleToFold} p)`;
}

/** Rows of a collection that this read takes back. Of those that it does not list and that a row without an id may be nobody knows. */
export function gone(context: PlanContext, collection: Collection): string {
  const missing = context.unidentified.has(collection) ? "" : ", 'missing'";
  return `(
      select s.external_id from ${context.staging.setAside} s
      where s.collection = '${collection}' and s.disposition in ('withdrawn'${missing}) and s.external_id is not null)`;
}

/** What the SIS had no longer before this read already, and goes on until an admin says so: it tells nothing of anybody. `m`: of the mirror. */
export const wasThere = "(m.missing_since is null or m.reason is distinct from 'withheld')";

/** What the mirror has of a collection and this run does not bring. */
export function stillTold(context: PlanContext, collection: Collection, fates: readonly string[]): string {
  return `(
      select m.* from ${mirrorOf(context, collection)} m
      where m.fate in (${fates.map((fate) => `'${fate}'`).join(", ")})
        and ${wasThere}
        and not exists (select from ${context.all[collection]} i where i.external_id = m.external_id)
        and m.external_id not in ${gone(context, collection)})`;
}

/** The same but for what this read does bring and nobody can use: that a class or an enrollment was told better once counts for nobody. */
export function stillUsable(context: PlanContext, collection: "classes" | "enrollments"): string {
  return `(
      select m.* from ${stillTold(context, collection, ["rostered", "waiting", "withheld", "out-of-scope"])} m
      where not exists (
        select from ${context.staging.setAside} s
        where s.collection = '${collection}'
          and s.disposition in ('left-out', 'not-rostered')
          and s.external_id = m.external_id))`;
}

/**
 * Every role that counts or may, as it is told now; `which` chooses among them, as SQL that begins with "and". One that waited for its
 * person or org is read again, or is told now in a way that nobody can use: it goes on as it was, and may wait no longer.
 */
export function rolesTold(context: PlanContext, which: string): string {
  const columns = "person_external_id, role, type, school_external_id, begin_date, end_date";
  return `
      select ${columns} from ${context.all.roles} r where true ${which}
      ${
        context.isFirst
          ? ""
          : `union all
      select ${columns} from ${stillTold(context, "roles", ["rostered", "waiting", "not-rostered", "left-out"])} r
      where r.role is not null ${which}`
      }`;
}

/** Whether a role `r` is in force on a day, as SQL: its end is the day after its last. */
export const isInForce = (day: string) =>
  `(coalesce(r.begin_date <= '${day}'::date, true) and coalesce('${day}'::date < r.end_date, true))`;
