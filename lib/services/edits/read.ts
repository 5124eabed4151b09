import type { DistrictScope } from "#lib/platform/access.ts";
import { appendAudit } from "#lib/platform/audit.ts";
import { precedence } from "#lib/platform/db/precedence.ts";
import { editedEntities } from "#lib/platform/db/schema/edits.ts";
import { type Tx, withDistrict } from "#lib/platform/db/tx.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import { isUuid } from "#lib/platform/uuid.ts";
import { orderedFieldsOf } from "#lib/roster/ordered-fields.ts";
import type { Page } from "#lib/services/people/schema.ts";
import { type Columns, collectReferences, fieldLabel, fieldText, inOrder } from "#lib/services/runs/fields.ts";
import { findRecords, type RecordTable } from "#lib/services/runs/records.ts";
import type { Services } from "#lib/services/services.ts";
import {
  type EditedEntity,
  type EditRow,
  type EditsFilter,
  editsPageSize,
  type HistoryEntry,
  type KeptEdit,
  type RecordEdits,
} from "./schema.ts";
import { sisStatusOf } from "./sis-status.ts";

type Opened = Pick<Services, "db">;

interface StoredEdit {
  readonly recordId: string;
  readonly field: string;
  readonly value: unknown;
  readonly sisValue: unknown;
  readonly editedBy: string | null;
  readonly editedAt: Date | null;
}

/**
 * Every value that an admin decided against a SIS, as SQL: edited columns, and the status of those whom an admin deactivated or archived,
 * or brought back although their SIS has them no longer. `only`: of this record.
 */
function keptEdits(tx: Tx, only: { readonly entity: EditedEntity; readonly id: string } | null = null) {
  const isIt = (column: "record_id" | "id") => (only === null ? tx.sql`` : tx.sql`and ${tx.sql(column)} = ${only.id}`);
  const lastBy = (order: "action" | "actor_id" | "at") => tx.sql`
    (select ${tx.sql(order)} from record_edits e
    where e.district_id = ${tx.districtId} and e.record_id = r.id
      and e.action in ('deactivated', 'reactivated', 'archived', 'restored', 'status-released')
    order by seq desc limit 1)`;
  const statuses = (entity: EditedEntity) => tx.sql`
    select id as record_id, ${entity} as entity, 'status' as field, to_jsonb(status) as value, to_jsonb(sis_status) as sis_value,
      edited_by, edited_at
    from (
      select r.id, r.status, r.deactivated_by, ${sisStatusOf(tx, entity, tx.sql`r.id`)} as sis_status,
        ${lastBy("action")} as action, ${lastBy("actor_id")} as edited_by, ${lastBy("at")} as edited_at
      from ${tx.sql(entity === "account" ? "accounts" : "classrooms")} r
      where r.district_id = ${tx.districtId} ${isIt("id")}
        and (r.deactivated_by = 'admin'
          or r.status = 'active' and r.id in (
            select record_id from record_edits
            where district_id = ${tx.districtId} and action in ('reactivated', 'restored')))) s
    where sis_status is not null
      and (deactivated_by = 'admin' or sis_status = 'deactivated' and action in ('reactivated', 'restored'))`;
  return tx.sql`(
    select record_id, entity, field, value, sis_value, edited_by, edited_at from kept_values
    where district_id = ${tx.districtId} ${isIt("record_id")}
    ${editedEntities.filter((entity) => only === null || only.entity === entity).map((entity) => tx.sql`union all ${statuses(entity)}`)})`;
}

/**
 * What admins decided about one person or classroom, and the history of that.
 * @throws ServiceError `not-found`
 */
export function getRecordEdits(
  services: Opened,
  scope: DistrictScope<"read-roster">,
  entity: EditedEntity,
  id: string,
): Promise<RecordEdits> {
  if (!isUuid(id)) throw new ServiceError("not-found", "There is no such record.");
  return withDistrict(services.db, scope, async (tx) => {
    const [facts] = await tx.sql<{ sisStatus: RecordEdits["sisStatus"] }[]>`
      select ${sisStatusOf(tx, entity, tx.sql`${id}::uuid`)} as "sisStatus"`;
    const stored = await tx.sql<StoredEdit[]>`
      select record_id as "recordId", field, value, sis_value as "sisValue", edited_by as "editedBy", edited_at as "editedAt"
      from ${keptEdits(tx, { entity, id })} k order by field`;
    const sisStatus = facts?.sisStatus ?? null;
    return { isFromSis: sisStatus !== null, sisStatus, edits: await inWords(tx, stored), history: await historyOf(tx, id) };
  });
}

