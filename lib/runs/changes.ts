import type { DistrictScope } from "#lib/access.ts";
import { appendAudit } from "#lib/audit.ts";
import { type Tx, withDistrict } from "#lib/db/tx.ts";
import { ServiceError } from "#lib/errors.ts";
import type { Entity } from "#lib/roster/canonical.ts";
import { eachBatch } from "./cursor.ts";
import { type Columns, collectReferences, fieldLabel, fieldText, labelOf, plannedLabel } from "./fields.ts";
import type { ReadServices } from "./read.ts";
import { findRecords, type RecordTable } from "./records.ts";
import { type ChangeAction, type ChangeCounts, type ChangeFilter, type ChangeRow, type Page, pageSize } from "./schema.ts";

interface StoredChange {
  readonly seq: string;
  readonly entity: Entity;
  readonly action: ChangeAction;
  readonly recordId: string;
  readonly externalId: string | null;
  readonly reason: string;
  readonly before: Columns;
  readonly after: Columns;
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

/**
 * One page of a run's changes in the order in which they were planned, and how many there are of each kind.
 * One scan of the run's rows counts all kinds: some 200 ms for 800,000, while an index by entity and action would have to
 * be written in every sync. A kind is written in one go, so that its rows are usually numbered without a gap: then any page
 * is one look into the primary key, and only otherwise an offset.
 * @throws ServiceError `not-found` when the district has no such run
 */
export function listChanges(services: ReadServices, scope: DistrictScope, runId: string, filter: ChangeFilter): Promise<Page<ChangeRow> & { readonly counts: ChangeCounts }> {
  return withDistrict(services.db, scope, async (tx) => {
    const run = await requireRun(tx, runId);
    const kinds = await tx.sql<Kind[]>`
      select entity, action, count(*)::int as count, min(seq)::float8 as first, max(seq)::float8 as last from run_changes
      where district_id = ${tx.districtId} and run_id = ${runId} group by entity, action`;
    const counts: Partial<Record<Entity, Partial<Record<ChangeAction, number>>>> = {};
    for (const kind of kinds) counts[kind.entity] = { ...counts[kind.entity], [kind.action]: kind.count };
    const { rows, total } = await (filter.search ? searched(tx, run, filter, filter.search) : listed(tx, run, filter, kinds));
    return { rows: await inWords(tx, run, rows), total, page: filter.page, pageSize, counts };
  });
}

/**
 * Hands every change that the filter shows to `write`, a thousand at a time; waits for each. Stands in the audit log.
 * @throws ServiceError `not-found`
 */
export async function exportChanges(services: ReadServices, scope: DistrictScope, runId: string, filter: ChangeFilter, write: (rows: readonly ChangeRow[]) => Promise<void>): Promise<void> {
  await withDistrict(services.db, scope, async (tx) => {
    await requireRun(tx, runId);
    await appendAudit(tx, { actor: scope.actor, action: "changes-exported", target: { kind: "run", id: runId }, details: { entity: filter.entity ?? null, action: filter.action ?? null } });
  });
  await withDistrict(services.db, scope, async (tx) => {
    const run = await requireRun(tx, runId);
    const planned = await plannedLabels(tx, run, null);
    const query = tx.sql<StoredChange[]>`
      ${filter.search ? tx.sql`with hits as materialized (${hits(tx, filter.search)})` : tx.sql``}
      select ${columns(tx)} from run_changes c where ${where(tx, run, filter)} order by seq`;
    for await (const rows of eachBatch(tx, query)) await write(await inWords(tx, run, rows, planned));
  });
}

interface Run {
  readonly id: string;
  /** Its plan has been carried out, so the roster knows every record that it names. */
  readonly isApplied: boolean;
}

interface Kind {
  readonly entity: Entity;
  readonly action: ChangeAction;
  readonly count: number;
  readonly first: number;
  readonly last: number;
}

interface Found {
  readonly rows: readonly StoredChange[];
  readonly total: number;
}

async function listed(tx: Tx, run: Run, filter: ChangeFilter, kinds: readonly Kind[]): Promise<Found> {
  const shown = kinds.filter((kind) => (filter.entity ?? kind.entity) === kind.entity && (filter.action ?? kind.action) === kind.action);
  const total = shown.reduce((sum, kind) => sum + kind.count, 0);
  const offset = (filter.page - 1) * pageSize;
  if (total <= offset) return { rows: [], total };
  const first = Math.min(...shown.map((kind) => kind.first));
  const last = Math.max(...shown.map((kind) => kind.last));
  const isGapless = last - first + 1 === total;
  const rows = await tx.sql<StoredChange[]>`
    select ${columns(tx)} from run_changes c
    where ${where(tx, run, filter)} and c.seq between ${isGapless ? first + offset : first} and ${last}
    order by c.seq limit ${pageSize} offset ${isGapless ? 0 : offset}`;
  return { rows, total };
}

async function searched(tx: Tx, run: Run, filter: ChangeFilter, search: string): Promise<Found> {
  const rows = await tx.sql<(StoredChange & { total: number })[]>`
    with hits as materialized (${hits(tx, search)}),
    matching as materialized (select seq from run_changes c where ${where(tx, run, filter)}),
    shown as (select seq from matching order by seq limit ${pageSize} offset ${(filter.page - 1) * pageSize})
    select ${columns(tx)}, (select count(*) from matching)::int as total
    from shown join run_changes c using (seq) where c.district_id = ${tx.districtId} and c.run_id = ${run.id} order by c.seq`;
  return { rows, total: rows[0]?.total ?? 0 };
}

const columns = (tx: Tx) => tx.sql`c.seq, c.entity, c.action, c.record_id as "recordId", c.external_id as "externalId", c.reason, c.before, c.after`;

function where(tx: Tx, run: Run, { entity, action, search }: ChangeFilter) {
  return tx.sql`c.district_id = ${tx.districtId} and c.run_id = ${run.id}
    ${entity ? tx.sql`and c.entity = ${entity}` : tx.sql``}
    ${action ? tx.sql`and c.action = ${action}` : tx.sql``}
    ${search ? tx.sql`and (c.record_id in (select id from hits) or c.external_id = ${search}
      ${run.isApplied ? tx.sql`` : tx.sql`or ${plannedName(tx)} ilike ${pattern(search)}`})` : tx.sql``}`;
}

/** The name that a created record carries in its own change: all there is to search a plan by. */
const plannedName = (tx: Tx) => tx.sql`case when c.action = 'created' and c.entity <> 'membership' then coalesce(c.after ->> 'name', concat_ws(' ', c.after ->> 'given_name', c.after ->> 'family_name')) end`;

const pattern = (search: string) => `%${search.replace(/[\\%_]/g, "\\$&")}%`;

/** Ids of the records whose name, email or number is searched for, and of the memberships of such people and classrooms. */
function hits(tx: Tx, search: string) {
  const like = pattern(search);
  const district = tx.districtId;
  return tx.sql`
    with named as materialized (
      select id from schools where district_id = ${district} and (name ilike ${like} or number = ${search})
      union all select id from terms where district_id = ${district} and name ilike ${like}
      union all select id from courses where district_id = ${district} and (name ilike ${like} or code = ${search})
      union all select id from classrooms where district_id = ${district} and (name ilike ${like} or code = ${search})
      union all select id from accounts where district_id = ${district}
        and (given_name || ' ' || family_name ilike ${like} or email ilike ${like} or student_number = ${search}))
    select id from named
    union all select m.id from memberships m where m.district_id = ${district} and m.account_id in (select id from named)
    union all select m.id from memberships m where m.district_id = ${district} and m.classroom_id in (select id from named)`;
}

async function requireRun(tx: Tx, runId: string): Promise<Run> {
  const [run] = await tx.sql<Run[]>`select id, state = 'succeeded' as "isApplied" from sync_runs where district_id = ${tx.districtId} and id = ${runId}`;
  if (!run) throw new ServiceError("not-found", "There is no such sync.");
  return run;
}

async function inWords(tx: Tx, run: Run, rows: readonly StoredChange[], allPlanned?: ReadonlyMap<string, string>): Promise<ChangeRow[]> {
  const references = { schools: new Set<string>(), terms: new Set<string>(), courses: new Set<string>(), classrooms: new Set<string>(), accounts: new Set<string>() };
  const own: Record<RecordTable, string[]> = { schools: [], terms: [], courses: [], classrooms: [], accounts: [], memberships: [] };
  for (const row of rows) {
    own[tableOf[row.entity]].push(row.recordId);
    collectReferences(row.before, references);
    collectReferences(row.after, references);
  }
  const records = await findRecords(tx, {
    schools: [...own.schools, ...references.schools],
    terms: [...own.terms, ...references.terms],
    courses: [...own.courses, ...references.courses],
    classrooms: [...own.classrooms, ...references.classrooms],
    accounts: [...own.accounts, ...references.accounts],
    memberships: own.memberships,
  });
  const unknown = Object.values(references).flatMap((ids) => [...ids].filter((id) => !records.has(id)));
  const planned = allPlanned ?? (unknown.length > 0 ? await plannedLabels(tx, run, unknown) : new Map<string, string>());
  const nameOf = labelOf(records, planned);

  return rows.map((row) => ({
    seq: Number(row.seq),
    entity: row.entity,
    action: row.action,
    recordId: row.recordId,
    label: records.get(row.recordId)?.label ?? plannedLabel(row.after, nameOf) ?? row.externalId ?? "A record no longer in Aivo",
    record: records.get(row.recordId) ?? null,
    externalId: row.externalId,
    reason: row.reason,
    fields: [...new Set([...Object.keys(row.before ?? {}), ...Object.keys(row.after ?? {})])]
      .map((column) => ({ field: fieldLabel(column), before: fieldText(column, row.before?.[column], nameOf), after: fieldText(column, row.after?.[column], nameOf) }))
      .filter((field) => field.before !== field.after),
  }));
}

/** Names of records that only the plan knows: those a held or previewed run would create. */
async function plannedLabels(tx: Tx, run: Run, ids: readonly string[] | null): Promise<Map<string, string>> {
  if (run.isApplied) return new Map();
  const rows = await tx.sql<{ id: string; label: string | null }[]>`
    select c.record_id as id, ${plannedName(tx)} as label from run_changes c
    where c.district_id = ${tx.districtId} and c.run_id = ${run.id} and c.action = 'created' and c.entity <> 'membership'
      ${ids ? tx.sql`and c.record_id = any(${[...ids]}::uuid[])` : tx.sql``}`;
  return new Map(rows.flatMap(({ id, label }) => (label ? [[id, label]] : [])));
}
