import type { Tx } from "#lib/platform/db/tx.ts";

/**
 * Since when nothing keeps a deactivated account `a`, as SQL: it was deactivated, and the last SIS that had it let go, or was
 * disconnected. Infinity: a SIS has it still; whom an admin deactivated, the next sync would make anew, and active.
 */
export const goneSince = (tx: Tx) => tx.sql`
  greatest(a.deactivated_at, (
    select max(case when not l.rostered then l.ended_at when i.state = 'removed' then i.updated_at else 'infinity'::timestamptz end)
    from source_records l
    join integrations i on i.district_id = l.district_id and i.id = l.integration_id
    where l.district_id = ${tx.districtId} and l.record_id = a.id and l.collection = 'users'))`;

/** Accounts `a` whose data is due to be erased by a job for which `deadline` is a period ago, held ones among them; from `accounts a`. */
export const isExpired = (tx: Tx, deadline: Date) => tx.sql`
  a.district_id = ${tx.districtId} and a.status = 'deactivated' and a.deactivated_at < ${deadline.toISOString()}
    and ${goneSince(tx)} < ${deadline.toISOString()}`;

/** Whether somebody wants account `a` kept. */
export const isHeld = (tx: Tx) => tx.sql`
  exists (select from retention_holds h where h.district_id = ${tx.districtId} and h.account_id = a.id)`;

/** What is kept with the accounts that are held: they and their memberships, as ids. */
export const keptIds = (tx: Tx) => tx.sql`
  select account_id as id from retention_holds where district_id = ${tx.districtId}
  union all
  select m.id from memberships m
  join retention_holds h on h.district_id = m.district_id and h.account_id = m.account_id
  where m.district_id = ${tx.districtId}`;
