import { and, desc, eq } from "drizzle-orm";
import { plannedWith } from "#lib/engine/scope/planned-with.ts";
import { workerScope } from "#lib/platform/access.ts";
import type { Database } from "#lib/platform/db/client.ts";
import { integrations } from "#lib/platform/db/schema/integrations.ts";
import { type RunInput, syncRuns } from "#lib/platform/db/schema/runs.ts";
import { withDistrict } from "#lib/platform/db/tx.ts";
import { type Entity, entities } from "#lib/roster/canonical.ts";
import type { IssueCounts } from "#lib/roster/issue-counts.ts";
import { asUnchanged } from "#lib/roster/row-totals.ts";
import { completeTotals, type EntityTotals, noTotals, type RunTotals } from "#lib/roster/totals.ts";
import { readRevision } from "./revision.ts";

type Integration = typeof integrations.$inferSelect;

export async function loadIntegration(db: Database, districtId: string, integrationId: string): Promise<Integration> {
  const [found] = await db.orm
    .select()
    .from(integrations)
    .where(and(eq(integrations.districtId, districtId), eq(integrations.id, integrationId)));
  if (!found) throw new Error(`integration ${integrationId} does not exist`);
  return found;
}

export interface SameInput {
  readonly sameAsRunId: string;
  readonly totals: RunTotals;
  readonly issueCount: number;
  readonly issueCounts: IssueCounts | null;
  readonly issuesOpened: 0;
  readonly issuesResolved: 0;
  readonly changeCount: 0;
  readonly withheldCount: number;
  readonly withheldOpened: 0;
  readonly input: RunInput;
  readonly rosterRevision: number;
}

/**
 * The last sync of the integration, if it had this very input and nobody has changed the roster since: then there is
 * nothing to plan, and what it could not take is what this one cannot take.
 */
export async function findSameInput(db: Database, integration: Integration, fingerprint: string): Promise<SameInput | null> {
  return withDistrict(db, workerScope(integration.districtId), async (tx) => {
    const [last] = await tx.orm
      .select()
      .from(syncRuns)
      .where(
        and(eq(syncRuns.districtId, integration.districtId), eq(syncRuns.integrationId, integration.id), eq(syncRuns.state, "succeeded")),
      )
      .orderBy(desc(syncRuns.queuedAt))
      .limit(1);
    if (!last?.totals || !last.input || last.fingerprint !== fingerprint) return null;
    const rosterRevision = await readRevision(tx);
    if (last.rosterRevision !== rosterRevision) return null;
    // Another supplier of shared records, other rules, or a mirror that an earlier version did not keep.
    if (integration.plannedWith !== plannedWith(integration)) return null;
    // Pausing or removing an integration can change which one supplies a record: that raises the revision.
    if (last.sourceVersion !== integration.sourceVersion) return null;
    const { totals, input, issueCount, issueCounts, withheldCount } = last;
    return {
      sameAsRunId: last.sameAsRunId ?? last.id,
      totals: allUnchanged(completeTotals(totals)),
      issueCount,
      issueCounts,
      issuesOpened: 0,
      issuesResolved: 0,
      changeCount: 0,
      withheldCount,
      withheldOpened: 0,
      input: input.became ? { ...input, became: asUnchanged(input.became) } : input,
      rosterRevision,
    };
  });
}

function allUnchanged(totals: RunTotals): RunTotals {
  const still = (entity: Entity): EntityTotals => {
    const { created, updated, reactivated, linked, unchanged, skipped } = totals[entity];
    return { ...noTotals, unchanged: created + updated + reactivated + linked + unchanged, skipped };
  };
  return Object.fromEntries(entities.map((entity) => [entity, still(entity)])) as Record<Entity, EntityTotals>;
}
