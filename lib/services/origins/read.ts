import { and, asc, eq } from "drizzle-orm";
import { integrations } from "#lib/platform/db/schema/integrations.ts";
import { syncRuns } from "#lib/platform/db/schema/runs.ts";
import { sourceRecords } from "#lib/platform/db/schema/source-records.ts";
import type { Tx } from "#lib/platform/db/tx.ts";
import { collectionOfLinkEntity, type LinkEntity } from "#lib/roster/canonical.ts";
import type { Origin } from "./schema.ts";

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
  return rows.flatMap(({ matchedBy, linkedAt, runAt, ...row }) =>
    matchedBy === null || linkedAt === null
      ? []
      : { ...row, matchedBy, linkedAt: linkedAt.toISOString(), runAt: runAt?.toISOString() ?? null },
  );
}
