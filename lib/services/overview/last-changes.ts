import type { DistrictScope } from "#lib/platform/access.ts";
import { withDistrict } from "#lib/platform/db/tx.ts";
import { readWhoChanged } from "#lib/services/runs/people-changed.ts";
import type { Services } from "#lib/services/services.ts";
import type { LastChanges } from "./schema.ts";

/** So many people are named; the others are on the sync's page. */
export const shownPeople = 30;

/** Whom the syncs of the last day on which anything changed changed; null: nothing ever has. One that was taken back is not among them. */
export async function readLastChanges(services: Pick<Services, "db">, scope: DistrictScope<"read-syncs">): Promise<LastChanges | null> {
  const runs = await withDistrict(
    services.db,
    scope,
    (tx) => tx.sql<{ id: string; integrationId: string; number: number; day: string; at: Date }[]>`
      with applied as (
        select r.id, r.integration_id, r.number, coalesce(r.started_at, r.queued_at) as at, (coalesce(r.started_at, r.queued_at) at time zone d.timezone)::date as day
        from sync_runs r join districts d on d.id = ${tx.districtId}
        where r.district_id = ${tx.districtId} and r.state = 'succeeded' and r.kind in ('sync', 'approval') and r.change_count > 0
        order by r.queued_at desc limit 50)
      select id, integration_id as "integrationId", number, day::text as day, at from applied
      where day = (select max(day) from applied) order by number desc`,
  );
  const [latest] = runs;
  if (latest === undefined) return null;
  const people = await readWhoChanged(
    services,
    scope,
    runs.map(({ id }) => id),
    shownPeople,
  );
  const began = runs.map(({ at }) => new Date(at).getTime());
  const [from, to] = [Math.min(...began), Math.max(...began)].map((at) => new Date(at).toISOString());
  return {
    day: latest.day,
    from: from ?? "",
    to: to ?? "",
    runs: runs.map(({ id, integrationId, number }) => ({ id, integrationId, number })),
    people,
  };
}
