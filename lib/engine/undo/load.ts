import { isTakenBack } from "#lib/platform/db/taken-back.ts";
import { isOurs, makeTable, type UndoContext, uuid } from "./context.ts";

/** As which kind of record something counts, of an entity that changes are recorded under. */
const kindOf = "case when entity in ('teacher', 'learner', 'admin') then 'account' else entity end";
const noWhy = "null::text";

/** What the run did, once for each record, whatever the number of ids that led to it. */
export async function loadChanges(context: UndoContext): Promise<number> {
  const ofRun = `from run_changes where district_id = ${context.district} and run_id = ${context.run}`;
  // Values of one record were compared with the same row before the run, so of several the same is said.
  const merged = (column: string) => `case cardinality(${column})
        when 1 then ${column}[1]
        else (
          select jsonb_object_agg(value.key, value.value)
          from unnest(${column}) each
          cross join jsonb_each(each) value)
      end`;
  return makeTable(
    context,
    "changes",
    `select ${kindOf} as kind, entity, record_id, external_id, action as did,
      null::jsonb as before, after, null::jsonb as lifecycle, ${noWhy} as why
    ${ofRun} and action = 'created'
    union all
    select ${kindOf}, entity, record_id, external_id,
      case
        when 'deactivated' = any(actions) then 'deactivated'
        when 'reactivated' = any(actions) then 'reactivated'
        when 'updated' = any(actions) then 'updated'
        else 'linked'
      end,
      ${merged("befores")},
      ${merged("afters")},
      lifecycles[1],
      ${noWhy}
    from (
      select
        min(entity) as entity,
        record_id,
        min(external_id) as external_id,
        array_agg(action) as actions,
        array_agg(before) as befores,
        array_agg(after) as afters,
        array_agg(lifecycle) filter (where lifecycle is not null) as lifecycles
      ${ofRun} and action <> 'created'
      group by record_id
    ) each`,
  );
}

const link = "array['link-made', 'link-moved', 'link-revived', 'link-ended']";

/**
 * The rows of the mirror that were there before, as they were; of several runs that changed one, what the first found.
 * `was_new`: the runs themselves had made it.
 */
export async function loadRows(context: UndoContext, isSeveral: boolean): Promise<number> {
  const kept = `from source_record_changes c where c.district_id = ${context.district} and c.run_id in ${context.runs}`;
  const one = `
      select collection, external_id, before, 'gone' = any(changes) as is_whole,
        changes && ${link} as has_link ${kept}`;
  const merged = `
      select
        collection,
        external_id,
        case when bool_and(before is not null) then (
          select jsonb_object_agg(value.key, value.value order by each.nr)
          from unnest(array_agg(before order by run_id desc)) with ordinality each (before, nr)
          cross join jsonb_each(each.before) value)
        end as before,
        bool_or('gone' = any(changes)) as is_whole,
        bool_or(changes && ${link}) as has_link
      ${kept}
      group by collection, external_id`;
  return makeTable(
    context,
    "rows",
    `select
      k.collection,
      k.external_id,
      k.before,
      k.is_whole,
      k.has_link,
      m.record_id as leads_to,
      case
        when k.is_whole or k.before ? 'record_id' then (k.before ->> 'record_id')::uuid
        else m.record_id
      end as led_to,
      coalesce((k.before ->> 'run_id')::uuid, m.run_id) in ${context.runs} as was_new,
      false as is_left
    from (${isSeveral ? merged : one}) k
    left join source_records m
      on ${isOurs(context, "m")}
      and m.collection = k.collection
      and m.external_id = k.external_id`,
  );
}

/**
 * Of the records in question, those that other integrations' runs have changed since: told by the roster's revision, not by
 * time. What those runs are is asked first, so that only their changes are looked at.
 */
export async function loadLater(context: UndoContext): Promise<void> {
  const later = await findLater(context);
  const byIs = (isBack: boolean) => later.filter((run) => run.isBack === isBack).map(({ id }) => uuid(id));
  const [forward, back] = [byIs(false), byIs(true)];
  const among = (ids: readonly string[]) => (ids.length === 0 ? "false" : `c.run_id in (${ids.join(", ")})`);
  const names = later.map(({ id, name, place }) => `(${uuid(id)}, '${name.replaceAll("'", "''")}', ${place})`);
  if (later.length === 0) {
    await makeTable(context, "later", "select null::uuid as record_id, null::text as name where false");
    return;
  }
  const { changes, rows } = context.read;
  await makeTable(
    context,
    "later",
    `with asked as materialized (
      select record_id from ${changes} c
      union
      select leads_to from ${rows} r where has_link
      union
      select led_to from ${rows} r where has_link),
    changed as (
      select c.record_id, c.run_id
      from run_changes c
      where c.district_id = ${context.district}
        and (${among(forward)} and c.action not in ('linked', 'unlinked')
          or ${among(back)} and c.action = 'left-alone')
      union all
      select c.record_id, c.run_id
      from source_record_changes c
      where c.district_id = ${context.district}
        and ${among(forward)}
        and c.changes && array['link-ended', 'link-moved'])
    select distinct on (c.record_id) c.record_id, run.name
    from changed c
    join asked a on a.record_id = c.record_id
    join (values ${names.join(", ")}) run (id, name, place) on run.id = c.run_id
    order by c.record_id, run.place desc`,
  );
}

interface LaterRun {
  readonly id: string;
  readonly name: string;
  readonly place: number;
  /** An undo of a run that came after this one: what it brought back is what this run had left. */
  readonly isBack: boolean;
}

function findLater(context: UndoContext): Promise<readonly LaterRun[]> {
  const revision = `(select roster_revision from sync_runs where district_id = ${context.district} and id = ${context.run})`;
  return context.sql.unsafe<LaterRun[]>(
    `select
      r.id,
      case r.kind when 'undo' then 'Undo ' else 'Sync ' end || r.number || ' of ' || i.name as name,
      (row_number() over (order by r.roster_revision))::int as place,
      coalesce(undone.roster_revision > ${revision}, false) as "isBack"
    from sync_runs r
    join integrations i on i.district_id = r.district_id and i.id = r.integration_id
    left join sync_runs undone on undone.district_id = r.district_id and undone.id = r.undo_of
    where r.district_id = ${context.district}
      and r.integration_id <> ${context.integration}
      and r.state = 'succeeded'
      and r.roster_revision > ${revision}
      and not ${isTakenBack("r")}`,
  );
}
