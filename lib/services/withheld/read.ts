import type { DistrictScope } from "#lib/platform/access.ts";
import { collectionOf } from "#lib/platform/db/collection-of.ts";
import { type Tx, withDistrict } from "#lib/platform/db/tx.ts";
import { withheldRows } from "#lib/platform/db/withheld-rows.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import { isUuid } from "#lib/platform/uuid.ts";
import type { Entity } from "#lib/roster/canonical.ts";
import type { WithheldCause } from "#lib/roster/guard.ts";
import { type Columns, collectReferences, fieldLabel, fieldText } from "#lib/services/runs/fields.ts";
import { findRecords, type RecordTable } from "#lib/services/runs/records.ts";
import { pageSize } from "#lib/services/runs/schema.ts";
import type { Services } from "#lib/services/services.ts";
import type { Withheld, WithheldFilter, WithheldGroup, WithheldPage, WithheldRow, WithheldState } from "./schema.ts";
import { hashOfMarks, withheldMeant } from "./view.ts";
import { causeTitle } from "./words.ts";

/** @throws ServiceError `not-found` */
export async function refuseUnknown(tx: Tx, integrationId: string): Promise<void> {
  const [found] = isUuid(integrationId)
    ? await tx.sql`select from integrations where district_id = ${tx.districtId} and id = ${integrationId} and state <> 'removed'`
    : [];
  if (!found) throw new ServiceError("not-found", "There is no such integration.");
}

/**
 * What an integration withholds and what of it was refused, counted by cause, kind of record, field and school; those with most first.
 * @throws ServiceError `not-found`
 */
export function withheldGroups(
  services: Pick<Services, "db">,
  scope: DistrictScope<"read-syncs">,
  integrationId: string,
): Promise<WithheldGroup[]> {
  return withDistrict(services.db, scope, async (tx) => {
    await refuseUnknown(tx, integrationId);
    const groupsOf = (state: WithheldState) => tx.sql<(Omit<WithheldGroup, "causeTitle" | "fieldLabel" | "since"> & { since: Date })[]>`
      select ${state} as state, g.cause, g.kind, nullif(g.field, '') as field, g.school_id as "schoolId", n.name as "schoolName", g.count, g.since, g.hash
      from (
        select cause, kind, field, school_id, count(*)::int as count, min(opened_at) as since,
          encode(sha256(convert_to(string_agg(mark, ' ' order by mark collate "C"), 'UTF8')), 'hex') as hash
        from ${withheldMeant(tx, integrationId, { state })} w
        group by 1, 2, 3, 4) g
      left join schools n on n.district_id = ${tx.districtId} and n.id = g.school_id
      order by g.count desc, n.name, g.kind, g.field`;
    const rows = [...(await groupsOf("waiting")), ...(await groupsOf("refused"))];
    return rows.map((row) => ({
      ...row,
      causeTitle: causeTitle(row.cause),
      fieldLabel: row.field && fieldLabel(row.field),
      since: new Date(row.since).toISOString(),
    }));
  });
}

interface StoredRow {
  readonly seq: string;
  readonly kind: Entity;
  readonly field: string;
  readonly recordId: string;
  readonly externalId: string;
  readonly cause: WithheldCause;
  readonly label: string;
  readonly mark: string;
  readonly schoolName: string | null;
  readonly aivo: Columns;
  readonly sis: Columns;
  readonly memberships: number;
  readonly since: Date;
  readonly openedRunId: string;
  readonly openedNumber: number | null;
  readonly reason: string | null;
  readonly decidedBy: string | null;
  readonly isBeingApplied: boolean;
  /** Of what leaves although the SIS has it, why. */
  readonly isThereAnd: string | null;
}

/**
 * One page of the rows that a filter means, by school and name, with what Aivo has and what the SIS says.
 * @throws ServiceError `not-found`
 */
