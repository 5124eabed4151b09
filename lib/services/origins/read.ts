import { and, asc, eq } from "drizzle-orm";
import type { ProviderId } from "#lib/engine/sis/providers.ts";
import { definitionIn } from "#lib/engine/sis/words.ts";
import { integrations } from "#lib/platform/db/schema/integrations.ts";
import { syncRuns } from "#lib/platform/db/schema/runs.ts";
import { sourceRecords } from "#lib/platform/db/schema/source-records.ts";
import type { Tx } from "#lib/platform/db/tx.ts";
import { type Collection, collectionOfLinkEntity, type LinkEntity } from "#lib/roster/canonical.ts";
import type { OpenIssue, Origin } from "./schema.ts";

/** Every integration that knows the record, oldest link first; none: it was made by hand. */
export async function originsOf(tx: Tx, entity: LinkEntity, recordId: string): Promise<readonly Origin[]> {
  const rows = await tx.orm
    .select({
      integrationId: sourceRecords.integrationId,
      integrationName: integrations.name,
      integrationState: integrations.state,
      provider: integrations.provider,
      externalId: sourceRecords.externalId,
      isRostered: sourceRecords.rostered,
      matchedBy: sourceRecords.matchedBy,
      linkedAt: sourceRecords.linkedAt,
      runId: sourceRecords.runId,
      runNumber: syncRuns.number,
      runAt: syncRuns.finishedAt,
      sourcePart: sourceRecords.sourcePart,
      sourcePosition: sourceRecords.sourcePosition,
    })
    .from(sourceRecords)
    .innerJoin(integrations, and(eq(integrations.districtId, sourceRecords.districtId), eq(integrations.id, sourceRecords.integrationId)))
    .leftJoin(syncRuns, and(eq(syncRuns.districtId, sourceRecords.districtId), eq(syncRuns.id, sourceRecords.runId)))
    .where(
      and(
        eq(sourceRecords.districtId, tx.districtId),
        eq(sourceRecords.recordId, recordId),
        eq(sourceRecords.collection, collectionOfLinkEntity[entity]),
      ),
    )
    .orderBy(asc(sourceRecords.linkedAt), asc(sourceRecords.integrationId), asc(sourceRecords.externalId));
  const issues = await openIssuesOf(tx, collectionOfLinkEntity[entity], recordId, rows);
  return rows.flatMap(({ matchedBy, linkedAt, runAt, ...row }, index) =>
    matchedBy === null || linkedAt === null
      ? []
      : { ...row, matchedBy, linkedAt: linkedAt.toISOString(), runAt: runAt?.toISOString() ?? null, issues: issues[index] ?? [] },
  );
}

interface Named {
  readonly integrationId: string;
  readonly provider: ProviderId;
  readonly externalId: string;
}

/**
 * By link, the open issues about it: those of the id, and beside the first id of an integration those that are about the record as the other
 * side of a conflict.
 */
async function openIssuesOf(tx: Tx, collection: Collection, recordId: string, links: readonly Named[]): Promise<OpenIssue[][]> {
  const found = await tx.sql<
    { integrationId: string; key: string; seq: string; code: string; severity: OpenIssue["severity"]; since: Date; runId: string }[]
  >`
    select i.integration_id as "integrationId", i.key, i.seq, i.code, i.severity, i.opened_at as since,
      coalesce((select r.id from sync_runs r where r.district_id = i.district_id and r.integration_id = i.integration_id and r.state = 'succeeded'
        order by r.number desc limit 1), i.opened_run_id) as "runId"
    from issues i
    where i.district_id = ${tx.districtId} and i.integration_id = any(${links.map((link) => link.integrationId)}::uuid[])
      and (i.collection = ${collection} and i.key = any(${links.map((link) => link.externalId)}::text[]) or i.record_ids @> array[${recordId}]::uuid[])
    order by i.seq limit ${most}`;
  return links.map((link, index) => {
    const isFirst = links.findIndex((other) => other.integrationId === link.integrationId) === index;
    const isNamed = (key: string) => links.some((other) => other.integrationId === link.integrationId && other.externalId === key);
    return found
      .filter(({ integrationId, key }) => integrationId === link.integrationId && (key === link.externalId || (isFirst && !isNamed(key))))
      .map(({ seq, code, severity, since, runId }) => ({
        seq: Number(seq),
        runId,
        title: definitionIn(link.provider, code).title,
        severity,
        since: new Date(since).toISOString(),
      }));
  });
}

/** Of many issues of one record the oldest. */
const most = 50;
