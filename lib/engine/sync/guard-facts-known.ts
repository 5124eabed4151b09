import type { LinkEntity } from "#lib/roster/canonical.ts";
import { linksOf, type PlanContext, rosterOf } from "./plan-context.ts";

/** The records of an entity that this integration rosters before the plan: whose share of changes is judged. */
export function rosteredOf(context: PlanContext, entity: "account" | "classroom" | "membership"): string {
  return `(select record_id from ${linksOf(context, entity)} l where l.rostered)`;
}

/** The records of an entity that the plan deactivates. */
export function deactivatedOf(context: PlanContext, entity: LinkEntity): string {
  return `(
        select record_id from ${context.staging.statusChanges} s
        where entity = '${entity}' and action = 'deactivated')`;
}

/** The end of a query whose rows are counted no further than `limit`. */
export function upTo(limit: number): string {
  return Number.isFinite(limit) ? `limit ${limit}` : "";
}

/**
 * Counts what this integration rosters and is active, and of it what has each of `had` (a name, and as SQL over `e` what must not be
 * null), each as far as `limit`. As SQL: `known` and a column for each.
 */
export function countKnown(
  context: PlanContext,
  entity: "account" | "classroom",
  { limit, had, where = "true" }: { readonly limit: number; readonly had: Readonly<Record<string, string>>; readonly where?: string },
): string {
  const counted = (name: string, condition: string) => `(
        select count(*)::int
        from (
          select from ${rosterOf(context, entity)} e
          where e.status = 'active'
            and ${where}
            and ${condition}
            and exists (select from ${rosteredOf(context, entity)} l where l.record_id = e.id)
          ${upTo(limit)}) x) as "${name}"`;
  return [counted("known", "true"), ...Object.entries(had).map(([name, value]) => counted(name, `${value} is not null`))].join(",\n      ");
}
