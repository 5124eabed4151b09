import { definitionIn, fieldIn } from "#lib/engine/sis/words.ts";
import type { DistrictScope } from "#lib/platform/access.ts";
import { appendAudit } from "#lib/platform/audit.ts";
import type { MatchConflict } from "#lib/platform/db/schema/runs.ts";
import { type Tx, withDistrict } from "#lib/platform/db/tx.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import { formatCount } from "#lib/platform/format/number.ts";
import { likePattern } from "#lib/services/people/search.ts";
import { collectSeqs, inParts } from "./cursor.ts";
import { fieldLabel, fieldText, inOrder } from "./fields.ts";
import type { IssueFilter } from "./filters-schema.ts";
import { countDependents, type IssueView, issueView, subjectsOf } from "./issue-view.ts";
import type { ReadServices } from "./read.ts";
import { findRecordsAnywhere } from "./records.ts";
import { type DecidedMatch, type FieldChange, type IssueDetail, type IssueGroup, type IssueRow, type Page, pageSize } from "./schema.ts";

interface StoredIssue {
  readonly seq: string;
  readonly key: string;
  readonly code: string;
  readonly severity: IssueRow["severity"];
  readonly collection: string;
  readonly externalId: string | null;
  readonly sourcePart: string;
  readonly sourcePosition: number;
  readonly field: string | null;
  readonly value: string | null;
  readonly kept: string;
  readonly recordIds: string[] | null;
  readonly conflict: MatchConflict | null;
  readonly state: IssueRow["state"];
}

const severityOrder = { error: 0, warning: 1, notice: 2 } as const;

/**
 * A run's issues by cause: what was left out first, then by how many. Resolved ones are no issues of it any more.
 * @throws ServiceError `not-found` when the district has no such run
 */
export function listIssueGroups(services: ReadServices, scope: DistrictScope<"read-syncs">, runId: string): Promise<IssueGroup[]> {
  return withDistrict(services.db, scope, async (tx) => {
    const view = await issueView(tx, runId);
    const groups = await tx.sql<{ code: string; count: number; opened: number; first: string }[]>`
      select code, count(*)::int as count, (count(*) filter (where state = 'new'))::int as opened, min(seq) as first
      from ${view.rows} i where state <> 'resolved' group by code`;
    const examples = await tx.sql<StoredIssue[]>`
      select ${columns(tx)} from ${view.rows} i where seq = any(${groups.map((group) => group.first)}::bigint[])`;
    const byCode = new Map((await withRecords(tx, view, examples)).map((issue) => [issue.code, issue]));
    return groups
      .flatMap(({ code, count, opened }) => {
        const example = byCode.get(code);
        return example ? [{ code, count, opened, ...definitionIn(view.provider, code), example }] : [];
      })
      .sort((a, b) => severityOrder[a.severity] - severityOrder[b.severity] || b.count - a.count);
  });
}

/**
 * One page of a run's issues.
 * @throws ServiceError `not-found`
 */
export function listIssues(
  services: ReadServices,
  scope: DistrictScope<"read-syncs">,
  runId: string,
  filter: IssueFilter,
): Promise<Page<IssueRow>> {
  return withDistrict(services.db, scope, async (tx) => {
    const view = await issueView(tx, runId);
    const [counted] = await tx.sql<{ total: number }[]>`select count(*)::int as total from ${view.rows} i where ${where(tx, filter)}`;
    const rows = await tx.sql<StoredIssue[]>`
      select ${columns(tx)} from ${view.rows} i where ${where(tx, filter)}
      order by ${order(tx, filter)} limit ${pageSize} offset ${(filter.page - 1) * pageSize}`;
    return { rows: await withRecords(tx, view, rows), total: counted?.total ?? 0, page: filter.page, pageSize };
  });
}

/**
 * The next issues of a run after one, in the order in which they were found.
 * @throws ServiceError `not-found`
 */
