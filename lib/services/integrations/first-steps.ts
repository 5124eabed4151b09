import type { DistrictScope } from "#lib/platform/access.ts";
import { withDistrict } from "#lib/platform/db/tx.ts";
import type { Services } from "#lib/services/services.ts";
import type { FirstSteps } from "./first-steps-schema.ts";

/**
 * Reads from the district itself which of its first steps are done, so that no step is ticked by hand. A preview counts as looked at where a
 * sync was applied without one: who has synced needs none any more.
 */
export function readFirstSteps(services: Pick<Services, "db">, scope: DistrictScope<"read-syncs">): Promise<FirstSteps> {
  return withDistrict(services.db, scope, async (tx) => {
    const [row] = await tx.sql<(Omit<FirstSteps, "syncedSince"> & { syncedSince: Date | null })[]>`
      with own as (
        select i.id, i.created_at, i.schedule,
          (select r.finished_at from sync_runs r
            where r.district_id = ${tx.districtId} and r.integration_id = i.id and r.state = 'succeeded' and r.kind in ('sync', 'approval')
            order by r.number limit 1) as since,
          exists (select from sync_runs r where r.district_id = ${tx.districtId} and r.integration_id = i.id and r.kind = 'preview'
            and r.state in ('previewed', 'succeeded', 'discarded')) as previewed
        from integrations i
        where i.district_id = ${tx.districtId} and i.state <> 'removed'),
      seen as (select *, since is not null as synced from own)
      select
        (select id from seen order by synced desc, previewed desc, created_at, id limit 1) as "integrationId",
        coalesce(bool_or(synced), false) or exists (select from audit_entries a
          where a.district_id = ${tx.districtId} and a.action = 'connection-tested' and a.details ->> 'outcome' = 'passed') as "isTested",
        coalesce(bool_or(previewed or synced), false) as "isPreviewed",
        coalesce(bool_or(synced), false) as "isSynced",
        min(since) as "syncedSince",
        coalesce(bool_or(schedule is not null), false) as "isScheduled",
        exists (select from notice_choices n where n.district_id = ${tx.districtId}) as "areNoticesChosen"
      from seen`;
    if (row === undefined) throw new Error("an aggregate answers with one row");
    return { ...row, syncedSince: row.syncedSince === null ? null : new Date(row.syncedSince).toISOString() };
  });
}
