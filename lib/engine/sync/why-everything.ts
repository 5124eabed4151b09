import { and, desc, eq, isNull } from "drizzle-orm";
import { workerScope } from "#lib/platform/access.ts";
import type { Database } from "#lib/platform/db/client.ts";
import type { integrations } from "#lib/platform/db/schema/integrations.ts";
import { syncRuns } from "#lib/platform/db/schema/runs.ts";
import { withDistrict } from "#lib/platform/db/tx.ts";

type Integration = typeof integrations.$inferSelect;

/**
 * Why an integration without a cursor reads everything, in words that complete "because …": a cursor is written by each
 * sync that is applied, and dropped with other credentials and by the upgrade that made the mirror.
 */
export async function whyEverything(db: Database, integration: Integration): Promise<string> {
  const [last] = await withDistrict(db, workerScope(integration.districtId), (tx) =>
    tx.orm
      .select({ at: syncRuns.startedAt })
      .from(syncRuns)
      .where(
        and(
          eq(syncRuns.districtId, tx.districtId),
          eq(syncRuns.integrationId, integration.id),
          eq(syncRuns.state, "succeeded"),
          isNull(syncRuns.forPerson),
        ),
      )
      .orderBy(desc(syncRuns.queuedAt))
      .limit(1),
  );
  if (last === undefined) return "no sync of this integration has been applied yet";
  const { credentialsChangedAt } = integration;
  if (credentialsChangedAt !== null && (last.at === null || credentialsChangedAt >= last.at))
    return "the credentials were changed since the last sync";
  if (integration.plannedWith === null) return "what the SIS says is remembered from now on";
  return "the integration was paused or changed since the last sync";
}
