import { and, asc, eq } from "drizzle-orm";
import { externalLinks, integrations } from "#lib/platform/db/schema/integrations.ts";
import { syncRuns } from "#lib/platform/db/schema/runs.ts";
import type { Tx } from "#lib/platform/db/tx.ts";
import type { LinkEntity } from "#lib/roster/canonical.ts";
import type { Origin } from "./schema.ts";

/** Every integration that knows the record, oldest link first; none: it was made by hand. */
export async function originsOf(tx: Tx, entity: LinkEntity, recordId: string): Promise<readonly Origin[]> {
  const rows = await tx.orm
    .select({
      integrationId: externalLinks.integrationId,
      integrationName: integrations.name,
      integrationState: integrations.state,
      provider: integrations.provider,
      externalId: externalLinks.externalId,
      isRostered: externalLinks.rostered,
      matchedBy: externalLinks.matchedBy,
      linkedAt: externalLinks.linkedAt,
      runId: externalLinks.runId,
      runNumber: syncRuns.number,
      runAt: syncRuns.finishedAt,
      sourcePart: externalLinks.sourcePart,
      sourcePosition: externalLinks.sourcePosition,
    })
    .from(externalLinks)
    .innerJoin(integrations, and(eq(integrations.districtId, externalLinks.districtId), eq(integrations.id, externalLinks.integrationId)))
    .leftJoin(syncRuns, and(eq(syncRuns.districtId, externalLinks.districtId), eq(syncRuns.id, externalLinks.runId)))
    .where(and(eq(externalLinks.districtId, tx.districtId), eq(externalLinks.recordId, recordId), eq(externalLinks.entity, entity)))
    .orderBy(asc(externalLinks.linkedAt), asc(externalLinks.integrationId), asc(externalLinks.externalId));
  return rows.map((row) => ({ ...row, linkedAt: row.linkedAt.toISOString(), runAt: row.runAt?.toISOString() ?? null }));
}