export function listIssuesAfter(
  services: ReadServices,
  scope: DistrictScope,
  runId: string,
  filter: Pick<IssueFilter, "state" | "code" | "collection">,
  { after, limit }: { readonly after: number; readonly limit: number },
): Promise<IssueRow[]> {
  return withDistrict(services.db, scope, async (tx) => {
    const view = await issueView(tx, runId);
    const rows = await tx.sql<StoredIssue[]>`
      select ${columns(tx)} from ${view.rows} i
      where ${where(tx, { ...filter, search: undefined, sort: "found", page: 1 })} and seq > ${after} order by seq limit ${limit}`;
    return withRecords(tx, view, rows);
  });
}

/** @throws ServiceError `not-found` when the run has no such issue */
export function getIssue(services: ReadServices, scope: DistrictScope<"read-syncs">, runId: string, seq: number): Promise<IssueDetail> {
  return withDistrict(services.db, scope, async (tx) => {
    const view = await issueView(tx, runId);
    const stored = await tx.sql<StoredIssue[]>`select ${columns(tx)} from ${view.rows} i where seq = ${seq}`;
    const [issue] = await withRecords(tx, view, stored);
    if (!issue) throw new ServiceError("not-found", "This sync has no such issue.");
    const [place] = await tx.sql<{ previous: string | null; next: string | null; ordinal: number; of: number }[]>`
      select max(seq) filter (where seq < ${seq}) as previous, min(seq) filter (where seq > ${seq}) as next,
             (count(*) filter (where seq <= ${seq}))::int as ordinal, count(*)::int as of
      from ${view.rows} i where code = ${issue.code} and (state = 'resolved') = ${issue.state === "resolved"}`;
    return {
      ...issue,
      definition: definitionIn(view.provider, issue.code),
      previousSeq: place?.previous ? Number(place.previous) : null,
      nextSeq: place?.next ? Number(place.next) : null,
      ordinal: place?.ordinal ?? 1,
      ofCause: place?.of ?? 1,
      decision: await decisionAbout(tx, view, stored[0]),
    };
  });
}

/**
 * Hands every issue that the filter shows to `write`, in its order, a thousand at a time; waits for each, outside of any transaction.
 * Stands in the audit log as an export, whether or not the reader stays to the end.
 * @throws ServiceError `not-found`
 */
export async function exportIssues(
  services: ReadServices,
  scope: DistrictScope<"read-syncs">,
  runId: string,
  filter: IssueFilter,
  write: (rows: readonly IssueRow[]) => Promise<void>,
): Promise<void> {
  const { page: _, ...shown } = filter;
  await withDistrict(services.db, scope, async (tx) => {
    await issueView(tx, runId);
    await appendAudit(tx, {
      actor: scope.actor,
      action: "issues-exported",
      target: { kind: "run", id: runId },
      details: { code: shown.code ?? null, collection: shown.collection ?? null },
    });
  });
  const seqs = await withDistrict(services.db, scope, async (tx) => {
    const view = await issueView(tx, runId);
    return collectSeqs(
      tx,
      tx.sql<{ seq: string }[]>`select seq from ${view.rows} i where ${where(tx, filter)} order by ${order(tx, filter)}`,
    );
  });
  for (const part of inParts(seqs, exportedAtOnce)) {
    await write(await withDistrict(services.db, scope, (tx) => readPart(tx, runId, part)));
  }
}

const exportedAtOnce = 1000;

async function readPart(tx: Tx, runId: string, seqs: readonly number[]): Promise<IssueRow[]> {
  const view = await issueView(tx, runId);
  const stored = await tx.sql<StoredIssue[]>`select ${columns(tx)} from ${view.rows} i where seq = any(${[...seqs]}::bigint[])`;
  const bySeq = new Map((await withRecords(tx, view, stored)).map((issue) => [issue.seq, issue]));
  return seqs.flatMap((seq) => bySeq.get(seq) ?? []);
}

const columns = (tx: Tx) =>
  tx.sql`seq, code, severity, collection, key, external_id as "externalId", source_part as "sourcePart", source_position as "sourcePosition", field, value, kept, record_ids as "recordIds", conflict, state`;

function where(tx: Tx, { code, collection, search, state }: IssueFilter) {
  const pattern = search ? likePattern(search) : null;
  return tx.sql`${state ? tx.sql`state = ${state}` : tx.sql`state <> 'resolved'`}
    ${code ? tx.sql`and code = ${code}` : tx.sql``}
    ${collection ? tx.sql`and collection = ${collection}` : tx.sql``}
    ${pattern ? tx.sql`and (value ilike ${pattern} or external_id ilike ${pattern} or source_position::text = ${search ?? ""})` : tx.sql``}`;
}

