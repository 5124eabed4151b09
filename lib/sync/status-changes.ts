import type { LinkEntity } from "#lib/roster/canonical.ts";
import { execute, linksOf, type PlanContext, rosterOf } from "./plan-context.ts";

/**
 * A record is active while any integration's link to it is rostered; one that loses its last link is deactivated.
 * Records that no SIS ever supplied have no link and are never met here; district admins are passed over.
 */
export async function planDeactivations(context: PlanContext, entity: LinkEntity): Promise<void> {
  const { endedLinks, statusChanges } = context.staging;
  const plan = context.staging.plan[entity];
  await execute(context, `insert into ${statusChanges} (entity, record_id, action, reason)
    select '${entity}', e.id, 'deactivated', 'no longer in the SIS'
    from (
      select record_id from ${endedLinks} where entity = '${entity}'
      union
      select l.record_id from ${plan} p join ${linksOf(context, entity)} l on l.external_id = p.external_id where p.link = 'moved'
    ) lost
    join ${rosterOf(context, entity)} e on e.id = lost.record_id and e.status = 'active' ${entity === "account" ? "and e.role <> 'admin'" : ""}
    where not exists (select from ${plan} p where p.record_id = e.id)
      and not ${isRosteredBySomeLink(context, entity, "e.id")}`);
}

/**
 * Memberships follow their classroom and their person: they are deactivated with them and come back with them, while
 * their own link says that the SIS has them.
 */
export async function planFollowingMemberships(context: PlanContext): Promise<void> {
  const { plan, statusChanges } = context.staging;
  const memberships = rosterOf(context, "membership");
  const goes = (entity: LinkEntity, id: string) =>
    `exists (select from ${statusChanges} s where s.entity = '${entity}' and s.action = 'deactivated' and s.record_id = ${id})`;
  const returns = (entity: "classroom" | "account", id: string) => `exists (select from ${plan[entity]} p where p.action = 'reactivated' and p.record_id = ${id})`;
  await execute(context, `insert into ${statusChanges} (entity, record_id, action, reason)
    select 'membership', m.id, 'deactivated', case when ${goes("classroom", "m.classroom_id")} then 'its classroom is no longer in the SIS' else 'its person is no longer in the SIS' end
    from ${memberships} m
    where m.status = 'active' and (${goes("classroom", "m.classroom_id")} or ${goes("account", "m.account_id")})
      and exists (select from external_links l where l.district_id = ${context.district} and l.record_id = m.id)
      and not ${goes("membership", "m.id")}`);
  await execute(context, `insert into ${statusChanges} (entity, record_id, action, reason)
    select 'membership', m.id, 'reactivated', 'its classroom or person is back in the SIS'
    from ${memberships} m
    join ${rosterOf(context, "classroom")} c on c.id = m.classroom_id
    join ${rosterOf(context, "account")} a on a.id = m.account_id
    where m.status = 'deactivated' and (${returns("classroom", "c.id")} or ${returns("account", "a.id")})
      and (c.status = 'active' or ${returns("classroom", "c.id")}) and not ${goes("classroom", "c.id")}
      and (a.status = 'active' or a.deactivated_by = 'admin' or ${returns("account", "a.id")}) and not ${goes("account", "a.id")}
      and not exists (select from ${plan.membership} p where p.record_id = m.id)
      and ${isRosteredBySomeLink(context, "membership", "m.id")}`);
}

/** Some integration that is not removed still has the record, as things will be after this run. */
function isRosteredBySomeLink(context: PlanContext, entity: LinkEntity, id: string): string {
  const isOwn = `o.integration_id = ${context.integration}`;
  return `exists (select from external_links o
    where o.district_id = ${context.district} and o.record_id = ${id} and o.rostered
      and not (${isOwn} and (exists (select from ${context.staging.endedLinks} x where x.entity = '${entity}' and x.external_id = o.external_id)
                          or exists (select from ${context.staging.plan[entity]} p where p.external_id = o.external_id and p.record_id <> o.record_id)))
      and not exists (select from integrations i where i.district_id = o.district_id and i.id = o.integration_id and i.state = 'removed'))`;
}