export function withheldPage(
  services: Pick<Services, "db">,
  scope: DistrictScope<"read-syncs">,
  integrationId: string,
  filter: WithheldFilter,
): Promise<WithheldPage> {
  return withDistrict(services.db, scope, async (tx) => {
    await refuseUnknown(tx, integrationId);
    const meant = withheldMeant(tx, integrationId, filter);
    const marks = await tx.sql<{ mark: string }[]>`select mark from ${meant} w order by mark`;
    const rows = await tx.sql<StoredRow[]>`
      with page as (
        select w.*, n.name as school_name
        from ${meant} w
        left join schools n on n.district_id = ${tx.districtId} and n.id = w.school_id
        order by n.name nulls last, w.label, w.field, w.seq
        limit ${pageSize} offset ${(filter.page - 1) * pageSize})
      select p.seq, p.kind, p.field, p.record_id as "recordId", p.external_id as "externalId", p.cause, p.label, p.mark,
        p.school_name as "schoolName", p.opened_at as since, p.opened_run_id as "openedRunId", o.number as "openedNumber",
        p.reason, p.is_being_applied as "isBeingApplied", p.is_there_and as "isThereAnd", trim(d.given_name || ' ' || d.family_name) as "decidedBy",
        ${aivoHas(tx)} as aivo, ${sisSays(tx)} as sis,
        (select count(*)::int from withheld_records f
          where f.district_id = ${tx.districtId} and f.integration_id = p.integration_id and f.follows = p.record_id and p.field = '') as memberships
      from page p
      left join sync_runs o on o.district_id = ${tx.districtId} and o.id = p.opened_run_id
      left join accounts d on d.district_id = ${tx.districtId} and d.id = p.decided_by
      order by p.school_name nulls last, p.label, p.field, p.seq`;
    return {
      rows: await inWords(tx, filter.state, rows),
      total: marks.length,
      page: filter.page,
      pageSize,
      hash: hashOfMarks(marks.map(({ mark }) => mark)),
    };
  });
}

/** The field of the record, as an object of it alone; null where the record would leave. */
function aivoHas(tx: Tx) {
  const of = (table: RecordTable, kinds: string) => tx.sql`
    when p.entity = ${kinds} then (
      select jsonb_build_object(p.field, to_jsonb(e) -> p.field) from ${tx.sql(table)} e
      where e.district_id = ${tx.districtId} and e.id = p.record_id)`;
  return tx.sql`case when p.field = '' then null
    ${of("schools", "school")} ${of("terms", "term")} ${of("courses", "course")} ${of("classrooms", "classroom")}
    ${of("accounts", "account")} ${of("memberships", "membership")} end`;
}

/** The same as the mirror has it; what names other records by the ids of those in Aivo. */
function sisSays(tx: Tx) {
  const linked = (collection: string, ids: string) => tx.sql`(
      select coalesce(jsonb_agg(l.record_id order by x.n), '[]')
      from unnest(${tx.sql.unsafe(ids)}) with ordinality x (id, n)
      join source_records l on l.district_id = ${tx.districtId} and l.integration_id = p.integration_id
        and l.collection = ${collection} and l.external_id = x.id and l.record_id is not null)`;
  return tx.sql`case when p.field = '' then null else (
    select jsonb_build_object(p.field, case p.field
      when 'school_ids' then ${linked("orgs", "m.school_external_ids")}
      when 'term_ids' then ${linked("academicSessions", "m.term_external_ids")}
      when 'school_id' then ${linked("orgs", "array[m.school_external_id]")}
      when 'course_id' then ${linked("courses", "array[m.course_external_id]")}
      else to_jsonb(m) -> p.field end)
    from source_records m
    where m.district_id = ${tx.districtId} and m.integration_id = p.integration_id and m.external_id = p.external_id
      and m.collection = ${tx.sql.unsafe(collectionOf("p.entity"))}) end`;
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

async function inWords(tx: Tx, state: WithheldState, rows: readonly StoredRow[]): Promise<WithheldRow[]> {
  const tables = ["schools", "terms", "courses", "classrooms", "accounts", "memberships"] as const;
  const ids = Object.fromEntries(tables.map((table) => [table, new Set<string>()])) as Record<RecordTable, Set<string>>;
  for (const { kind, recordId, aivo, sis } of rows) {
    ids[tableOf[kind]].add(recordId);
    collectReferences(aivo, ids);
    collectReferences(sis, ids);
  }
  const records = await findRecords(tx, ids);
  const textOf = (columns: Columns, field: string) => fieldText(field, columns?.[field], (id) => records.get(id)?.label);
  return rows.map(({ seq, field, aivo, sis, since, isThereAnd, ...row }) => ({
    ...row,
    row: Number(seq),
    state,
    causeTitle: causeTitle(row.cause),
    record: records.get(row.recordId) ?? null,
    field: field || null,
    fieldLabel: field ? fieldLabel(field) : null,
    inAivo: field ? textOf(aivo, field) : null,
    inSis: field ? textOf(sis, field) : isThereAnd,
    since: new Date(since).toISOString(),
  }));
}

/** By integration how many records wait for a decision, and since when; those without are not in it. */
export async function withheldOf(tx: Tx, integrationIds: readonly string[]): Promise<ReadonlyMap<string, Withheld>> {
  const rows = await tx.sql<{ integrationId: string; count: number; since: Date }[]>`
    select w.integration_id as "integrationId", count(distinct (w.entity, w.external_id))::int as count, min(w.opened_at) as since
    from ${withheldRows(tx, integrationIds)}
    group by 1`;
  return new Map(rows.map(({ integrationId, count, since }) => [integrationId, { count, since: new Date(since).toISOString() }]));
}
