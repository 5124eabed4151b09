import type { Tx } from "#lib/platform/db/tx.ts";
import { formatCount } from "#lib/platform/format/number.ts";
import { type Moment, momentOf, several } from "./moments.ts";
import type { RunRef } from "./schema.ts";
import type { HistoryOf, Seat } from "./subject.ts";

/**
 * When a record came to be and when memberships did, with the syncs that brought them: what is created is in no index of changes, so
 * the sync is told by the time.
 */
export async function arrivalsOf(tx: Tx, of: HistoryOf, seats: readonly Seat[]): Promise<Moment[]> {
  const createdAt = new Date(of.createdAt).toISOString();
  const later = Map.groupBy(
    seats.filter((seat) => seat.createdAt > createdAt),
    (seat) => seat.createdAt,
  );
  const runs = of.isByHand ? new Map<string, RunRef>() : await runsAt(tx, of, [createdAt, ...later.keys()]);
  const atOnce = seats.filter((seat) => seat.createdAt === createdAt).length;
  const isPerson = of.kind === "person";
  const what = isPerson ? `in ${formatCount(atOnce, "class", "classes")}` : `with ${formatCount(atOnce, "person", "people")}`;
  const arrived = of.isByHand ? "Added by hand" : "Arrived";
  return [
    momentOf(createdAt, [atOnce === 0 ? arrived : `${arrived}, ${what}`], runs.get(createdAt) ?? null),
    ...[...later].map(([at, joinedThen]) => {
      const names = joinedThen.map(({ name }) => name);
      return momentOf(at, [isPerson ? several("Joined", names, "classes") : several("Joined:", names, "people")], runs.get(at) ?? null);
    }),
  ];
}

async function runsAt(tx: Tx, { called }: HistoryOf, instants: readonly string[]): Promise<Map<string, RunRef>> {
  const rows = await tx.sql<(RunRef & { at: string })[]>`
    select t.at, r.id as "runId", r.integration_id as "integrationId", r.number
    from unnest(${[...instants]}::text[]) as t (at)
    join lateral (
      select r.* from unnest(${[...new Set(called.map((one) => one.integrationId))]}::uuid[]) as i (id)
      join lateral (
        select l.* from sync_runs l
        where l.district_id = ${tx.districtId} and l.integration_id = i.id and l.queued_at <= t.at::timestamptz
        order by l.queued_at desc limit 1) r on r.state = 'succeeded' and r.finished_at >= t.at::timestamptz
      limit 1) r on true`;
  return new Map(rows.map(({ at, runId, integrationId, number }) => [new Date(at).toISOString(), { runId, integrationId, number }]));
}
