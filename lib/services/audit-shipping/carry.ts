import { randomUUID } from "node:crypto";
import { codeOf } from "#lib/platform/db/error-codes.ts";
import { withOwner } from "#lib/platform/db/tx.ts";
import type { Services } from "#lib/services/services.ts";
import { type Batch, deliver, Refused } from "./deliver.ts";
import type { Destination } from "./destinations.ts";
import { nextAnchors, nextEntries } from "./next.ts";

/** For one delivery. */
const usualPatienceMs = 10_000;
/** Above what one delivery may take: whoever holds a destination for longer is gone, and another worker takes it. */
const leaseSeconds = 60;
/** A worker gives a destination back after so long, also while more waits. */
const turnMs = 20_000;
const longestPauseSeconds = 300;

export interface Carried {
  readonly items: number;
  /** A code of ours or of the system's, which quotes nobody; null: all is there. */
  readonly failedWith: string | null;
}

/**
 * Carries what a destination has not got, batch by batch, each district's in the order of its log. One worker at a time does so for a
 * destination, by a lease; what was taken is noted after it was, so that whatever dies in between makes a batch come twice and never not at all.
 * A destination that does not take it is left alone for a while, which doubles: nothing else waits for it. Null: another worker is at it, or it
 * is not yet time.
 */
export async function carry(
  services: Pick<Services, "db" | "env">,
  destination: Destination,
  signal: AbortSignal,
  patienceMs = usualPatienceMs,
): Promise<Carried | null> {
  const { db, env } = services;
  const lease = randomUUID();
  const [taken] = await db.sql`
    insert into audit_destinations (destination, lease, leased_until)
    values (${destination.id}, ${lease}, now() + make_interval(secs => ${leaseSeconds}))
    on conflict (destination) do update set lease = excluded.lease, leased_until = excluded.leased_until
    where (audit_destinations.leased_until is null or audit_destinations.leased_until <= now()) and audit_destinations.next_attempt_at <= now()
    returning destination`;
  if (!taken) return null;
  const until = Date.now() + turnMs;
  let items = 0;
  try {
    while (Date.now() < until && !signal.aborted) {
      const batch = destination.carries === "anchors" ? await nextAnchors(services, destination) : await nextEntries(services, destination);
      if (batch.items.length === 0) break;
      await deliver(env, destination, batch, patienceMs);
      if (!(await advance(services, destination, lease, batch))) return { items, failedWith: null };
      items += batch.items.length;
    }
  } catch (error) {
    const failedWith = error instanceof Refused ? error.word : (codeOf(error) ?? "failed");
    await db.sql`
      update audit_destinations set lease = null, leased_until = null, failures = failures + 1, failed_with = ${failedWith},
        next_attempt_at = now() + make_interval(secs => greatest(${pauseOf(error)}::int, least(power(2, least(failures, 20))::int, ${longestPauseSeconds})))
      where destination = ${destination.id} and lease = ${lease}`;
    return { items, failedWith };
  }
  const pauseSeconds = destination.carries === "anchors" ? env.audit.anchors.everyMinutes * 60 : 0;
  await db.sql`
    update audit_destinations set lease = null, leased_until = null, failures = 0, failed_with = null, succeeded_at = now(),
      next_attempt_at = now() + make_interval(secs => ${pauseSeconds})
    where destination = ${destination.id} and lease = ${lease}`;
  return { items, failedWith: null };
}

/** As long as the destination asks, within bounds. */
function pauseOf(error: unknown): number {
  return error instanceof Refused ? Math.min(error.afterSeconds, longestPauseSeconds) : 0;
}

/** False: the lease has gone to another worker, which carries the batch again. */
function advance({ db }: Pick<Services, "db">, { id }: Destination, lease: string, { heads }: Batch): Promise<boolean> {
  return withOwner(db, "", async ({ sql }) => {
    const [held] = await sql`
      update audit_destinations set leased_until = now() + make_interval(secs => ${leaseSeconds})
      where destination = ${id} and lease = ${lease} returning destination`;
    if (!held) return false;
    // Not of a district that has gone meanwhile: of it nothing is left.
    await sql`
      insert into audit_cursors (district_id, destination, seq, at)
      select v.district_id, ${id}, v.seq, now()
      from unnest(${heads.map(({ districtId }) => districtId)}::uuid[], ${heads.map(({ seq }) => seq)}::bigint[]) v (district_id, seq)
      join districts d on d.id = v.district_id
      on conflict (district_id, destination) do update set seq = excluded.seq, at = excluded.at`;
    return true;
  });
}
