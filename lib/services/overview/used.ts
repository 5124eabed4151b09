import type { Tx } from "#lib/platform/db/tx.ts";
import type { IntegrationSummary } from "#lib/services/integrations/schema.ts";
import type { StandingIntegration } from "./schema.ts";

/** Those integrations that synced, or tried to, as the sentence needs them. The others were set up, and that is all there is to say of them. */
export async function usedIntegrations(tx: Tx, summaries: readonly IntegrationSummary[]): Promise<readonly StandingIntegration[]> {
  const used = summaries.filter(({ lastRun, lastSuccess }) => lastSuccess !== null || (lastRun !== null && lastRun.kind !== "preview"));
  const failed = await failedNights(
    tx,
    used.filter(({ lastRun }) => lastRun?.state === "failed").map(({ id }) => id),
  );
  return used.map(({ id, name, state, lastRun, lastSuccess, heldRunId, withheld, pausedBy, health }) => ({
    id,
    name,
    asOf: lastSuccess?.finishedAt ?? null,
    isSyncing: health === "syncing",
    failedNights: failed.get(id) ?? 0,
    failedRunId: lastRun?.state === "failed" ? lastRun.id : null,
    heldRunId,
    withheld: withheld?.count ?? 0,
    paused: state === "paused" ? { undoneNumber: pausedBy?.undoneNumber ?? null } : null,
  }));
}

/** By integration, on how many days every sync failed since one last got through. */
async function failedNights(tx: Tx, integrationIds: readonly string[]): Promise<ReadonlyMap<string, number>> {
  if (integrationIds.length === 0) return new Map();
  const rows = await tx.sql<{ id: string; nights: number }[]>`
    select f.integration_id as id, count(distinct (coalesce(f.started_at, f.queued_at) at time zone d.timezone)::date)::int as nights
    from sync_runs f join districts d on d.id = ${tx.districtId}
    where f.district_id = ${tx.districtId} and f.integration_id = any(${[...integrationIds]}::uuid[]) and f.state = 'failed'
      and f.for_person is null and not exists (
        select from sync_runs s
        where s.district_id = ${tx.districtId} and s.integration_id = f.integration_id and s.state = 'succeeded' and s.for_person is null
          and s.number > f.number)
    group by 1`;
  return new Map(rows.map(({ id, nights }) => [id, nights]));
}
