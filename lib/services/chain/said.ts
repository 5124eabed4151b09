import type { Tx } from "#lib/platform/db/tx.ts";
import { sortGrades } from "#lib/roster/grade.ts";
import { fieldTitle } from "#lib/services/integrations/order-schema.ts";
import { type ColumnOrder, fieldOrdersOf } from "#lib/services/origins/field-orders.ts";
import { type Columns, collectReferences, fieldLabel, fieldText } from "#lib/services/runs/fields.ts";
import { findRecords, type RecordTable } from "#lib/services/runs/records.ts";
import type { Said, SaidField, SideBySide } from "./schema.ts";

export type SaidEntity = "account" | "classroom" | "school";

interface Compared {
  readonly table: "accounts" | "classrooms" | "schools";
  readonly collection: "users" | "classes" | "orgs";
  /** Columns in the order in which they are shown. Those in brackets of `quiet` are left away where nobody has a value. */
  readonly columns: readonly string[];
  readonly quiet: readonly string[];
}

const compared: Readonly<Record<SaidEntity, Compared>> = {
  account: {
    table: "accounts",
    collection: "users",
    columns: ["given_name", "middle_name", "family_name", "grade", "school_ids", "email", "student_number", "username"],
    quiet: ["middle_name", "username"],
  },
  classroom: {
    table: "classrooms",
    collection: "classes",
    columns: ["name", "school_id", "course_id", "periods", "term_ids", "subjects", "grades", "code", "class_type"],
    quiet: ["subjects", "grades", "code"],
  },
  school: { table: "schools", collection: "orgs", columns: ["name", "number", "grades"], quiet: [] },
};
const learnersAlone = new Set(["grade", "student_number"]);

/** Columns that name other records: where the mirror has the SIS's ids of them, and in which list these stand. */
const references: Readonly<Record<string, { readonly mirror: string; readonly collection: string }>> = {
  school_ids: { mirror: "school_external_ids", collection: "orgs" },
  school_id: { mirror: "school_external_id", collection: "orgs" },
  course_id: { mirror: "course_external_id", collection: "courses" },
  term_ids: { mirror: "term_external_ids", collection: "academicSessions" },
};

interface SaidRow {
  readonly integrationId: string;
  readonly externalId: string;
  readonly said: Readonly<Record<string, unknown>>;
  readonly carried: readonly string[] | null;
}

/** An integration as its column of the table needs it, in the order of who decides. */
export interface Sayer {
  readonly integrationId: string;
  readonly integrationName: string;
  readonly externalId: string;
  /** It says nothing of the record any more, and why. */
  readonly note: string | null;
  /** Whether it may decide: it lists the record, and is in use. */
  readonly mayDecide: boolean;
}

/** What Aivo has of a record beside what each integration's SIS says of it, field by field. One query for all integrations, two for names. */
export async function sideBySide(
  tx: Tx,
  entity: SaidEntity,
  recordId: string,
  sayers: readonly Sayer[],
  isTeacher = false,
): Promise<SideBySide> {
  const { table, collection, columns, quiet } = compared[entity];
  const [record] = await tx.sql<{ columns: Readonly<Record<string, unknown>> }[]>`
    select to_jsonb(t) as columns from ${tx.sql(table)} t where t.district_id = ${tx.districtId} and t.id = ${recordId}`;
  const rows = await tx.sql<SaidRow[]>`
    select m.integration_id as "integrationId", m.external_id as "externalId", to_jsonb(m) as said, n.carried -> ${collection} as carried
    from source_records m join integrations n on n.district_id = ${tx.districtId} and n.id = m.integration_id
    where m.district_id = ${tx.districtId} and m.record_id = ${recordId} and m.collection = ${collection}`;
  const orders = await fieldOrdersOf(tx, entity);
  const inAivo = record?.columns ?? {};
  const rowOf = ({ integrationId, externalId }: Sayer) =>
    rows.find((row) => row.integrationId === integrationId && row.externalId === externalId);
  const meant = await meantIds(tx, rows, columns);
  const shown = columns.filter((column) => !(isTeacher && learnersAlone.has(column)));
  const values = sayers.map((sayer) => {
    const row = sayer.note === null ? rowOf(sayer) : undefined;
    return (column: string) => (row === undefined ? undefined : valueIn(row, column, meant));
  });
  const nameOf = await namesOf(tx, [inAivo, ...shown.flatMap((column) => values.map((of) => ({ [column]: of(column)?.value })))]);
  const fields = shown.map((column): SaidField => {
    const own = plain(column, inAivo[column]);
    return {
      field: column,
      label: labelOf(column, own),
      inAivo: fieldText(column, own, nameOf),
      decidedBy: whoDecides(orders.get(column), sayers),
      said: values.map((of) => said(column, own, of(column), nameOf)),
    };
  });
  return {
    integrations: sayers.map(({ integrationId, integrationName, externalId, note }) => ({
      id: integrationId,
      name: integrationName,
      externalId,
      note,
    })),
    decides: sayers.find(({ mayDecide }) => mayDecide)?.integrationName ?? null,
    fields: fields.filter(
      ({ field, inAivo: own, said: all }) => !quiet.includes(field) || own !== null || all.some(({ kind }) => kind === "differs"),
    ),
  };
}

