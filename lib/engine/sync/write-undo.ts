import { getTableColumns } from "drizzle-orm";
import { execute, isOurs, leftAlone, type UndoContext } from "#lib/engine/undo/context.ts";
import { sourceRecords } from "#lib/platform/db/schema/source-records.ts";
import { keepsWhoDeactivated, rosterColumns } from "#lib/platform/db/staging.ts";
import { type LinkEntity, linkEntities } from "#lib/roster/canonical.ts";
import { isRosterShared } from "./plan-context.ts";
import { restoreWithheld } from "./wait-again.ts";

/**
 * Brings roster and mirror back to what they were, but for what is left alone. Other integrations are told what of theirs
 * that changes, as by a sync.
 */
export async function writeUndo(
  context: UndoContext,
  undoId: string,
  onEntity: (entity: LinkEntity, within: number) => void,
): Promise<void> {
  if (await isRosterShared(context)) await markStale(context);
  await restoreMirror(context, undoId);
  await restoreWhatEditsStandFor(context);
  for (const [index, entity] of linkEntities.entries()) {
    onEntity(entity, 0.3 + (0.4 * index) / linkEntities.length);
    await restoreRecords(context, entity);
    await removeRecords(context, entity);
  }
}

async function markStale(context: UndoContext): Promise<void> {
  await execute(
    context,
    `update source_records m set stale = true
    where m.district_id = ${context.district}
      and m.integration_id <> ${context.integration}
      and m.rostered
      and not m.stale
      and m.fate in ('rostered', 'waiting', 'withheld')
      and m.record_id in (
        select record_id from ${context.read.changes} c where why is null
        union
        select leads_to from ${context.read.rows} r where has_link and not is_left
        union
        select led_to from ${context.read.rows} r where has_link and not is_left)`,
  );
}

const keys = ["district_id", "integration_id", "collection", "external_id"];
const columns = Object.values(getTableColumns(sourceRecords))
  .map(({ name }) => name)
  .filter((name) => !keys.includes(name));

/** Rows that the runs made go, rows that they changed are as before, and rows that they took away are there again. */
async function restoreMirror(context: UndoContext, undoId: string): Promise<void> {
  const { rows } = context.read;
  await execute(
    context,
    `delete from source_records m
    where ${isOurs(context, "m")}
      and m.run_id in ${context.runs}
      and (m.record_id is null or m.record_id not in ${leftAlone(context)})
      and not exists (
        select from ${rows} r
        where r.collection = m.collection and r.external_id = m.external_id)`,
  );
  await execute(
    context,
    `delete from source_records m
    using ${rows} r
    where ${isOurs(context, "m")}
      and m.collection = r.collection
      and m.external_id = r.external_id
      and (r.was_new or r.is_whole)
      and not r.is_left`,
  );
  await execute(
    context,
    `update source_records m set ${columns.map((column) => `${column} = b.${column}`).join(", ")}
    from (
      select before.*
      from ${rows} r
      join source_records o
        on ${isOurs(context, "o")}
        and o.collection = r.collection
        and o.external_id = r.external_id
      cross join lateral jsonb_populate_record(o, r.before) before
      where not r.was_new and not r.is_whole and not r.is_left
    ) b
    where ${isOurs(context, "m")}
      and m.collection = b.collection
      and m.external_id = b.external_id`,
  );
  await execute(
    context,
    `insert into source_records (${keys.join(", ")}, ${columns.join(", ")})
    select ${context.district}, ${context.integration}, r.collection, r.external_id,
      ${columns.map((column) => `before.${column}`).join(", ")}
    from ${rows} r
    cross join lateral jsonb_populate_record(null::source_records, r.before) before
    where r.is_whole and not r.was_new and not r.is_left`,
  );
  await restoreWithheld(context, undoId);
  // Nobody takes these runs back again, and retention does not look for what the SIS said of people who are gone.
  await execute(context, `delete from source_record_changes where district_id = ${context.district} and run_id in ${context.runs}`);
}

/** Each column that the run changed, the status, and when and by whom the record had been changed before. */
async function restoreRecords(context: UndoContext, entity: LinkEntity): Promise<void> {
  const { table, columns: values } = rosterColumns[entity];
  const by = keepsWhoDeactivated(entity) ? ", deactivated_by = b.lifecycle ->> 'deactivated_by'" : "";
  await execute(
    context,
    `update ${table} t set
      ${[...Object.keys(values), "status"].map((column) => `${column} = b.${column}`).join(", ")},
      updated_at = b.updated_before,
      deactivated_at = b.deactivated_before${by}
    from (
      select
        before.*,
        c.lifecycle,
        (c.lifecycle ->> 'updated_at')::timestamptz as updated_before,
        (c.lifecycle ->> 'deactivated_at')::timestamptz as deactivated_before
      from ${context.read.changes} c
      join ${table} o on o.district_id = ${context.district} and o.id = c.record_id
      cross join lateral jsonb_populate_record(o, c.before) before
      where c.kind = '${entity}'
        and c.did in ('updated', 'deactivated', 'reactivated')
        and c.why is null
    ) b
    where t.district_id = ${context.district} and t.id = b.id`,
  );
}

/**
 * What columns that an admin edited would have without the edit, as it was before these runs said otherwise; their
 * history says that as well.
 */
async function restoreWhatEditsStandFor(context: UndoContext): Promise<void> {
  const said = `record_edits e where e.district_id = ${context.district} and e.action = 'said' and e.run_id in ${context.runs}`;
  await execute(
    context,
    `update kept_values k set sis_value = b.value
    from (
      select distinct on (e.record_id, v.key) e.record_id, v.key as field, v.value
      from (select * from ${said}) e
      cross join lateral jsonb_each(e.before) v
      order by e.record_id, v.key, e.seq) b
    where k.district_id = ${context.district}
      and k.record_id = b.record_id
      and k.field = b.field
      and k.record_id not in ${leftAlone(context)}`,
  );
}

async function removeRecords(context: UndoContext, entity: LinkEntity): Promise<void> {
  await execute(
    context,
    `delete from ${rosterColumns[entity].table} t
    using ${context.read.changes} c
    where t.district_id = ${context.district}
      and t.id = c.record_id
      and c.kind = '${entity}'
      and c.did = 'created'
      and c.why is null`,
  );
}
