import { uuidLiteral } from "#lib/platform/db/literals.ts";
import { raiseRosterRevision } from "#lib/platform/db/roster-revision.ts";
import type { Tx } from "#lib/platform/db/tx.ts";
import { collectionOfLinkEntity, linkEntities } from "#lib/roster/canonical.ts";
import { orderedFieldOf } from "#lib/roster/ordered-fields.ts";
import { type Columns, optionalColumns } from "./carried.ts";
import { orderedFieldsIn } from "./suppliers.ts";

/**
 * Of a field with an order of its own, a SIS that begins or ceases to tell it comes first, or is passed over, from then
 * on: what others share with the integration is to be planned again. Part of the transaction that writes what it told.
 * Returns the roster's revision where that changed who supplies what.
 */
export async function noteToldAnew(tx: Tx, integrationId: string, before: Columns | null, now: Columns | null): Promise<number | null> {
  const anew = linkEntities.flatMap((entity) =>
    columnsToldAnew(collectionOfLinkEntity[entity], before, now).map((column) => ({ entity, column })),
  );
  if (anew.length === 0) return null;
  const ordered = await orderedFieldsIn({ sql: tx.sql, district: uuidLiteral(tx.districtId) });
  const entities = anew.filter(({ entity, column }) => ordered.has(orderedFieldOf(entity, column))).map(({ entity }) => entity);
  if (entities.length === 0) return null;
  await tx.sql`
    update source_records m set stale = true
    where m.district_id = ${tx.districtId}
      and m.integration_id <> ${integrationId}
      and m.collection = any(${entities.map((entity) => collectionOfLinkEntity[entity])}::text[])
      and m.rostered
      and not m.stale
      and m.fate in ('rostered', 'waiting', 'withheld')
      and m.record_id in (
        select o.record_id from source_records o
        where o.district_id = ${tx.districtId} and o.integration_id = ${integrationId} and o.rostered
          and o.record_id is not null)`;
  return raiseRosterRevision(tx);
}

function columnsToldAnew(collection: keyof typeof optionalColumns, before: Columns | null, now: Columns | null): string[] {
  const all = Object.keys(optionalColumns[collection]);
  const [then, since] = [before?.[collection] ?? all, now?.[collection] ?? all];
  return all.filter((column) => then.includes(column) !== since.includes(column));
}
