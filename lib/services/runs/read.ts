import { and, count, desc, eq, inArray, type SQL, sql } from "drizzle-orm";
import { nextSync } from "#lib/engine/schedule/next-sync.ts";
import type { DistrictScope } from "#lib/platform/access.ts";
import { districts } from "#lib/platform/db/schema/districts.ts";
import { integrations } from "#lib/platform/db/schema/integrations.ts";
import { accounts } from "#lib/platform/db/schema/roster.ts";
import { activeRunStates, type RunInput, syncRuns } from "#lib/platform/db/schema/runs.ts";
import { type Tx, withDistrict } from "#lib/platform/db/tx.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import { fullName } from "#lib/platform/format/person-name.ts";
import { isUuid } from "#lib/platform/uuid.ts";
import { completeTotals } from "#lib/roster/totals.ts";
import { blackoutsToCome } from "#lib/services/blackouts/read.ts";
import type { Services } from "#lib/services/services.ts";
import type { HistoryFilter, RunOutcome } from "./filters-schema.ts";
import { findingsInWords } from "./findings.ts";
import { findRecords } from "./records.ts";
import type { Page, RunDetail, RunListItem, RunName, RunPerson } from "./schema.ts";
import { findOffer } from "./undo.ts";
import type { VersionChangeView } from "./version-change-schema.ts";

export type ReadServices = Pick<Services, "db">;

export const historyPageSize = 20;

/** The columns that a list needs: the timeline and the input of a run stay where they are. */
const listed = (tx: Tx) => ({
  id: syncRuns.id,
  integrationId: syncRuns.integrationId,
  number: syncRuns.number,
  kind: syncRuns.kind,
  forOnePerson: sql<boolean>`${syncRuns.forPerson} is not null`,
  trigger: syncRuns.trigger,
  givenName: accounts.givenName,
  familyName: accounts.familyName,
  state: syncRuns.state,
  queuedAt: syncRuns.queuedAt,
  startedAt: syncRuns.startedAt,
  finishedAt: syncRuns.finishedAt,
  totals: syncRuns.totals,
  failure: syncRuns.failure,
  heldBecause: syncRuns.heldBecause,
  sameAsRunId: syncRuns.sameAsRunId,
  issueCount: syncRuns.issueCount,
  issuesOpened: syncRuns.issuesOpened,
  issuesResolved: syncRuns.issuesResolved,
  withheldCount: syncRuns.withheldCount,
  withheldOpened: syncRuns.withheldOpened,
  changeCount: syncRuns.changeCount,
  retryOf: syncRuns.retryOf,
  retriedAs: sql<
    string | null
  >`(select later.id from sync_runs later where later.district_id = ${tx.districtId} and later.retry_of = ${syncRuns.id})`,
  attempt: syncRuns.attempt,
  disconnects: sql<boolean>`${syncRuns.disconnectReason} is not null`,
  changesVersionTo: syncRuns.changesVersionTo,
  takenBackBy: sql<RunName | null>`(
    select jsonb_build_object('id', back.id, 'kind', back.kind, 'number', back.number)
    from sync_runs back
    where back.district_id = ${tx.districtId}
      and back.integration_id = ${syncRuns.integrationId}
      and back.state = 'succeeded'
      and back.undoes_from <= ${syncRuns.number}
      and back.number > ${syncRuns.number}
      and ${syncRuns.state} = 'succeeded'
      and ${syncRuns.kind} <> 'undo'
    order by back.number
    limit 1)`,
});

const requester = and(eq(accounts.districtId, syncRuns.districtId), eq(accounts.id, syncRuns.requestedBy));

/**
 * The history of an integration, latest first.
 * @throws ServiceError `not-found` when the district has no such integration
 */
export function listRuns(
  services: ReadServices,
  scope: DistrictScope<"read-syncs">,
  integrationId: string,
  filter: Pick<HistoryFilter, "outcome" | "page">,
): Promise<Page<RunListItem>> {
  return withDistrict(services.db, scope, async (tx) => {
    await requireIntegration(tx, integrationId);
    const where = historyWhere(tx, integrationId, filter.outcome);
    const [counted] = await tx.orm.select({ total: count() }).from(syncRuns).where(where);
    // By their ids first: what is listed of a run is looked up for those of this page, and not for all that stand before it.
    const ofPage = tx.orm
      .select({ id: syncRuns.id })
      .from(syncRuns)
      .where(where)
      .orderBy(desc(syncRuns.queuedAt), desc(syncRuns.id))
      .limit(historyPageSize)
      .offset((filter.page - 1) * historyPageSize);
    const rows = await tx.orm
      .select(listed(tx))
      .from(syncRuns)
      .leftJoin(accounts, requester)
      .where(and(eq(syncRuns.districtId, tx.districtId), inArray(syncRuns.id, ofPage)))
      .orderBy(desc(syncRuns.queuedAt), desc(syncRuns.id));
    return { rows: rows.map(listItem), total: counted?.total ?? 0, page: filter.page, pageSize: historyPageSize };
  });
}

