import type { DistrictScope } from "#lib/platform/access.ts";
import { suspendedRows } from "#lib/platform/db/suspended-rows.ts";
import { type Tx, withDistrict } from "#lib/platform/db/tx.ts";
import type { Services } from "#lib/services/services.ts";
import type { Night } from "./nights-schema.ts";

/** How far the band looks back. */
export const bandDays = 30;
/** Of a sync with more changes than this, only the people whose own record changed are counted. */
const countableChanges = 2_000;
/** An integration may sync every few minutes: the latest so many runs are looked at. */
const mostRuns = 3_000;

interface NightRun {
  readonly id: string;
  readonly integrationId: string;
  readonly day: string;
  readonly isSuccess: boolean;
  readonly isFailure: boolean;
  readonly held: "held" | "approved" | "refused" | null;
  readonly changeCount: number;
  readonly arrived: number;
  readonly left: number;
  readonly updated: number;
  readonly isFirst: boolean;
  readonly at: Date;
}

/**
 * The days of the last 30 on which the district, or one of its integrations, synced, the earliest first, with how many people arrived, left and
 * changed. Previews, cancelled runs and those under way are not among them.
 */
export function readNights(
  services: Pick<Services, "db">,
  scope: DistrictScope<"read-syncs">,
  integrationId: string | null,
): Promise<readonly Night[]> {
  return withDistrict(services.db, scope, async (tx) => {
    const runs = await runsOf(tx, integrationId);
    const changed = await peopleChangedIn(
      tx,
      runs.filter(({ isSuccess, changeCount }) => isSuccess && changeCount > 0 && changeCount <= countableChanges).map(({ id }) => id),
    );
    const still = await stillByDay(tx, integrationId);
    return [...Map.groupBy(runs, ({ day }) => day)].map(([day, ofDay]) => nightOf(day, ofDay, changed, still.get(day) ?? 0));
  });
}

/** By run, how many people it changed that neither arrived nor left with it; those that changed too much to be looked through are not in it. */
export function countPeopleChanged(
  services: Pick<Services, "db">,
  scope: DistrictScope<"read-syncs">,
  runs: readonly { readonly id: string; readonly state: string; readonly changeCount: number }[],
): Promise<ReadonlyMap<string, number>> {
  const countable = runs.filter(({ state, changeCount }) => state === "succeeded" && changeCount > 0 && changeCount <= countableChanges);
  return withDistrict(services.db, scope, (tx) =>
    peopleChangedIn(
      tx,
      countable.map(({ id }) => id),
    ),
  );
}

function runsOf(tx: Tx, integrationId: string | null): Promise<readonly NightRun[]> {
  const people = (action: string) =>
    tx.sql`coalesce((r.totals -> 'learner' ->> ${action})::int, 0) + coalesce((r.totals -> 'teacher' ->> ${action})::int, 0)`;
  return tx.sql<NightRun[]>`
    select * from (
      select r.id, r.integration_id as "integrationId", (coalesce(r.started_at, r.queued_at) at time zone d.timezone)::date::text as day,
        r.state = 'succeeded' as "isSuccess", r.state = 'failed' as "isFailure",
        case when r.held_because is null or r.state not in ('held', 'discarded') then null
          when exists (
            select from sync_runs p
            where p.district_id = r.district_id and p.plan_run_id = r.id and p.state = 'succeeded') then 'approved'
          when r.state = 'held' then 'held' else 'refused' end as held,
        case when r.state = 'succeeded' then r.change_count else 0 end as "changeCount",
        case when r.state <> 'succeeded' then 0 else ${people("created")} + ${people("reactivated")} end as arrived,
        case when r.state <> 'succeeded' then 0 else ${people("deactivated")} + ${people("removed")} end as left,
        case when r.state <> 'succeeded' then 0 else ${people("updated")} end as updated,
        r.state = 'succeeded' and r.kind <> 'undo' and r.for_person is null and not exists (
          select from sync_runs e
          where e.district_id = r.district_id and e.integration_id = r.integration_id and e.number < r.number and e.state = 'succeeded'
            and e.for_person is null) as "isFirst",
        coalesce(r.started_at, r.queued_at) as at
      from sync_runs r join districts d on d.id = r.district_id
      where r.district_id = ${tx.districtId} and d.id = ${tx.districtId} and r.kind <> 'preview'
        and r.state in ('succeeded', 'failed', 'held', 'discarded')
        and r.queued_at > now() - make_interval(days => ${bandDays + 1})
        and (coalesce(r.started_at, r.queued_at) at time zone d.timezone)::date > (now() at time zone d.timezone)::date - ${bandDays}::int
        ${integrationId === null ? tx.sql`` : tx.sql`and r.integration_id = ${integrationId}`}
      order by r.queued_at desc limit ${mostRuns}) runs
    order by at, id`;
}

