import type postgres from "postgres";
import type { EditedEntity } from "#lib/platform/db/schema/edits.ts";
import type { Tx } from "#lib/platform/db/tx.ts";

const collectionOf = { account: "users", classroom: "classes" } as const;

/**
 * What a record's status would be without an admin's decision, as SQL over the record's id: it is active while an integration
 * rosters it, and what was supplied by an integration alone that was removed stays as it was. Null: no SIS knows it.
 */
export function sisStatusOf(
  tx: Tx,
  entity: EditedEntity,
  id: postgres.PendingQuery<postgres.Row[]>,
): postgres.PendingQuery<postgres.Row[]> {
  return tx.sql`
    (select case
        when count(*) = 0 then null
        when bool_or(s.rostered and i.state <> 'removed') then 'active'
        when bool_or(not s.rostered) then 'deactivated'
        else 'active'
      end
    from source_records s
    join integrations i on i.district_id = s.district_id and i.id = s.integration_id
    where s.district_id = ${tx.districtId} and s.collection = ${collectionOf[entity]} and s.record_id = ${id})`;
}
