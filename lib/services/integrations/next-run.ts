import { nextRuns } from "#lib/engine/schedule/occurrences.ts";
import type { Tx } from "#lib/platform/db/tx.ts";

/** A schedule, and the moment after which its next occurrence is asked for, in milliseconds by the database's clock. */
export interface Scheduled {
  readonly schedule: string;
  readonly timezone: string;
  readonly nowMs: number;
}

/**
 * Writes when the integration runs next (`null`: each of the district), for the schedule, state and time zone that this transaction
 * leaves. Part of every transaction that changes one of them: whoever sees the change sees what follows from it.
 */
export async function renewNextRuns(tx: Tx, integrationId: string | null): Promise<void> {
  const which = integrationId === null ? tx.sql`` : tx.sql`and i.id = ${integrationId}`;
  const rows = await tx.sql<(Scheduled & { id: string })[]>`
    select i.id, i.schedule, d.timezone, (extract(epoch from clock_timestamp()) * 1000)::float8 as "nowMs"
    from integrations i join districts d on d.id = i.district_id
    where i.district_id = ${tx.districtId} ${which} and i.state = 'active' and i.schedule is not null`;
  const next = rows.map(nextOccurrences());
  await tx.sql`
    update integrations i set next_run_at = (
      select v.next_run_at::timestamptz from unnest(${rows.map((row) => row.id)}::uuid[], ${next}::text[]) v (id, next_run_at) where v.id = i.id)
    where i.district_id = ${tx.districtId} ${which}`;
}

/** Tells a schedule's next occurrence, as Postgres reads a time; equal schedules, which most are, are worked out once. */
export function nextOccurrences(): (scheduled: Scheduled) => string {
  const known = new Map<string, string>();
  return ({ schedule, timezone, nowMs }) => {
    const key = `${schedule} ${timezone} ${nowMs}`;
    const next = known.get(key) ?? nextRuns(schedule, timezone, new Date(nowMs), 1)[0]?.toISOString() ?? "infinity";
    known.set(key, next);
    return next;
  };
}
