import { definitionIn, fieldIn } from "#lib/engine/sis/words.ts";
import type { DistrictScope } from "#lib/platform/access.ts";
import { appendAudit } from "#lib/platform/audit.ts";
import type { MatchConflict } from "#lib/platform/db/schema/runs.ts";
import { type Tx, withDistrict } from "#lib/platform/db/tx.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import { formatCount } from "#lib/platform/format/number.ts";
import { collectionOfLinkEntity, type LinkEntity } from "#lib/roster/canonical.ts";
import { countOfCause, type IssueCounts } from "#lib/roster/issue-counts.ts";
import { collectSeqs, inParts } from "./cursor.ts";
import { fieldLabel, fieldText, inOrder } from "./fields.ts";
import { issueRunId, providerOfRun, type ReadServices } from "./read.ts";
import { findRecordsAnywhere } from "./records.ts";
import {
  type DecidedMatch,
  type FieldChange,
  type IssueDetail,
  type IssueFilter,
  type IssueGroup,
  type IssueRow,
  type Page,
  pageSize,
} from "./schema.ts";

interface StoredIssue {
  readonly seq: string;
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
  readonly dependents: number | null;
}

const severityOrder = { error: 0, warning: 1, notice: 2 } as const;

/**
 * A run's issues by cause: what was left out first, then by how many.
 * @throws ServiceError `not-found` when the district has no such run
 */
export function listIssueGroups(services: ReadServices, scope: DistrictScope, runId: string): Promise<IssueGroup[]> {
  return withDistrict(services.db, scope, async (tx) => {
    const source = await issueRunId(tx, runId);
    const groups = await tx.sql<{ code: string; listed: number; first: string }[]>`
      select code, count(*)::int as listed, min(seq) as first from run_issues
      where district_id = ${tx.districtId} and run_id = ${source} group by code`;
    const [run] = await tx.sql<{ counts: IssueCounts | null }[]>`
      select issue_counts as counts from sync_runs where district_id = ${tx.districtId} and id = ${source}`;
    const examples = await tx.sql<StoredIssue[]>`
      select ${columns(tx)} from run_issues
      where district_id = ${tx.districtId} and run_id = ${source} and seq = any(${groups.map((group) => group.first)}::bigint[])`;
    const provider = await providerOfRun(tx, source);
    const byCode = new Map((await withRecords(tx, source, examples)).map((issue) => [issue.code, issue]));
    return groups
      .flatMap(({ code, listed }) => {
        const example = byCode.get(code);
        const count = Math.max(listed, countOfCause(run?.counts ?? {}, code));
        return example ? [{ code, count, listed, ...definitionIn(provider, code), example }] : [];
      })
      .sort((a, b) => severityOrder[a.severity] - severityOrder[b.severity] || b.count - a.count);
  });
}

/**
 * One page of a run's issues. Paged by offset over the index (run, code, seq): the last page of 100,000 takes some 10 ms in
 * the order found, some 100 ms in another.
 * @throws ServiceError `not-found`
 */
export function listIssues(services: ReadServices, scope: DistrictScope, runId: string, filter: IssueFilter): Promise<Page<IssueRow>> {
  return withDistrict(services.db, scope, async (tx) => {
    const source = await issueRunId(tx, runId);
    const [counted] = await tx.sql<{ total: number }[]>`select count(*)::int as total from run_issues where ${where(tx, source, filter)}`;
    const rows = await tx.sql<StoredIssue[]>`
      select ${columns(tx)} from run_issues where ${where(tx, source, filter)}
      order by ${order(tx, filter)} limit ${pageSize} offset ${(filter.page - 1) * pageSize}`;
    return { rows: await withRecords(tx, source, rows), total: counted?.total ?? 0, page: filter.page, pageSize };
  });
}

