import { closeIncidents } from "#lib/engine/notices/incidents.ts";
import { renewNextRuns } from "#lib/engine/schedule/next-run.ts";
import type { Tx } from "#lib/platform/db/tx.ts";
import { incidentKinds } from "#lib/roster/notices/kinds.ts";

/**
 * Ends an integration inside the caller's transaction, which has locked it and in which no sync of it is under way but the
 * caller's: its secrets, schedule, blackouts, decisions and what waits are gone, its open incidents end without a word, and what it was
 * told of nobody in the roster goes. Links and history stay. What other integrations share with it is planned again. Returns the
 * runs whose plans waited and are discarded.
 */
export async function endIntegration(tx: Tx, integrationId: string): Promise<readonly string[]> {
  const isOurs = tx.sql`district_id = ${tx.districtId} and integration_id = ${integrationId}`;
  // What could not be placed holds people's names, and waits for changes that will not come any more.
  await tx.sql`delete from source_records where ${isOurs} and record_id is null`;
  await tx.sql`
    delete from source_record_changes c using sync_runs r
    where c.district_id = ${tx.districtId} and c.record_id is null
      and r.district_id = ${tx.districtId} and r.integration_id = ${integrationId} and r.id = c.run_id`;
  for (const table of ["withheld_records", "match_decisions", "blackouts", "barred_ids", "issue_acknowledgements"])
    await tx.sql`delete from ${tx.sql(table)} where ${isOurs}`;
  await tx.sql`
    update integrations set state = 'removed', secrets = '{}', cursor = null, updated_at = now()
    where district_id = ${tx.districtId} and id = ${integrationId}`;
  await renewNextRuns(tx, integrationId);
  await tx.sql`update integrations set planned_with = null where district_id = ${tx.districtId} and id <> ${integrationId}`;
  const discarded = await tx.sql<{ id: string }[]>`
    update sync_runs set state = 'discarded'
    where ${isOurs} and state in ('held', 'previewed')
      and not exists (
        select from sync_runs a
        where a.district_id = sync_runs.district_id and a.plan_run_id = sync_runs.id
          and a.state in ('applying', 'succeeded'))
    returning id`;
  return discarded.map(({ id }) => id);
}

/** No message: there is nothing left that an admin could do about it. After the audit entry, as everywhere. */
export async function endItsIncidents(tx: Tx, integrationId: string): Promise<void> {
  await closeIncidents(tx, { kinds: incidentKinds, subject: integrationId, runId: null, because: "removed", isQuiet: true });
}