function order(tx: Tx, { sort, code }: IssueFilter) {
  if (sort === "line") return tx.sql`source_part, source_position, seq`;
  if (sort === "value") return tx.sql`value, seq`;
  // Naming the code again lets the index deliver the order.
  return code ? tx.sql`code, seq` : tx.sql`seq`;
}

async function withRecords(tx: Tx, view: IssueView, rows: readonly StoredIssue[]): Promise<IssueRow[]> {
  const linked = await linkedRecords(tx, view, rows);
  const dependents = await countDependents(tx, view, rows);
  const subjects = await subjectsOf(tx, view, rows);
  const idsOf = (row: StoredIssue) => row.recordIds ?? linked.get(row.seq) ?? [];
  const records = await findRecordsAnywhere(tx, rows.flatMap(idsOf));
  return rows.map((row) => {
    const { recordIds: _, key: __, conflict, seq, ...rest } = row;
    return {
      ...rest,
      seq: Number(seq),
      kept: withDependents(row.kept, row.collection, dependents.get(seq) ?? null),
      title: definitionIn(view.provider, row.code).title,
      field: row.field === null ? null : fieldIn(view.provider, row.collection, row.field),
      subject: subjects.get(seq) ?? null,
      records: idsOf(row).flatMap((id) => records.get(id) ?? []),
      persons: conflict && personsOf(conflict),
    };
  });
}

function personsOf({ before, after }: MatchConflict): FieldChange[] {
  const text = (column: string, value: unknown) => fieldText(column, value, () => undefined);
  return inOrder([...Object.keys(before), ...Object.keys(after)]).map((column) => ({
    field: fieldLabel(column),
    before: text(column, before[column]),
    after: text(column, after[column]),
  }));
}

async function decisionAbout(tx: Tx, view: IssueView, issue: StoredIssue | undefined): Promise<DecidedMatch | null> {
  if (!issue?.conflict) return null;
  const [decided] = await tx.sql<DecidedMatch[]>`
    select d.verdict, d.reason, d.decided_at as "decidedAt",
      case when a.id is null then null else trim(a.given_name || ' ' || a.family_name) end as "decidedByName"
    from match_decisions d
    left join accounts a on a.district_id = d.district_id and a.id = d.decided_by
    where d.district_id = ${tx.districtId} and d.integration_id = ${view.integrationId}
      and d.external_id = ${issue.externalId} and d.evidence = ${issue.conflict.evidence} and d.taken_back_at is null`;
  return decided ? { ...decided, decidedAt: new Date(decided.decidedAt).toISOString() } : null;
}

/** One person who cannot be used is one issue, which says how many of their enrollments go with them. */
function withDependents(kept: string, collection: string, count: number | null): string {
  if (count === null) return kept;
  const whose = collection === "users" ? " of theirs" : collection === "classes" ? " of it" : " more";
  return `${kept}; and ${formatCount(count, "enrollment")}${whose} left out`;
}

/** An issue of one value is found before it is known which record of Aivo it belongs to: that is whatever its id is linked to. */
async function linkedRecords(tx: Tx, view: IssueView, rows: readonly StoredIssue[]): Promise<Map<string, string[]>> {
  const wanted = rows.flatMap(({ recordIds, seq, collection, externalId }) =>
    recordIds === null && externalId !== null ? [{ seq, collection, externalId }] : [],
  );
  if (wanted.length === 0) return new Map();
  const links = await tx.sql<{ seq: string; recordId: string }[]>`
    select wanted.seq, l.record_id as "recordId"
    from unnest(${wanted.map((one) => one.seq)}::bigint[], ${wanted.map((one) => one.collection)}::text[],
                ${wanted.map((one) => one.externalId)}::text[]) as wanted (seq, collection, external_id)
    join source_records l on l.district_id = ${tx.districtId} and l.integration_id = ${view.integrationId}
      and l.collection = wanted.collection and l.external_id = wanted.external_id and l.record_id is not null`;
  return new Map(links.map(({ seq, recordId }) => [seq, [recordId]]));
}
