import type { Tx } from "./tx.ts";

/** What waits for an admin's decision, of these integrations: rows `w`. Memberships that wait with their person or class are not among them. */
export function withheldRows(tx: Pick<Tx, "sql" | "districtId">, integrationIds: readonly string[]) {
  return tx.sql`
    withheld_records w
    where w.district_id = ${tx.districtId} and w.integration_id = any(${[...integrationIds]}::uuid[])
      and w.follows is null and w.refused_at is null`;
}
