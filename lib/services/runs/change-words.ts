import type { Tx } from "#lib/platform/db/tx.ts";
import type { Entity } from "#lib/roster/canonical.ts";
import { createdColumns, findCreated } from "./created.ts";
import { type Columns, collectReferences, fieldLabel, fieldText, inOrder, plannedLabel } from "./fields.ts";
import type { ChangeAction } from "./filters-schema.ts";
import { findPlanned, type PlannedRecord } from "./planned.ts";
import { findRecords, type RecordTable } from "./records.ts";
import type { ChangeRow, FieldChange } from "./schema.ts";

export interface StoredChange {
  readonly seq: string;
  readonly entity: Entity;
  readonly action: ChangeAction;
  readonly recordId: string;
  readonly externalId: string | null;
  readonly reason: string;
  readonly before: Columns;
  readonly after: Columns;
}

/** A run as its changes need it. */
export interface ChangedRun {
  readonly id: string;
  /** It waits for an admin: what it would create is known to its plan alone. */
  readonly hasPlan: boolean;
}

const tableOf: Record<Entity, RecordTable> = {
  school: "schools",
  term: "terms",
  course: "courses",
  classroom: "classrooms",
  teacher: "accounts",
  learner: "accounts",
  membership: "memberships",
};

type Ids = Record<RecordTable, Set<string>>;
const noIds = (): Ids => ({
  schools: new Set(),
  terms: new Set(),
  courses: new Set(),
  classrooms: new Set(),
  accounts: new Set(),
  memberships: new Set(),
});

/** Puts stored changes into words: names for ids, an admin's names for fields, and what a plan alone knows. */
export async function inWords(tx: Tx, run: ChangedRun, rows: readonly StoredChange[]): Promise<ChangeRow[]> {
  const created = noIds();
  const ids = noIds();
  for (const row of rows) {
    if (row.action === "created" && (run.hasPlan || row.after === null)) created[tableOf[row.entity]].add(row.recordId);
    if (row.action !== "created" || !run.hasPlan) ids[tableOf[row.entity]].add(row.recordId);
    collectReferences(row.before, ids);
    collectReferences(row.after, ids);
  }
  const planned = run.hasPlan ? await findPlanned(tx, run.id, lists(created)) : new Map<string, PlannedRecord>();
  const values = run.hasPlan ? new Map<string, Columns>() : await findCreated(tx, lists(created));
  const shown = rows.map(({ recordId, entity }) => createdColumns(tableOf[entity], values.get(recordId) ?? null));
  for (const record of planned.values()) collectReferences(record.columns, ids);
  for (const columns of shown) collectReferences(columns, ids);
  const records = await findRecords(tx, ids);
  if (run.hasPlan) {
    const missing = Object.fromEntries(
      Object.entries(ids).map(([table, wanted]) => [table, [...wanted].filter((id) => !records.has(id) && !planned.has(id))]),
    );
    for (const [id, record] of await findPlanned(tx, run.id, missing)) planned.set(id, record);
  }
  const nameOf = (id: string): string | undefined =>
    records.get(id)?.label ?? plannedLabel(planned.get(id)?.columns ?? null, nameOf) ?? undefined;

  return rows.map((row) => {
    const isCreated = row.action === "created";
    const known = row.after ?? planned.get(row.recordId)?.columns ?? values.get(row.recordId) ?? null;
    const after = isCreated ? createdColumns(tableOf[row.entity], known) : row.after;
    return {
      seq: Number(row.seq),
      entity: row.entity,
      action: row.action,
      recordId: row.recordId,
      label: nameOf(row.recordId) ?? plannedLabel(row.after ?? row.before, nameOf) ?? row.externalId ?? "A record no longer in Aivo",
      record: records.get(row.recordId) ?? null,
      externalId: row.externalId,
      reason: row.reason,
      fields: fieldChanges(row.before, after, nameOf),
      isNoLongerKept: isCreated && after === null,
    };
  });
}

function fieldChanges(before: Columns, after: Columns, nameOf: (id: string) => string | undefined): FieldChange[] {
  return inOrder([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])
    .map((column) => ({
      field: fieldLabel(column),
      before: fieldText(column, before?.[column], nameOf),
      after: fieldText(column, after?.[column], nameOf),
    }))
    .filter((field) => field.before !== field.after);
}

const lists = (ids: Ids) => Object.fromEntries(Object.entries(ids).map(([table, wanted]) => [table, [...wanted]]));
