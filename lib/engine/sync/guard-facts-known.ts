import type { LinkEntity } from "#lib/roster/canonical.ts";
import { linksOf, type PlanContext } from "./plan-context.ts";

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