/** Every run that the filter shows, for a download; in pages, so that a history of years does not fill the memory. */
export async function* eachRun(
  services: ReadServices,
  scope: DistrictScope<"read-syncs">,
  integrationId: string,
  outcome?: RunOutcome,
): AsyncGenerator<readonly RunListItem[]> {
  for (let after: string | null = null; ; ) {
    const rows = await listRunsAfter(services, scope, integrationId, { outcome, after, limit: exportedAtOnce });
    const last = rows.at(-1);
    if (last === undefined) return;
    yield rows;
    after = last.id;
  }
}

const exportedAtOnce = 200;

export interface RunsAfter {
  readonly outcome: RunOutcome | undefined;
  /** The last run of the page before; null: from the latest on. */
  readonly after: string | null;
  readonly limit: number;
}

/**
 * The next runs of an integration, latest first, whatever was added meanwhile.
 * @throws ServiceError `not-found`
 */
export function listRunsAfter(
  services: ReadServices,
  scope: DistrictScope<"read-syncs">,
  integrationId: string,
  page: RunsAfter,
): Promise<RunListItem[]> {
  return withDistrict(services.db, scope, (tx) => runsAfter(tx, integrationId, page));
}

/** Older than the run `after`: by its id, because a time loses its microseconds on the way. */
async function runsAfter(tx: Tx, integrationId: string, { outcome, after, limit }: RunsAfter): Promise<RunListItem[]> {
  await requireIntegration(tx, integrationId);
  const isOlder =
    after === null
      ? undefined
      : sql`(${syncRuns.queuedAt}, ${syncRuns.id}) < (select queued_at, id from sync_runs where district_id = ${tx.districtId} and id = ${after})`;
  const rows = await tx.orm
    .select(listed(tx))
    .from(syncRuns)
    .leftJoin(accounts, requester)
    .where(and(historyWhere(tx, integrationId, outcome), isOlder))
    .orderBy(desc(syncRuns.queuedAt), desc(syncRuns.id))
    .limit(limit);
  return rows.map(listItem);
}

/** @throws ServiceError `not-found` */
export function getRun(services: ReadServices, scope: DistrictScope<"read-syncs">, runId: string): Promise<RunDetail> {
  return withDistrict(services.db, scope, async (tx) => {
    if (!isUuid(runId)) throw new ServiceError("not-found", "There is no such sync.");
    const [row] = await tx.orm
      .select({
        ...listed(tx),
        integrationName: integrations.name,
        integrationState: integrations.state,
        schedule: integrations.schedule,
        nextRunAt: integrations.nextRunAt,
        failuresInRow: integrations.failuresInRow,
        now: sql<string>`now()`,
        provider: integrations.provider,
        timezone: districts.timezone,
        districtRevision: districts.rosterRevision,
        rosterRevision: syncRuns.rosterRevision,
        progress: syncRuns.progress,
        cancelRequested: syncRuns.cancelRequested,
        timeline: syncRuns.timeline,
        trace: syncRuns.trace,
        input: syncRuns.input,
        planRunId: syncRuns.planRunId,
        forPerson: syncRuns.forPerson,
        undoReason: syncRuns.undoReason,
        disconnectReason: syncRuns.disconnectReason,
        undoOf: sql<RunName | null>`(
          select jsonb_build_object('id', undone.id, 'kind', undone.kind, 'number', undone.number)
          from sync_runs undone
          where undone.district_id = ${tx.districtId} and undone.id = ${syncRuns.undoOf})`,
        findings: syncRuns.findings,
        leftOut: syncRuns.leftOut,
        isExpired: sql<boolean>`${syncRuns.expiredAt} is not null`,
      })
      .from(syncRuns)
      .innerJoin(integrations, and(eq(integrations.districtId, syncRuns.districtId), eq(integrations.id, syncRuns.integrationId)))
      .innerJoin(districts, eq(districts.id, syncRuns.districtId))
      .leftJoin(accounts, requester)
      .where(and(eq(syncRuns.districtId, tx.districtId), eq(syncRuns.id, runId)));
    if (!row) throw new ServiceError("not-found", "There is no such sync.");
    const [approval] = await tx.orm
      .select({ id: syncRuns.id })
      .from(syncRuns)
      .where(and(eq(syncRuns.districtId, tx.districtId), eq(syncRuns.integrationId, row.integrationId), eq(syncRuns.planRunId, runId)))
      .orderBy(desc(syncRuns.queuedAt))
      .limit(1);
    const {
      integrationName,
      integrationState,
      schedule,
      now,
      provider,
      timezone,
      progress,
      cancelRequested,
      timeline,
      trace,
      input,
      planRunId,
    } = row;
    const blackouts = (await blackoutsToCome(tx)).filter((one) => one.integrationId === null || one.integrationId === row.integrationId);
    const timing = schedule === null ? null : { schedule, timezone, failuresInRow: row.failuresInRow, blackouts };
    return {
      ...listItem(row),
      integrationName,
      provider,
      timezone,
      next: nextSync(integrationState, timing, row.nextRunAt, new Date(now)),
      progress,
      cancelRequested,
      timeline,
      trace,
      input,
      planRunId,
      person: row.forPerson === null ? null : await readPersonOf(tx, row.integrationId, row.forPerson),
      approvalRunId: approval?.id ?? null,
      undoOf: row.undoOf,
      undoReason: row.undoReason,
      disconnectReason: row.disconnectReason,
      versionChange: await readVersionChange(tx, input),
      undo: row.state === "succeeded" && (row.changeCount > 0 || row.changesVersionTo !== null) ? await findOffer(tx, row.id) : null,
      leftOut: row.leftOut ?? [],
      isExpired: row.isExpired,
      isPlanCurrent: (row.state === "held" || row.state === "previewed") && row.rosterRevision === row.districtRevision,
      // An approved plan's own run has other numbers for its changes.
      findings: row.kind === "approval" ? [] : await findingsInWords(tx, row, row.findings ?? []),
    };
  });
}