/** By run, of whom anything changed that neither arrived nor left with it; memberships count for their person. */
async function peopleChangedIn(tx: Tx, runIds: readonly string[]): Promise<ReadonlyMap<string, number>> {
  if (runIds.length === 0) return new Map();
  const ids = [...runIds];
  const rows = await tx.sql<{ runId: string; people: number }[]>`
    select run_id as "runId", count(*)::int as people from (
      select run_id, person, bool_or(turned) as turned from (
        select c.run_id, c.record_id as person, c.action <> 'updated' as turned from run_changes c
        where c.district_id = ${tx.districtId} and c.run_id = any(${ids}::uuid[]) and c.entity in ('learner', 'teacher')
          and c.action in ('created', 'updated', 'deactivated', 'reactivated', 'removed')
        union all
        select c.run_id, m.account_id, false from run_changes c
        join memberships m on m.district_id = ${tx.districtId} and m.id = c.record_id
        where c.district_id = ${tx.districtId} and c.run_id = any(${ids}::uuid[]) and c.entity = 'membership'
          and c.action in ('created', 'updated', 'deactivated', 'reactivated')) each
      group by 1, 2) people
    where not turned
    group by 1`;
  return new Map(rows.map(({ runId, people }) => [runId, people]));
}

/** By day, who left the SIS on it and can still sign in. */
async function stillByDay(tx: Tx, integrationId: string | null): Promise<ReadonlyMap<string, number>> {
  const ours = await tx.sql<{ id: string }[]>`
    select id from integrations where district_id = ${tx.districtId} and state <> 'removed'
      ${integrationId === null ? tx.sql`` : tx.sql`and id = ${integrationId}`}`;
  const missing = suspendedRows(
    tx,
    ours.map(({ id }) => id),
  );
  const rows = await tx.sql<{ day: string; people: number }[]>`
    select (since at time zone d.timezone)::date::text as day, count(*)::int as people
    from (select a.id, min(l.missing_since) as since from ${missing} and a.role in ('teacher', 'learner') group by a.id) p
    join districts d on d.id = ${tx.districtId}
    group by 1`;
  return new Map(rows.map(({ day, people }) => [day, people]));
}

function nightOf(day: string, runs: readonly NightRun[], changed: ReadonlyMap<string, number>, still: number): Night {
  const sum = (of: (run: NightRun) => number) => runs.reduce((total, run) => total + of(run), 0);
  const began = runs.map(({ at }) => new Date(at).getTime());
  const main = runs.reduce((most, run) => (run.changeCount >= most.changeCount ? run : most));
  const isUncounted = (run: NightRun) => run.changeCount > countableChanges;
  return {
    day,
    integrationId: main.integrationId,
    runId: main.id,
    runCount: runs.length,
    from: new Date(Math.min(...began)).toISOString(),
    to: new Date(Math.max(...began)).toISOString(),
    arrived: sum(({ arrived }) => arrived),
    left: sum(({ left }) => left),
    still,
    changed: sum((run) => (isUncounted(run) ? run.updated : (changed.get(run.id) ?? 0))),
    isAtLeast: runs.some((run) => isUncounted(run) && !run.isFirst),
    isFirst: runs.some(({ isFirst }) => isFirst),
    mark: markOf(runs),
  };
}

function markOf(runs: readonly NightRun[]): Night["mark"] {
  const held = (["held", "approved", "refused"] as const).find((one) => runs.some((run) => run.held === one));
  if (held !== undefined) return held;
  return runs.some(({ isFailure }) => isFailure) && !runs.some(({ isSuccess }) => isSuccess) ? "failed" : null;
}