/** "Second SIS, first for email": of a field with an order of its own, the first that has the record and tells the field. */
function whoDecides(order: ColumnOrder | undefined, sayers: readonly Sayer[]): string | null {
  if (order === undefined) return null;
  const { field, integrations } = order;
  for (const [index, { id, tells }] of integrations.entries()) {
    const sayer = sayers.find(({ integrationId, mayDecide }) => mayDecide && integrationId === id);
    if (sayer && tells) return `${sayer.integrationName}, ${index === 0 ? "first" : "next"} for ${fieldTitle(field).toLowerCase()}`;
  }
  return null;
}

interface Value {
  readonly value: unknown;
  readonly isCarried: boolean;
  readonly isUnreadable: boolean;
}

function valueIn({ said: row, carried }: SaidRow, column: string, meant: ReadonlyMap<string, string>): Value {
  const reference = references[column];
  const raw = row[reference?.mirror ?? column];
  const one = (id: unknown) => meant.get(`${row.integration_id} ${reference?.collection} ${id}`) ?? `?${id}`;
  const value = reference === undefined ? raw : Array.isArray(raw) ? raw.map(one) : raw === null ? null : one(raw);
  const unreadable = row.unreadable;
  return {
    value: plain(column, value),
    isCarried: carried?.includes(column) ?? false,
    isUnreadable: Array.isArray(unreadable) && unreadable.includes(column),
  };
}

/** Lists without an order of their own are compared in one. */
function plain(column: string, value: unknown): unknown {
  if (column === "grades" && Array.isArray(value)) return sortGrades(value.map(String));
  return column.endsWith("_ids") && Array.isArray(value) ? [...value].sort() : value;
}

const isBlank = (value: unknown) => value === null || value === undefined || value === "" || (Array.isArray(value) && value.length === 0);

function said(column: string, own: unknown, value: Value | undefined, nameOf: (id: string) => string | undefined): Said {
  if (value === undefined) return { kind: "unsaid" };
  if (value.isUnreadable) return { kind: "unreadable" };
  if (isBlank(value.value)) return !value.isCarried ? { kind: "unsaid" } : isBlank(own) ? { kind: "same" } : { kind: "blank" };
  if (JSON.stringify(value.value) === JSON.stringify(own)) return { kind: "same" };
  return { kind: "differs", value: fieldText(column, value.value, (id) => nameOf(id) ?? id.replace(/^\?/, "")) ?? "" };
}

/** By `integration collection id`, the record in Aivo that an id of the SIS leads to. */
async function meantIds(tx: Tx, rows: readonly SaidRow[], columns: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const asked = rows.flatMap(({ integrationId, said: row }) =>
    columns.flatMap((column) => {
      const reference = references[column];
      return reference === undefined
        ? []
        : [row[reference.mirror]]
            .flat()
            .flatMap((id) => (typeof id === "string" ? [{ integrationId, id, collection: reference.collection }] : []));
    }),
  );
  if (asked.length === 0) return new Map();
  const found = await tx.sql<{ integrationId: string; collection: string; externalId: string; recordId: string }[]>`
    select m.integration_id as "integrationId", m.collection, m.external_id as "externalId", m.record_id as "recordId"
    from unnest(${asked.map((one) => one.integrationId)}::uuid[], ${asked.map((one) => one.collection)}::text[], ${asked.map((one) => one.id)}::text[])
      as a (integration_id, collection, external_id)
    join source_records m
      on m.district_id = ${tx.districtId} and m.external_id = a.external_id and m.collection = a.collection
        and m.integration_id = a.integration_id and m.record_id is not null`;
  return new Map(found.map((one) => [`${one.integrationId} ${one.collection} ${one.externalId}`, one.recordId]));
}

async function namesOf(tx: Tx, columns: readonly Columns[]): Promise<(id: string) => string | undefined> {
  const ids: Record<Exclude<RecordTable, "memberships">, Set<string>> = {
    schools: new Set(),
    terms: new Set(),
    courses: new Set(),
    classrooms: new Set(),
    accounts: new Set(),
  };
  for (const one of columns) collectReferences(one, ids);
  const wanted = Object.fromEntries(Object.entries(ids).map(([table, all]) => [table, [...all].filter((id) => !id.startsWith("?"))]));
  const records = await findRecords(tx, wanted);
  return (id) => records.get(id)?.label;
}

/** "School" where there is one, "Schools" where there are several. */
function labelOf(column: string, own: unknown): string {
  if (column === "student_number") return "Number";
  const label = fieldLabel(column);
  return Array.isArray(own) && own.length < 2 && label !== "Subjects" ? label.replace(/s$/, "") : label;
}
