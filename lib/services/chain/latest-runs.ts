import type { Tx } from "#lib/platform/db/tx.ts";
import type { ReadMode } from "#lib/roster/input.ts";
import type { RunRef } from "#lib/services/record-history/schema.ts";

/** The latest sync of an integration that was applied: Aivo is as it read the SIS. */
export interface LatestRun {
  readonly ref: RunRef;
  readonly endedAt: string;
  readonly modes: Readonly<Record<string, ReadMode>> | null;
}

/** By integration. Syncs of one person tell of nobody else, and count for none here. */
export async function latestRuns(tx: Tx, integrationIds: readonly string[]): Promise<ReadonlyMap<string, LatestRun>> {
  if (integrationIds.length === 0) return new Map();
  const rows = await tx.sql<{ integrationId: string; runId: string; number: number; endedAt: string; modes: LatestRun["modes"] }[]>`
    select r.integration_id as "integrationId", r.id as "runId", r.number, coalesce(r.finished_at, r.applied_at, r.queued_at) as "endedAt", r.input -> 'modes' as modes
    from unnest(${[...new Set(integrationIds)]}::uuid[]) as a (id)
    join lateral (
      select * from sync_runs l
      where l.district_id = ${tx.districtId} and l.integration_id = a.id and l.state = 'succeeded' and l.for_person is null
      order by l.number desc limit 1) r on true`;
  return new Map(
    rows.map(({ integrationId, runId, number, endedAt, modes }) => [
      integrationId,
      {
        ref: { integrationId, runId, number },
        endedAt: new Date(endedAt).toISOString(),
        modes,
      },
    ]),
  );
}