async function inWords(tx: Tx, stored: readonly StoredEdit[]): Promise<KeptEdit[]> {
  const nameOf = await namesFor(
    tx,
    stored.flatMap(({ field, value, sisValue }) => [{ [field]: value }, { [field]: sisValue }]),
    stored.map(({ editedBy }) => editedBy),
  );
  const place = inOrder(stored.map(({ field }) => field));
  return stored
    .map(({ field, value, sisValue, editedBy, editedAt }) => ({
      field,
      label: fieldLabel(field),
      value: fieldText(field, value, nameOf),
      sisValue: fieldText(field, sisValue, nameOf),
      isSame: JSON.stringify(value) === JSON.stringify(sisValue),
      editedBy: editedBy === null ? null : (nameOf(editedBy) ?? null),
      editedAt: editedAt === null ? null : new Date(editedAt).toISOString(),
    }))
    .sort((a, b) => place.indexOf(a.field) - place.indexOf(b.field));
}

const mostOfHistory = 100;

async function historyOf(tx: Tx, id: string): Promise<HistoryEntry[]> {
  const rows = await tx.sql<
    {
      seq: string;
      action: string;
      at: Date;
      reason: string | null;
      actorKind: string;
      actorId: string | null;
      runId: string | null;
      integrationId: string | null;
      before: Columns;
      after: Columns;
    }[]
  >`
    select e.seq, e.action, e.at, e.reason, e.actor_kind as "actorKind", e.actor_id as "actorId", e.run_id as "runId",
      r.integration_id as "integrationId", e.before, e.after
    from record_edits e
    left join sync_runs r on r.district_id = e.district_id and r.id = e.run_id
    where e.district_id = ${tx.districtId} and e.record_id = ${id}
    order by e.seq desc limit ${mostOfHistory}`;
  const nameOf = await namesFor(
    tx,
    rows.flatMap(({ before, after }) => [before, after]),
    rows.map(({ actorId }) => actorId),
  );
  return rows.map(({ seq, action, at, reason, actorKind, actorId, runId, integrationId, before, after }) => ({
    seq: Number(seq),
    action,
    at: new Date(at).toISOString(),
    actor: actorKind === "account" ? (nameOf(actorId ?? "") ?? "An account that was removed") : (actorWords[actorKind] ?? actorKind),
    reason,
    runId,
    integrationId,
    fields: inOrder([...Object.keys(before ?? {}), ...Object.keys(after ?? {})]).map((field) => ({
      field: fieldLabel(field),
      before: fieldText(field, before?.[field], nameOf),
      after: fieldText(field, after?.[field], nameOf),
    })),
  }));
}

const actorWords: Readonly<Record<string, string>> = { operator: "Operator (command line)", worker: "A sync" };

async function namesFor(
  tx: Tx,
  columns: readonly Columns[],
  accounts: readonly (string | null)[],
): Promise<(id: string) => string | undefined> {
  const ids: Record<Exclude<RecordTable, "memberships">, Set<string>> = {
    schools: new Set(),
    terms: new Set(),
    courses: new Set(),
    classrooms: new Set(),
    accounts: new Set(accounts.filter((id) => id !== null)),
  };
  for (const one of columns) collectReferences(one, ids);
  const records = await findRecords(tx, ids);
  return (id) => records.get(id)?.label;
}

/** One page of what admins decided against the SISs of a district, the latest first. */
export function listEdits(services: Opened, scope: DistrictScope<"read-roster">, filter: EditsFilter): Promise<Page<EditRow>> {
  return withDistrict(services.db, scope, async (tx) => {
    const [counted] = await tx.sql<{ total: number }[]>`select count(*)::int as total from ${listed(tx, filter)} k`;
    const rows = await readRows(tx, filter, (filter.page - 1) * editsPageSize, editsPageSize);
    return { rows, total: counted?.total ?? 0, page: filter.page, pageSize: editsPageSize };
  });
}

