import type { Tx } from "./tx.ts";

/**
 * The rows `l` of the mirror that these integrations no longer list and that go on nevertheless, since a row without an id may be theirs (what waits for
 * an admin is another matter), with the
 * accounts `a` of the people among them. Somebody whom another integration has did not leave.
 */
export function suspendedRows(tx: Pick<Tx, "sql" | "districtId">, integrationIds: readonly string[]) {
  return tx.sql`
    source_records l left join accounts a on l.collection = 'users' and a.district_id = l.district_id and a.id = l.record_id
    where l.district_id = ${tx.districtId} and l.integration_id = any(${[...integrationIds]}::uuid[]) and l.missing_since is not null and l.rostered
      and not exists (
        select from withheld_records w
        where w.district_id = ${tx.districtId} and w.integration_id = l.integration_id and w.record_id = l.record_id and w.external_id = l.external_id)
      and (a.id is null or a.status = 'active' and not exists (
        select from source_records o where o.district_id = ${tx.districtId} and o.record_id = a.id and o.rostered and o.missing_since is null))`;
}
