import { and, asc, desc, eq, sql } from "drizzle-orm";
import type { ProviderId } from "#lib/engine/sis/providers.ts";
import { definitionIn } from "#lib/engine/sis/words.ts";
import { beyondSchools, type ReachScope } from "#lib/platform/access.ts";
import { precedence } from "#lib/platform/db/precedence.ts";
import { integrations } from "#lib/platform/db/schema/integrations.ts";
import { syncRuns } from "#lib/platform/db/schema/runs.ts";
import { sourceRecords } from "#lib/platform/db/schema/source-records.ts";
import { type Tx, withDistrict } from "#lib/platform/db/tx.ts";
import { type Collection, collectionOfLinkEntity, type LinkEntity } from "#lib/roster/canonical.ts";
import type { Services } from "#lib/services/services.ts";
import type { OpenIssue, Origin } from "./schema.ts";

/** The same of a record that was found with leave for some schools, where no transaction of theirs reads what tells it. */
export function originsBeyond(
  services: Pick<Services, "db">,
  scope: ReachScope<"read-roster">,
  entity: LinkEntity,
  recordId: string,
): Promise<readonly Origin[]> {
  return withDistrict(services.db, beyondSchools(scope), (tx) => originsOf(tx, entity, recordId));
}

/** Every integration that knows the record, the one that supplies its values first; none: it was made by hand. */
export async function originsOf(tx: Tx, entity: LinkEntity, recordId: string): Promise<readonly Origin[]> {
  const rows = await tx.orm
    .select({
      integrationId: sourceRecords.integrationId,
      integrationName: integrations.name,
      integrationState: integrations.state,
      changedAt: integrations.updatedAt,
      provider: integrations.provider,
      externalId: sourceRecords.externalId,
      isRostered: sourceRecords.rostered,
      matchedBy: sourceRecords.matchedBy,
      linkedAt: sourceRecords.linkedAt,
      outOfScopeSince: sourceRecords.outOfScopeSince,
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
    .orderBy(
      desc(sql`${sourceRecords.rostered} and ${sourceRecords.fate} <> 'out-of-scope' and ${integrations.state} = 'active'`),
      sql.raw(precedence("integrations", entity)),
      asc(sourceRecords.externalId),
    );
  const issues = await openIssuesOf(tx, collectionOfLinkEntity[entity], recordId, rows);
  return rows.flatMap(({ matchedBy, linkedAt, outOfScopeSince, runAt, changedAt, ...row }, index) =>
    matchedBy === null || linkedAt === null
      ? []
      : {
          ...row,
          // The removal is the last change of its row.
          removedAt: row.integrationState === "removed" ? changedAt.toISOString() : null,
          matchedBy,
          linkedAt: linkedAt.toISOString(),
          outOfScopeSince: outOfScopeSince?.toISOString() ?? null,
          runAt: runAt?.toISOString() ?? null,
          issues: issues[index] ?? [],
        },
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
      coalesce((select r.id from sync_runs r where r.district_id = ${tx.districtId} and r.integration_id = i.integration_id and r.state = 'succeeded'
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
