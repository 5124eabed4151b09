import { execute, isOurs, leftAlone, type UndoContext, uuid } from "#lib/engine/undo/context.ts";
import { collectionOf } from "#lib/platform/db/collection-of.ts";

/**
 * What the runs withheld waits no longer. What an admin had approved of what waited, and is taken back, waits again: nothing would ask about
 * it, and the next sync would do it again, with nobody's approval. Asked once the mirror is as it was, and what the runs did to its links is
 * still there.
 */
export async function restoreWithheld(context: UndoContext, undoId: string): Promise<void> {
  // What is left alone keeps what waits of it.
  const left = leftAlone(context);
  await execute(
    context,
    `delete from withheld_records w
    where ${isOurs(context, "w")} and w.opened_run_id in ${context.runs} and w.record_id not in ${left}`,
  );
  await forgetWhatIsSaidNoMore(context);
  if (!(await isOfWhatWaited(context))) return;
  await execute(
    context,
    `insert into withheld_records (district_id, integration_id, entity, external_id, field, record_id, cause, follows,
      opened_run_id)
    with ended as (
      select x.entity, m.external_id, m.record_id
      from source_record_changes c
      join source_records m
        on ${isOurs(context, "m")} and m.collection = c.collection and m.external_id = c.external_id
      join (values ('school'), ('term'), ('course'), ('classroom'), ('account'), ('membership')) x (entity)
        on ${collectionOf("x.entity")} = m.collection
      where c.district_id = ${context.district}
        and c.run_id = ${context.run}
        and 'link-ended' = any(c.changes)
        and m.rostered
        and m.record_id not in ${left})
    select ${context.district}, ${context.integration}, w.entity, w.external_id, w.field, w.record_id, 'taken-back',
      w.follows,
      ${uuid(undoId)}
    from (
      select e.entity, e.external_id, '' as field, e.record_id, (
        select o.record_id
        from memberships b
        join ended o on o.entity in ('account', 'classroom') and o.record_id in (b.account_id, b.classroom_id)
        where e.entity = 'membership' and b.district_id = ${context.district} and b.id = e.record_id
        limit 1) as follows
      from ended e
      union all
      select c.kind, c.external_id, value.key, c.record_id, null::uuid
      from ${context.read.changes} c
      cross join lateral jsonb_object_keys(c.before) value (key)
      where c.did = 'updated' and c.why is null) w
    on conflict do nothing`,
  );
}

/** What waits again since a later approval was taken back, and did not wait yet before these runs: by the mirror, the SIS had not said it. */
async function forgetWhatIsSaidNoMore(context: UndoContext): Promise<void> {
  await execute(
    context,
    `delete from withheld_records w
    where ${isOurs(context, "w")}
      and w.cause = 'taken-back'
      and w.record_id not in ${leftAlone(context)}
      and w.opened_run_id in (
        select id from sync_runs s where ${isOurs(context, "s")} and s.number > ${context.number})
      and (not exists (
          select from source_records m
          where ${isOurs(context, "m")}
            and m.collection = ${collectionOf("w.entity")}
            and m.external_id = w.external_id
            and m.rostered
            and (w.field <> '' or m.missing_since is not null or m.fate = 'out-of-scope'))
        or exists (
          select from ${context.read.rows} r
          where r.collection = ${collectionOf("w.entity")}
            and r.external_id = w.external_id
            and r.before ? regexp_replace(w.field, '_(ids?)$', '_external_\\1')))`,
  );
}

/** Whether the run applied what an admin had approved of what waited. */
async function isOfWhatWaited(context: UndoContext): Promise<boolean> {
  const [run] = await context.sql.unsafe(`
    select from sync_runs
    where district_id = ${context.district} and id = ${context.run} and kind = 'approval' and plan_run_id is null`);
  return run !== undefined;
}
