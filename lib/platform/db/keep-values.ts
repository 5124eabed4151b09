import { planAgain } from "./plan-again.ts";
import type { EditedEntity } from "./schema/edits.ts";
import { rosterColumns } from "./staging.ts";
import type { Tx } from "./tx.ts";

/** Columns of a record, as JSON has them. */
export type RecordColumns = Readonly<Record<string, unknown>>;

export interface ChangedColumns {
  /** By column what changed, as it was and as it is. */
  readonly before: RecordColumns;
  readonly after: RecordColumns;
}

const collectionOf = { account: "users", classroom: "classes" } as const;
const nothing: ChangedColumns = { before: {}, after: {} };

/**
 * Gives a record other values than its SIS does. Those of a record that a SIS has, or had, are kept against it until they are
 * released; to give a column what it would have without an edit is to release it. The caller has raised the roster's revision before.
 * Returns what changed of the roster; nothing where it has these values, or no such record.
 */
export async function keepValues(
  tx: Tx,
  entity: EditedEntity,
  recordId: string,
  values: RecordColumns,
  by: { readonly accountId: string | null; readonly at: Date },
): Promise<ChangedColumns> {
  const columns = columnsOf(entity, Object.keys(values));
  const before = await readColumns(tx, entity, recordId, columns);
  if (before === null || columns.length === 0) return nothing;
  await writeColumns(tx, entity, recordId, values, columns);
  const changed = differing(columns, before, (await readColumns(tx, entity, recordId, columns)) ?? {});
  await tx.sql`
    insert into kept_values (district_id, record_id, field, entity, value, sis_value, edited_by, edited_at)
    select ${tx.districtId}, ${recordId}, a.key, ${entity}, a.value, b.value, ${by.accountId}, ${by.at.toISOString()}
    from jsonb_each(${JSON.stringify(changed.after)}::jsonb) a
    join jsonb_each(${JSON.stringify(changed.before)}::jsonb) b using (key)
    where exists (
      select from source_records s
      where s.district_id = ${tx.districtId} and s.record_id = ${recordId} and s.collection = ${collectionOf[entity]})
    on conflict (district_id, record_id, field) do update set
      value = excluded.value, edited_by = excluded.edited_by, edited_at = excluded.edited_at`;
  await tx.sql`
    delete from kept_values
    where district_id = ${tx.districtId} and record_id = ${recordId} and value = sis_value
      and field = any(${Object.keys(changed.after)})`;
  await planAgainWith(tx, recordId, changed);
  return changed;
}

/**
 * Gives edited columns back to the SIS: the record has at once what it would have without the edit. Without `fields`, all of the
 * record's. The caller has raised the roster's revision before. Returns which edits there were, and what changed of the roster.
 */
export async function releaseValues(
  tx: Tx,
  entity: EditedEntity,
  recordId: string,
  fields: readonly string[] | null = null,
): Promise<ChangedColumns & { readonly released: readonly string[] }> {
  const edits = await tx.sql<{ field: string; sisValue: unknown }[]>`
    delete from kept_values
    where district_id = ${tx.districtId} and record_id = ${recordId} and entity = ${entity}
      ${fields === null ? tx.sql`` : tx.sql`and field = any(${[...fields]})`}
    returning field, sis_value as "sisValue"`;
  const columns = columnsOf(
    entity,
    edits.map(({ field }) => field),
  );
  if (columns.length === 0) return { ...nothing, released: [] };
  const before = (await readColumns(tx, entity, recordId, columns)) ?? {};
  const values = Object.fromEntries(edits.map(({ field, sisValue }) => [field, sisValue]));
  await writeColumns(tx, entity, recordId, values, columns);
  const changed = differing(columns, before, values);
  await planAgainWith(tx, recordId, changed);
  return { ...changed, released: columns };
}

/** Those that a sync compares and writes, and no other. */
function columnsOf(entity: EditedEntity, names: readonly string[]): string[] {
  return Object.keys(rosterColumns[entity].columns).filter((column) => names.includes(column));
}

async function readColumns(tx: Tx, entity: EditedEntity, recordId: string, columns: readonly string[]): Promise<RecordColumns | null> {
  const table = tx.sql(rosterColumns[entity].table);
  const [row] = await tx.sql<{ columns: RecordColumns }[]>`
    select (select jsonb_object_agg(key, value) from jsonb_each(to_jsonb(r)) where key = any(${[...columns]})) as columns
    from ${table} r where district_id = ${tx.districtId} and id = ${recordId}`;
  return row ? (row.columns ?? {}) : null;
}

async function writeColumns(
  tx: Tx,
  entity: EditedEntity,
  recordId: string,
  values: RecordColumns,
  columns: readonly string[],
): Promise<void> {
  const table = tx.sql(rosterColumns[entity].table);
  const set = tx.sql.unsafe(columns.map((column) => `${column} = v.${column}`).join(", "));
  await tx.sql`
    update ${table} r set ${set}, updated_at = now()
    from jsonb_populate_record(null::${table}, ${JSON.stringify(values)}::jsonb) v
    where r.district_id = ${tx.districtId} and r.id = ${recordId}`;
}

function differing(columns: readonly string[], before: RecordColumns, after: RecordColumns): ChangedColumns {
  const changed = columns.filter((column) => JSON.stringify(before[column]) !== JSON.stringify(after[column]));
  const of = (values: RecordColumns) => Object.fromEntries(changed.map((column) => [column, values[column] ?? null]));
  return { before: of(before), after: of(after) };
}

/** The record, and whoever has, or is said to have, an address or a number that it had or has now. */
async function planAgainWith(tx: Tx, recordId: string, { before, after }: ChangedColumns): Promise<void> {
  const of = (column: string) => [before[column], after[column]].filter((value) => typeof value === "string") as string[];
  const sharers = await tx.sql<{ id: string }[]>`
    select id from accounts where district_id = ${tx.districtId} and email = any(${of("email")})
    union
    select id from accounts where district_id = ${tx.districtId} and student_number = any(${of("student_number")})
    union
    select record_id from source_records where district_id = ${tx.districtId} and record_id is not null and email = any(${of("email")})
    union
    select record_id from source_records
    where district_id = ${tx.districtId} and record_id is not null and student_number = any(${of("student_number")})`;
  await planAgain(tx, [recordId, ...sharers.map(({ id }) => id)]);
}
