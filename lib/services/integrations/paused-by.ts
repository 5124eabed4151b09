import type { Tx } from "#lib/platform/db/tx.ts";
import type { PausedBy } from "./schema.ts";

/** Of those that an undo paused, and nobody has resumed since, what it took back. */
export async function pausedBy(tx: Tx, ids: readonly string[]): Promise<ReadonlyMap<string, PausedBy>> {
  const rows = await tx.sql<(PausedBy & { integrationId: string })[]>`
    select
      i.id as "integrationId",
      u.id as "runId",
      u.number,
      undone.id as "undoneId",
      undone.number as "undoneNumber",
      u.undo_reason as reason
    from integrations i
    join sync_runs u on u.district_id = i.district_id and u.id = i.paused_by_run_id
    join sync_runs undone on undone.district_id = u.district_id and undone.id = u.undo_of
    where i.district_id = ${tx.districtId} and i.id = any(${[...ids]}::uuid[]) and i.state = 'paused'`;
  return new Map(rows.map(({ integrationId, ...paused }) => [integrationId, paused]));
}
