import { precedence, tells } from "#lib/platform/db/precedence.ts";
import type { Tx } from "#lib/platform/db/tx.ts";
import type { LinkEntity } from "#lib/roster/canonical.ts";
import { type OrderedField, orderedFieldsOf } from "#lib/roster/ordered-fields.ts";

/** The order of integrations that a column has by that of its field. */
export interface ColumnOrder {
  readonly field: OrderedField;
  readonly integrations: readonly { readonly id: string; readonly tells: boolean }[];
}

/** The columns of a kind of record that are of a field with an order of its own. */
export async function fieldOrdersOf(tx: Tx, entity: LinkEntity): Promise<ReadonlyMap<string, ColumnOrder>> {
  const set = await tx.sql<{ field: string }[]>`
    select distinct key as field from integrations i cross join lateral jsonb_object_keys(i.positions) key
    where i.district_id = ${tx.districtId} and i.state <> 'removed' and starts_with(key, ${`${entity}.`})`;
  const orders = new Map<string, ColumnOrder>();
  for (const { field, columns } of orderedFieldsOf(entity).filter((one) => set.some((other) => other.field === one.field)))
    for (const column of columns) {
      const integrations = await tx.sql<{ id: string; tells: boolean }[]>`
        select i.id, ${tx.sql.unsafe(tells("i", entity, column))} as tells from integrations i
        where i.district_id = ${tx.districtId} and i.state <> 'removed'
        order by ${tx.sql.unsafe(precedence("i", field))}`;
      orders.set(column, { field, integrations: [...integrations] });
    }
  return orders;
}
