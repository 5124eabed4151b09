import type { Tx } from "#lib/platform/db/tx.ts";
import type { Blackout } from "./schema.ts";

/** The district's blackouts that are not over, by their first day. */
export async function blackoutsToCome(tx: Tx): Promise<readonly Blackout[]> {
  return tx.sql<Blackout[]>`
    select b.id, b.integration_id as "integrationId", b.first_day::text as "firstDay", b.last_day::text as "lastDay", b.note
    from blackouts b join districts d on d.id = b.district_id
    where b.district_id = ${tx.districtId} and b.last_day >= (now() at time zone d.timezone)::date
    order by b.first_day, b.id`;
}

/** The one that today lies in, for an integration; null: none. Today is the district's, by the database's clock. */
export async function blackoutToday(tx: Tx, integrationId: string): Promise<Blackout | null> {
  const [found] = await tx.sql<Blackout[]>`
    select b.id, b.integration_id as "integrationId", b.first_day::text as "firstDay", b.last_day::text as "lastDay", b.note
    from blackouts b join districts d on d.id = b.district_id
    where b.district_id = ${tx.districtId} and (b.integration_id is null or b.integration_id = ${integrationId})
      and (now() at time zone d.timezone)::date between b.first_day and b.last_day
    order by b.last_day desc
    limit 1`;
  return found ?? null;
}
