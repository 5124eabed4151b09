import { rosterColumns } from "#lib/platform/db/staging.ts";
import { collectionOfLinkEntity, linkEntities } from "#lib/roster/canonical.ts";
import { addTo, execute, isOwn, type UndoContext } from "./context.ts";

/*
 * Why a record is left alone: each writes its reason on those that have none yet.
 */

/** Those that are gone, that bear another time of change than the run left on them, or that another sync changed. */
export async function leaveWhatChanged(context: UndoContext): Promise<void> {
  const left = `(select applied_at from sync_runs where district_id = ${context.district} and id = ${context.run})`;
  for (const kind of linkEntities) {
    await execute(
      context,
      `update ${context.into.changes} c set why = n.why
      from (
        select
          x.record_id,
          case
            when t.id is null then 'no longer in Aivo'
            when l.record_id is null then 'changed since, by hand'
            else 'changed since, by ' || l.name
          end as why
        from ${context.read.changes} x
        left join ${rosterColumns[kind].table} t on t.district_id = ${context.district} and t.id = x.record_id
        left join ${context.read.later} l on l.record_id = x.record_id
        where x.kind = '${kind}'
          and (t.id is null
            or x.did <> 'linked' and t.updated_at <> ${left}
            or l.record_id is not null)
      ) n
      where ${isOwn(context, "c")} and c.record_id = n.record_id`,
    );
  }
}

/** What the run brought and another integration has, too: it had it not, or not active, before. */
export async function leaveWhatOthersHave(context: UndoContext): Promise<void> {
  await execute(
    context,
    `update ${context.into.changes} c set why = n.name || ' has it, too'
    from (
      select o.record_id, min(i.name) as name, bool_or(o.rostered and i.state <> 'removed') as is_rostered
      from source_records o
      join integrations i on i.district_id = o.district_id and i.id = o.integration_id
      where o.district_id = ${context.district}
        and o.integration_id <> ${context.integration}
        and o.record_id in (select record_id from ${context.read.changes} x where did in ('created', 'reactivated'))
      group by o.record_id
    ) n
    where ${isOwn(context, "c")}
      and c.record_id = n.record_id
      and c.why is null
      and (c.did = 'created' or c.did = 'reactivated' and n.is_rostered)`,
  );
}

/** New accounts that somebody was given a password for, and those that an admin's decision names. */
export async function leaveWhatIsUsed(context: UndoContext): Promise<void> {
  await execute(
    context,
    `update ${context.into.changes} c set why = 'somebody can sign in with it'
    from accounts a
    where ${isOwn(context, "c")}
      and c.kind = 'account'
      and c.did = 'created'
      and c.why is null
      and a.district_id = ${context.district}
      and a.id = c.record_id
      and a.session_epoch > 0`,
  );
  await execute(
    context,
    `update ${context.into.changes} c set why = 'an admin has decided about it'
    from (
      select account_id from match_decisions d
      where d.district_id = ${context.district} and d.taken_back_at is null
      union
      select unnest(account_ids) from match_decisions d
      where d.district_id = ${context.district} and d.taken_back_at is null) d
    where ${isOwn(context, "c")} and c.did = 'created' and c.why is null and d.account_id = c.record_id`,
  );
}

/** New accounts that somebody wants kept (retention_holds), however they came. */
export async function leaveWhoIsHeld(context: UndoContext): Promise<void> {
  await execute(
    context,
    `update ${context.into.changes} c set why = 'it is held from erasure'
    from retention_holds h
    where ${isOwn(context, "c")}
      and c.kind = 'account'
      and c.did = 'created'
      and c.why is null
      and h.district_id = ${context.district}
      and h.account_id = c.record_id`,
  );
}

/** Of whom the mirror's row as it was has been emptied meanwhile (lib/services/retention/forget.ts). */
export async function leaveWhatIsNoLongerKept(context: UndoContext): Promise<void> {
  await execute(
    context,
    `update ${context.into.changes} c set why = 'what the SIS said of it before is no longer kept'
    from ${context.read.rows} r
    where ${isOwn(context, "c")} and r.before is null and r.leads_to = c.record_id and c.why is null`,
  );
}

