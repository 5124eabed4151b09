import type { Tx } from "#lib/platform/db/tx.ts";
import type { BlackoutRange } from "./blackout.ts";
import { nextRun, type Timing } from "./upcoming.ts";

/** A schedule, and the moment after which its next time is asked for, in milliseconds by the database's clock. */
export interface Scheduled extends Timing {
  readonly nowMs: number;
}

/**
 * Writes when the integration runs next (`null`: each of the district), for the schedule, state, time zone, blackouts and failures that
 * this transaction leaves. Part of every transaction that changes one of them: whoever sees the change sees what follows from it.
 */
export async function renewNextRuns(tx: Tx, integrationId: string | null): Promise<void> {
  const which = integrationId === null ? tx.sql`` : tx.sql`and i.id = ${integrationId}`;
  const rows = await tx.sql<(Scheduled & { id: string })[]>`
    select i.id, i.schedule, d.timezone, i.failures_in_row as "failuresInRow", ${blackoutsOf(tx)} as blackouts,
      (extract(epoch from clock_timestamp()) * 1000)::float8 as "nowMs"
    from integrations i join districts d on d.id = i.district_id
    where i.district_id = ${tx.districtId} ${which} and i.state = 'active' and i.schedule is not null`;
  const next = rows.map(nextOccurrences());
  await tx.sql`
    update integrations i set next_run_at = (
      select v.next_run_at
      from unnest(${rows.map((row) => row.id)}::uuid[], ${next}::text[]::timestamptz[]) v (id, next_run_at)
      where v.id = i.id)
    where i.district_id = ${tx.districtId} ${which}`;
}

/** The blackouts of an integration `i` of a district `d` that are not over, as one JSON value. */
export function blackoutsOf(tx: Pick<Tx, "sql">) {
  return tx.sql`
    coalesce((
      select json_agg(json_build_object('firstDay', b.first_day::text, 'lastDay', b.last_day::text))
      from blackouts b
      where b.district_id = i.district_id and (b.integration_id is null or b.integration_id = i.id)
        and b.last_day >= (now() at time zone d.timezone)::date), '[]')`;
}

/** Tells a schedule's next time, as Postgres reads one; equal schedules, which most are, are worked out once. */
export function nextOccurrences(): (scheduled: Scheduled) => string {
  const known = new Map<string, string>();
  return ({ schedule, timezone, nowMs, failuresInRow, blackouts }) => {
    const key = JSON.stringify([schedule, timezone, nowMs, failuresInRow, blackouts.map(daysOf)]);
    const next = known.get(key) ?? nextRun({ schedule, timezone, failuresInRow, blackouts }, new Date(nowMs))?.toISOString() ?? "infinity";
    known.set(key, next);
    return next;
  };
}

const daysOf = ({ firstDay, lastDay }: BlackoutRange) => [firstDay, lastDay];
