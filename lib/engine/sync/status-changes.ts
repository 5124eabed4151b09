import { tableOf } from "#lib/platform/db/staging.ts";
import type { LinkEntity } from "#lib/roster/canonical.ts";
import { leavesByRoles } from "#lib/roster/fold-roles.ts";
import { isOverByRoles } from "./ended-links.ts";
import { execute, linksOf, type PlanContext, rosterOf, withoutLoops } from "./plan-context.ts";

/**
 * A record is active while any integration's link to it is rostered; one that loses its last link is deactivated.
 * Records that no SIS ever supplied have no link and are never met here; district admins are passed over. From the
 * records that lose a link: the active ones that nothing else in this run or in the mirrors leads to.
 */
export async function planDeactivations(context: PlanContext, entity: LinkEntity): Promise<void> {
  const { endedLinks, statusChanges } = context.staging;
  const plan = context.staging.plan[entity];
  // Most nights none does, and to plan what follows takes longer than to see that.
  const [any] = await context.sql.unsafe(`
    select exists (select from ${endedLinks} x where entity = '${entity}')
      or exists (select from ${plan} p where p.link = 'moved') as lost`);
  if (any?.lost !== true) return;
  const lost = `(
      select record_id, bool_and(by_scope) as by_scope, bool_or(is_over) as is_over
      from (
        select record_id, by_scope, ${isOverByRoles(context, entity, "x.external_id")} as is_over
        from ${endedLinks} x where entity = '${entity}'
        union all
        select l.record_id, false, false
        from ${plan} p
        join ${linksOf(context, entity)} l on l.external_id = p.external_id
        where p.link = 'moved') each
      group by record_id)`;
  // Of few they are looked up as an array, and what is beside them is hashed: thousands of them, each compared with
  // thousands of a plan that has no index, take minutes.
  const isLost = (id: string) => (context.size.isFew ? `and ${id} = any (array(select record_id from ${lost} x))` : "");
  await withoutLoops(context, () =>
    execute(
      context,
      `insert into ${tableOf(statusChanges)} (entity, record_id, action, reason)
      select '${entity}', e.id, 'deactivated',
        case
          when not lost.by_scope then 'no longer in the SIS'
          when lost.is_over then '${leavesByRoles}'
          else 'left out of scope'
        end
      from ${lost} lost
      join ${rosterOf(context, entity)} e
        on e.id = lost.record_id
        and e.status = 'active'
        ${isLost("e.id")}
        ${entity === "account" ? "and e.role <> 'admin'" : ""}
      where not exists (select from ${plan} p where p.record_id = e.id)
        and not exists (
          select from ${stillRostered(context, entity, lost, isLost("o.record_id"))} s
          where s.record_id = e.id)`,
    ),
  );
}

/**
 * Memberships follow their classroom and their person: they are deactivated with them and come back with them, while
 * their own link says that the SIS has them. One whom an admin reactivated before is back all the same.
 */
export async function planFollowingMemberships(context: PlanContext): Promise<void> {
  const { plan, statusChanges } = context.staging;
  const memberships = rosterOf(context, "membership");
  const gone = (entity: LinkEntity) => `(
          select record_id from ${statusChanges} s
          where entity = '${entity}' and action = 'deactivated')`;
  const back = (entity: "classroom" | "account") =>
    `(select record_id from ${plan[entity]} p where action = 'reactivated' or link = 'revived')`;
  const [news] = await context.sql.unsafe(`
    select
      exists (
        select from ${statusChanges} s
        where entity in ('classroom', 'account') and action = 'deactivated') as "isGone",
      exists ${back("classroom")} or exists ${back("account")} as "isBack"`);

  if (news?.isGone === true) {
    // From the active memberships of what goes: those that a SIS has or had, and that do not go by themselves.
    await execute(
      context,
      `insert into ${tableOf(statusChanges)} (entity, record_id, action, reason)
      select
        'membership',
        m.id,
        'deactivated',
        case
          when m.classroom_id in ${gone("classroom")} then 'its classroom is no longer in the SIS'
          when exists (
            select from ${statusChanges} a
            where a.entity = 'account' and a.record_id = m.account_id and a.reason = '${leavesByRoles}')
            then 'all roles of its person are over in the SIS'
          else 'its person is no longer in the SIS'
        end
      from ${memberships} m
      where m.status = 'active'
        and m.id in (
          select id from ${memberships} c where c.classroom_id in ${gone("classroom")}
          union
          select id from ${memberships} p where p.account_id in ${gone("account")})
        and exists (
          select from source_records l
          where l.district_id = ${context.district} and l.record_id = m.id)
        and not exists (select from ${gone("membership")} g where g.record_id = m.id)`,
    );
  }
  if (news?.isBack === true) {
    // The inactive memberships of what is back, unless their class or their person is not there after this run. Whom or
    // what an admin deactivated is there for the SIS.
    const waiting = `(
        select m.id as record_id
        from ${memberships} m
        join ${rosterOf(context, "classroom")} c on c.id = m.classroom_id
        join ${rosterOf(context, "account")} a on a.id = m.account_id
        where m.status = 'deactivated'
          and m.id in (
            select id from ${memberships} c where c.classroom_id in ${back("classroom")}
            union
            select id from ${memberships} p where p.account_id in ${back("account")})
          and (c.status = 'active' or c.deactivated_by = 'admin' or c.id in ${back("classroom")})
          and not c.id in ${gone("classroom")}
          and (a.status = 'active' or a.deactivated_by = 'admin' or a.id in ${back("account")})
          and not a.id in ${gone("account")})`;
    await execute(
      context,
      `insert into ${tableOf(statusChanges)} (entity, record_id, action, reason)
      select 'membership', w.record_id, 'reactivated', 'its classroom or person is back in the SIS'
      from ${waiting} w
      where not exists (select from ${plan.membership} p where p.record_id = w.record_id)
        and exists (select from ${stillRostered(context, "membership", waiting)} s where s.record_id = w.record_id)`,
    );
  }
}

/**
 * Of the records `among`, those that some integration that is not removed still has, as things will be after this run.
 * Joins of equal columns only: a correlated look-up over a plan without indexes takes minutes at ten thousand people.
 */
function stillRostered(context: PlanContext, entity: LinkEntity, among: string, isAmong = ""): string {
  const isOwn = `o.integration_id = ${context.integration}`;
  return `(
      select o.record_id
      from source_records o
      join ${among} asked on asked.record_id = o.record_id
      join integrations i
        on i.district_id = o.district_id
        and i.id = o.integration_id
        and i.state <> 'removed'
      left join ${context.staging.endedLinks} x
        on x.entity = '${entity}'
        and x.external_id = o.external_id
        and ${isOwn}
      left join ${context.staging.plan[entity]} p
        on p.external_id = o.external_id
        and ${isOwn}
      where o.district_id = ${context.district}
        ${isAmong}
        and o.rostered
        and x.external_id is null
        and (p.record_id is null or p.record_id = o.record_id))`;
}
