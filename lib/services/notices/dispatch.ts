import { randomUUID } from "node:crypto";
import { type Tx, withOwner } from "#lib/platform/db/tx.ts";
import type { Services } from "#lib/services/services.ts";

/** Messages of one district that are handed to workers in one go, so that the others have their turns. */
const atOnce = 20;
/** And within an hour, whatever happens there. What is more waits. */
const perHour = 300;
const putOffMinutes = 10;
/** Rows that are looked at in one go. */
const windowSize = 2_000;
/** A worker that took one and says nothing for so long is gone: another one takes it. Well above what one try may take. */
const leaseMinutes = 5;

interface Taken {
  readonly districtId: string;
  readonly deliveryId: string;
  readonly attempt: number;
}

/**
 * Hands the deliveries that are due to the queue: of each district a few at a time. Each is one job, in the transaction that counts the try
 * and notes when another worker may take it, should this one be lost. One worker does so at a time. Returns how many there were.
 */
export async function dispatchDeliveries(services: Pick<Services, "db" | "jobs">): Promise<number> {
  // Of no district: the statements name those they are about.
  return withOwner(services.db, "", async (tx) => {
    const [turn] = await tx.sql<
      { isOurs: boolean }[]
    >`select pg_try_advisory_xact_lock(hashtextextended('aivo:deliveries', 0)) as "isOurs"`;
    if (!turn?.isOurs) return 0;
    const due = await whatIsDue(tx);
    if (due.length === 0) return 0;
    await putOff(
      tx,
      due.filter(({ isBeyond }) => isBeyond),
    );
    const taken = await take(
      tx,
      due.filter(({ isNow }) => isNow),
    );
    await services.jobs.sendMany(
      tx,
      "deliver",
      taken.map((payload) => ({ id: randomUUID(), group: { id: payload.districtId }, payload })),
    );
    return taken.length;
  });
}

interface Due {
  readonly districtId: string;
  readonly id: string;
  readonly isNow: boolean;
  /** Of the hour's share of its district nothing is left. */
  readonly isBeyond: boolean;
}

function whatIsDue(tx: Tx): Promise<readonly Due[]> {
  return tx.sql<Due[]>`
    with due as (
      select district_id, id, row_number() over (partition by district_id order by next_attempt_at, id) as nth
      from (
        select district_id, id, next_attempt_at
        from deliveries
        where state = 'waiting' and next_attempt_at <= now()
          and district_id not in (select id from districts where suspended_at is not null)
        order by next_attempt_at
        limit ${windowSize}) first),
    lately as (
      select district_id, count(*) as tries
      from deliveries
      where last_attempt_at > now() - interval '1 hour' and district_id in (select district_id from due)
      group by district_id)
    select due.district_id as "districtId", due.id,
      nth <= ${atOnce} and nth <= ${perHour} - coalesce(tries, 0) as "isNow",
      nth > ${perHour} - coalesce(tries, 0) as "isBeyond"
    from due left join lately on lately.district_id = due.district_id`;
}

async function putOff(tx: Tx, some: readonly Due[]): Promise<void> {
  if (some.length === 0) return;
  await tx.sql`
    update deliveries d
    set next_attempt_at = now() + make_interval(mins => ${putOffMinutes})
    from ${listed(tx, some)}
    where d.district_id = v.district_id and d.id = v.id`;
}

async function take(tx: Tx, some: readonly Due[]): Promise<readonly Taken[]> {
  if (some.length === 0) return [];
  return tx.sql<Taken[]>`
    update deliveries d
    set attempts = d.attempts + 1, last_attempt_at = now(), next_attempt_at = now() + make_interval(mins => ${leaseMinutes})
    from ${listed(tx, some)}
    where d.district_id = v.district_id and d.id = v.id and d.state = 'waiting'
    returning d.district_id as "districtId", d.id as "deliveryId", d.attempts as attempt`;
}

function listed(tx: Tx, some: readonly Due[]) {
  return tx.sql`
    unnest(${some.map((one) => one.districtId)}::uuid[], ${some.map((one) => one.id)}::uuid[]) v (district_id, id)`;
}
