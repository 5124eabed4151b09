import type { LinkEntity } from "#lib/roster/canonical.ts";
import { linksOf, type PlanContext, rosterOf } from "./plan-context.ts";
import { fill } from "./work.ts";

export type Referred = Exclude<LinkEntity, "membership">;

/**
 * External id → record, for references to an entity: what this run plans, and what earlier runs linked and this one
 * neither sees nor ends (left out, or not part of a delta). `named` is a query of the ids that are looked for: where
 * few are, only those are looked up. Returns a table of external_id, record_id and, of people, role, which holds until
 * it is asked for anew.
 */
export async function referencesTo(context: PlanContext, entity: Referred, named: string): Promise<string> {
  const plan = context.staging.plan[entity];
  if (context.isFirst) return plan;
  const [own, linked, people] =
    entity === "account"
      ? ["p.role", "e.role", `join ${rosterOf(context, "account")} e on e.id = l.record_id`]
      : ["null::text", "null::text", ""];
  // As an array, which is looked for by the index whatever the planner thinks of how many there are.
  const isNamed = context.size.isFew ? `and l.external_id = any (array(${named}))` : "";
  await fill(
    context,
    `${entity}References`,
    `select p.external_id, p.record_id, ${own} from ${plan} p
    union all
    select l.external_id, l.record_id, ${linked}
    from ${linksOf(context, entity)} l
    ${people}
    where l.rostered
      ${isNamed}
      and not exists (select from ${plan} p where p.external_id = l.external_id)
      and not exists (
        select from ${context.staging.endedLinks} x
        where x.entity = '${entity}' and x.external_id = l.external_id)`,
  );
  return context.staging.work[`${entity}References`];
}