/** @throws ServiceError `not-found` when the run has no such issue */
export function getIssue(services: ReadServices, scope: DistrictScope, runId: string, seq: number): Promise<IssueDetail> {
  return withDistrict(services.db, scope, async (tx) => {
    const source = await issueRunId(tx, runId);
    const stored = await tx.sql<StoredIssue[]>`
      select ${columns(tx)} from run_issues where district_id = ${tx.districtId} and run_id = ${source} and seq = ${seq}`;
    const [issue] = await withRecords(tx, source, stored);
    if (!issue) throw new ServiceError("not-found", "This sync has no such issue.");
    const [place] = await tx.sql<{ previous: string | null; next: string | null; ordinal: number; of: number }[]>`
      select max(seq) filter (where seq < ${seq}) as previous, min(seq) filter (where seq > ${seq}) as next,
             (count(*) filter (where seq <= ${seq}))::int as ordinal, count(*)::int as of
      from run_issues where district_id = ${tx.districtId} and run_id = ${source} and code = ${issue.code}`;
    return {
      ...issue,
      definition: definitionIn(await providerOfRun(tx, source), issue.code),
      previousSeq: place?.previous ? Number(place.previous) : null,
      nextSeq: place?.next ? Number(place.next) : null,
      ordinal: place?.ordinal ?? 1,
      ofCause: place?.of ?? 1,
      decision: await decisionAbout(tx, source, stored[0]),
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
  scope: DistrictScope,
  runId: string,
  filter: IssueFilter,
  write: (rows: readonly IssueRow[]) => Promise<void>,
): Promise<void> {
  const { page: _, ...shown } = filter;
  await withDistrict(services.db, scope, async (tx) => {
    await issueRunId(tx, runId);
    await appendAudit(tx, {
      actor: scope.actor,
      action: "issues-exported",
      target: { kind: "run", id: runId },
      details: { code: shown.code ?? null, collection: shown.collection ?? null },
    });
  });
  const { source, seqs } = await withDistrict(services.db, scope, async (tx) => {
    const source = await issueRunId(tx, runId);
    const query = tx.sql<{ seq: string }[]>`select seq from run_issues where ${where(tx, source, filter)} order by ${order(tx, filter)}`;
    return { source, seqs: await collectSeqs(tx, query) };
  });
  for (const part of inParts(seqs, exportedAtOnce)) {
    await write(await withDistrict(services.db, scope, (tx) => readPart(tx, source, part)));
  }
}

const exportedAtOnce = 1000;

async function readPart(tx: Tx, source: string, seqs: readonly number[]): Promise<IssueRow[]> {
  const stored = await tx.sql<StoredIssue[]>`
    select ${columns(tx)} from run_issues where district_id = ${tx.districtId} and run_id = ${source} and seq = any(${[...seqs]}::bigint[])`;
  const bySeq = new Map((await withRecords(tx, source, stored)).map((issue) => [issue.seq, issue]));
  return seqs.flatMap((seq) => bySeq.get(seq) ?? []);
}

const columns = (tx: Tx) =>
  tx.sql`seq, code, severity, collection, external_id as "externalId", source_part as "sourcePart", source_position as "sourcePosition", field, value, kept, record_ids as "recordIds", conflict, dependents`;

function where(tx: Tx, source: string, { code, collection, search }: IssueFilter) {
  const pattern = search ? `%${search.replace(/[\\%_]/g, "\\$&")}%` : null;
  return tx.sql`district_id = ${tx.districtId} and run_id = ${source}
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

async function withRecords(tx: Tx, runId: string, rows: readonly StoredIssue[]): Promise<IssueRow[]> {
  const provider = await providerOfRun(tx, runId);
  const linked = await linkedRecords(tx, runId, rows);
  const idsOf = (row: StoredIssue) => row.recordIds ?? linked.get(row.seq) ?? [];
  const records = await findRecordsAnywhere(tx, rows.flatMap(idsOf));
  return rows.map((row) => {
    const { recordIds: _, conflict, seq, dependents, ...shown } = row;
    return {
      ...shown,
      seq: Number(seq),
      kept: withDependents(row.kept, row.collection, dependents),
      title: definitionIn(provider, row.code).title,
      field: row.field === null ? null : fieldIn(provider, row.collection, row.field),
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

async function decisionAbout(tx: Tx, runId: string, issue: StoredIssue | undefined): Promise<DecidedMatch | null> {
  if (!issue?.conflict) return null;
  const [decided] = await tx.sql<DecidedMatch[]>`
    select d.verdict, d.reason, d.decided_at as "decidedAt",
      case when a.id is null then null else trim(a.given_name || ' ' || a.family_name) end as "decidedByName"
    from sync_runs r
    join match_decisions d on d.district_id = r.district_id and d.integration_id = r.integration_id
      and d.external_id = ${issue.externalId} and d.evidence = ${issue.conflict.evidence}
    left join accounts a on a.district_id = d.district_id and a.id = d.decided_by
    where r.district_id = ${tx.districtId} and r.id = ${runId}`;
  return decided ? { ...decided, decidedAt: new Date(decided.decidedAt).toISOString() } : null;
}

/** One person who cannot be used is one issue, which says how many of their enrollments go with them. */
function withDependents(kept: string, collection: string, count: number | null): string {
  if (count === null) return kept;
  const whose = collection === "users" ? " of theirs" : collection === "classes" ? " of it" : " more";
  return `${kept}; and ${formatCount(count, "enrollment")}${whose} left out`;
}

const entityOfCollection = new Map<string, LinkEntity>(
  (Object.entries(collectionOfLinkEntity) as [LinkEntity, string][]).map(([entity, collection]) => [collection, entity]),
);

/** An issue of one value is found before it is known which record of Aivo it belongs to: that is whatever its id is linked to. */
async function linkedRecords(tx: Tx, runId: string, rows: readonly StoredIssue[]): Promise<Map<string, string[]>> {
  const wanted = rows.flatMap(({ recordIds, seq, collection, externalId }) => {
    const entity = entityOfCollection.get(collection);
    return recordIds === null && externalId !== null && entity ? [{ seq, entity, externalId }] : [];
  });
  if (wanted.length === 0) return new Map();
  const links = await tx.sql<{ seq: string; recordId: string }[]>`
    select wanted.seq, l.record_id as "recordId"
    from unnest(${wanted.map((one) => one.seq)}::bigint[], ${wanted.map((one) => one.entity)}::text[],
                ${wanted.map((one) => one.externalId)}::text[]) as wanted (seq, entity, external_id)
    join sync_runs r on r.district_id = ${tx.districtId} and r.id = ${runId}
    join external_links l on l.district_id = r.district_id and l.integration_id = r.integration_id
      and l.entity = wanted.entity and l.external_id = wanted.external_id`;
  return new Map(links.map(({ seq, recordId }) => [seq, [recordId]]));
}