/** Whom a run was for: by the SIS's id, and who that leads to in Aivo. */
async function readPersonOf(tx: Tx, integrationId: string, externalId: string): Promise<RunPerson> {
  const [known] = await tx.sql<{ recordId: string | null }[]>`
    select record_id as "recordId"
    from source_records
    where district_id = ${tx.districtId}
      and integration_id = ${integrationId}
      and collection = 'users'
      and external_id = ${externalId}`;
  const recordId = known?.recordId ?? null;
  const found = recordId === null ? null : await findRecords(tx, { accounts: [recordId] });
  return { externalId, record: found?.get(recordId ?? "") ?? null };
}

async function readVersionChange(tx: Tx, input: RunInput | null): Promise<VersionChangeView | null> {
  if (!input?.versionChange) return null;
  const { mergedAccounts, ...counts } = input.versionChange;
  const found = await findRecords(tx, { accounts: mergedAccounts.flatMap(({ ends, stays }) => [ends, stays]) });
  const named = mergedAccounts.flatMap((pair) => {
    const [ends, stays] = [found.get(pair.ends), found.get(pair.stays)];
    return ends && stays ? [{ ends, stays }] : [];
  });
  return { ...counts, mergedAccounts: named };
}

async function requireIntegration(tx: Tx, integrationId: string): Promise<void> {
  const [found] = isUuid(integrationId)
    ? await tx.orm
        .select({ id: integrations.id })
        .from(integrations)
        .where(and(eq(integrations.districtId, tx.districtId), eq(integrations.id, integrationId)))
    : [];
  if (!found) throw new ServiceError("not-found", "There is no such integration.");
}

function historyWhere(tx: Tx, integrationId: string, outcome: RunOutcome | undefined): SQL | undefined {
  const byOutcome =
    outcome === undefined ? undefined : outcome === "active" ? inArray(syncRuns.state, [...activeRunStates]) : eq(syncRuns.state, outcome);
  return and(eq(syncRuns.districtId, tx.districtId), eq(syncRuns.integrationId, integrationId), byOutcome);
}

type Listed = Omit<RunListItem, "requestedByName" | "queuedAt" | "startedAt" | "finishedAt"> & {
  givenName: string | null;
  familyName: string | null;
  queuedAt: Date;
  startedAt: Date | null;
  finishedAt: Date | null;
};

function listItem(row: Listed): RunListItem {
  const {
    id,
    integrationId,
    number,
    kind,
    forOnePerson,
    trigger,
    state,
    totals,
    failure,
    heldBecause,
    sameAsRunId,
    issueCount,
    issuesOpened,
    issuesResolved,
    withheldCount,
    withheldOpened,
    changeCount,
    retryOf,
    retriedAs,
    attempt,
    disconnects,
    changesVersionTo,
    takenBackBy,
  } = row;
  return {
    id,
    integrationId,
    number,
    kind,
    forOnePerson,
    trigger,
    state,
    totals: totals && completeTotals(totals),
    failure,
    heldBecause,
    sameAsRunId,
    issueCount,
    issuesOpened,
    issuesResolved,
    withheldCount,
    withheldOpened,
    changeCount,
    retryOf,
    retriedAs,
    attempt,
    disconnects,
    changesVersionTo,
    takenBackBy,
    requestedByName: row.familyName === null ? null : fullName({ givenName: row.givenName ?? "", familyName: row.familyName }),
    queuedAt: row.queuedAt.toISOString(),
    startedAt: row.startedAt?.toISOString() ?? null,
    finishedAt: row.finishedAt?.toISOString() ?? null,
  };
}