const rowsAtOnce = 1_000;

/** All of a filter's rows in parts, for a file; the audit log says that they were taken out. */
export async function exportEdits(
  services: Pick<Services, "db" | "now">,
  scope: DistrictScope<"export" | "read-roster">,
  filter: EditsFilter,
  write: (rows: readonly EditRow[]) => Promise<void>,
): Promise<void> {
  await withDistrict(services.db, scope, (tx) => {
    const target = { kind: "district", id: scope.districtId };
    return appendAudit(tx, { actor: scope.actor, action: "edits-exported", target }, services.now());
  });
  for (let offset = 0; ; offset += rowsAtOnce) {
    const rows = await withDistrict(services.db, scope, (tx) => readRows(tx, filter, offset, rowsAtOnce));
    if (rows.length > 0) await write(rows);
    if (rows.length < rowsAtOnce) return;
  }
}

/** The order of integrations `i` for the column that `k` names. */
function precedenceIn(entity: EditedEntity): string {
  const ofFields = orderedFieldsOf(entity).flatMap(({ field, columns }) =>
    columns.map((column) => `when '${column}' then ${precedence("i", field)}`),
  );
  return `case k.field ${ofFields.join(" ")} else ${precedence("i", entity)} end`;
}

function listed(tx: Tx, filter: EditsFilter) {
  const collection = tx.sql`case k.entity when 'account' then 'users' else 'classes' end`;
  return tx.sql`(
    select k.*, s.integration_id, s.integration_name
    from ${keptEdits(tx)} k
    left join lateral (
      select i.id as integration_id, i.name as integration_name
      from source_records s
      join integrations i on i.district_id = s.district_id and i.id = s.integration_id
      where s.district_id = ${tx.districtId} and s.record_id = k.record_id and s.collection = ${collection}
      order by (s.rostered and i.state = 'active') desc, case k.entity when 'account' then ${tx.sql.unsafe(precedenceIn("account"))} else ${tx.sql.unsafe(precedenceIn("classroom"))} end
      limit 1) s on true
    where true
      ${filter.integration === undefined ? tx.sql`` : tx.sql`and s.integration_id = ${filter.integration}`}
      ${filter.of === undefined ? tx.sql`` : tx.sql`and k.entity = ${filter.of === "people" ? "account" : "classroom"}`}
      ${filter.kind === undefined ? tx.sql`` : tx.sql`and (k.value = k.sis_value) = ${filter.kind === "same"}`})`;
}

async function readRows(tx: Tx, filter: EditsFilter, offset: number, limit: number): Promise<EditRow[]> {
  const stored = await tx.sql<(StoredEdit & { integrationId: string | null; integrationName: string | null })[]>`
    select record_id as "recordId", field, value, sis_value as "sisValue", edited_by as "editedBy", edited_at as "editedAt",
      integration_id as "integrationId", integration_name as "integrationName"
    from ${listed(tx, filter)} k
    order by edited_at desc nulls last, record_id, field
    limit ${limit} offset ${offset}`;
  const ids = stored.map(({ recordId }) => recordId);
  const records = await findRecords(tx, { accounts: ids, classrooms: ids });
  const words = new Map<string, KeptEdit>();
  for (const recordId of new Set(ids)) {
    const own = stored.filter((edit) => edit.recordId === recordId);
    for (const edit of await inWords(tx, own)) words.set(`${recordId} ${edit.field}`, edit);
  }
  return stored.flatMap(({ recordId, field, integrationId, integrationName }) => {
    const edit = words.get(`${recordId} ${field}`);
    const record = records.get(recordId);
    if (!edit) return [];
    const kind = (record?.kind ?? "classroom") as EditRow["kind"];
    return { ...edit, recordId, kind, name: record?.label ?? "A record no longer in Aivo", integrationId, integrationName };
  });
}
