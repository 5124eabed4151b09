import type { Tx } from "#lib/platform/db/tx.ts";

/**
 * Discards the plans of an integration that wait, but for one that is being applied: what they were made by has changed. Returns the runs
 * that they belong to, whose rows are to be forgotten once this is committed (forgetPlan).
 */
export async function discardPlans(tx: Tx, integrationId: string): Promise<readonly string[]> {
  const rows = await tx.sql<{ id: string }[]>`
    update sync_runs r set state = 'discarded'
    where r.district_id = ${tx.districtId}
      and r.integration_id = ${integrationId}
      and r.state in ('held', 'previewed')
      and not exists (
        select 1 from sync_runs a
        where a.district_id = ${tx.districtId}
          and a.plan_run_id = r.id
          and a.state in ('queued', 'running', 'applying', 'succeeded'))
    returning r.id`;
  return rows.map(({ id }) => id);
}