/**
 * Records that the run changed nothing of but their link, which others have changed since, or which an earlier undo left
 * alone: their rows are left as well, and they are listed with the others.
 */
export async function leaveWhatRowsLeadTo(context: UndoContext): Promise<void> {
  const kinds = linkEntities.map((kind) => `when '${collectionOfLinkEntity[kind]}' then '${kind}'`).join(" ");
  const leftBefore = `(
      select distinct c.record_id
      from sync_runs u
      join run_changes c on c.district_id = u.district_id and c.run_id = u.id and c.action = 'left-alone'
      where u.district_id = ${context.district}
        and u.integration_id = ${context.integration}
        and u.state = 'succeeded'
        and u.kind = 'undo'
        and u.number > ${context.number})`;
  await execute(
    context,
    `update ${context.into.changes} c set why = 'left alone by an earlier undo'
    from ${leftBefore} b
    where ${isOwn(context, "c")} and c.record_id = b.record_id and c.why is null`,
  );
  await addTo(
    context,
    "changes",
    ["kind", "entity", "record_id", "external_id", "did", "why"],
    `with left_before as materialized ${leftBefore}
    select distinct on (each.record_id)
      each.kind,
      coalesce(a.role, nullif(each.kind, 'account'), 'learner'),
      each.record_id,
      each.external_id,
      'linked',
      each.why
    from (
      select
        case r.collection ${kinds} end as kind,
        coalesce(r.leads_to, r.led_to) as record_id,
        r.external_id,
        case
          when now_later.name is null and then_later.name is null then 'left alone by an earlier undo'
          else 'changed since, by ' || coalesce(now_later.name, then_later.name)
        end as why
      from ${context.read.rows} r
      left join ${context.read.later} now_later on r.has_link and now_later.record_id = r.leads_to
      left join ${context.read.later} then_later on r.has_link and then_later.record_id = r.led_to
      left join left_before now_left on now_left.record_id = r.leads_to
      left join left_before then_left on then_left.record_id = r.led_to
      where num_nonnulls(now_later.record_id, then_later.record_id, now_left.record_id, then_left.record_id) > 0
    ) each
    left join accounts a on each.kind = 'account' and a.district_id = ${context.district} and a.id = each.record_id
    left join ${context.read.changes} c on c.record_id = each.record_id
    where c.record_id is null`,
  );
}

/** Memberships that would be active again, whose person or classroom a sync has withdrawn since. */
export async function leaveMembershipsOfWhoLeft(context: UndoContext): Promise<void> {
  const comesBack = `(select record_id from ${context.read.changes} x where did = 'deactivated' and why is null)`;
  await execute(
    context,
    `update ${context.into.changes} c set why = 'its person or classroom was withdrawn since'
    from memberships m
    join classrooms room on room.district_id = ${context.district} and room.id = m.classroom_id
    join accounts person on person.district_id = ${context.district} and person.id = m.account_id
    where ${isOwn(context, "c")}
      and c.kind = 'membership'
      and c.did = 'deactivated'
      and c.why is null
      and m.district_id = ${context.district}
      and m.id = c.record_id
      and (room.status = 'deactivated' and room.id not in ${comesBack}
        or person.status = 'deactivated'
          and person.deactivated_by is distinct from 'admin'
          and person.id not in ${comesBack})`,
  );
}

/** Where an id led from one record to another, both are taken back or neither is. */
export async function leaveMovedLinks(context: UndoContext): Promise<number> {
  return execute(
    context,
    `with moved as materialized (
      select led_to as one, leads_to as other from ${context.read.rows} r where led_to <> leads_to
      union
      select leads_to, led_to from ${context.read.rows} r where led_to <> leads_to)
    update ${context.into.changes} c set why = 'its id in the SIS leads to a record that stays'
    from moved m
    join ${context.read.changes} other on other.record_id = m.other and other.why is not null
    where ${isOwn(context, "c")} and c.record_id = m.one and c.why is null`,
  );
}
