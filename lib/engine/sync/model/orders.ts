import fc from "fast-check";
import type { Database } from "#lib/platform/db/client.ts";
import { collectionOfLinkEntity, type LinkEntity } from "#lib/roster/canonical.ts";
import { allOrderedFields, type OrderedField, orderedFieldOf } from "#lib/roster/ordered-fields.ts";
import type { Evidence } from "#lib/roster/same-person.ts";
import { nameOfColumn } from "./load.ts";
import { optionalValues } from "./read.ts";
import type { Model, ModelRecord } from "./types.ts";

/*
 * Test-only: orders of integrations for single kinds of record, and for single fields of one. Where they are not set, the order of all holds.
 */

export type Ordered = LinkEntity | OrderedField;
export type Orders = Readonly<Partial<Record<Ordered, readonly string[]>>>;

/** What an admin does to the order of a kind or a field: says which of two integrations comes first; null: takes it away. */
export interface OrderStep {
  readonly of: Ordered;
  readonly first: 0 | 1 | null;
}

const some = <T>(...values: T[]) => fc.constantFrom(...values);
/** Fields of which people are known by, more often than others. */
export const orderSteps: fc.Arbitrary<OrderStep[]> = fc.array(
  fc.record({
    of: fc.oneof(
      { weight: 4, arbitrary: some<Ordered>("account.email", "account.name", "account.number", "account.grade") },
      { weight: 3, arbitrary: some<Ordered>(...allOrderedFields.map(({ field }) => field)) },
      { weight: 1, arbitrary: some<Ordered>("account", "classroom", "membership") },
    ),
    first: some(0 as const, 1 as const, 1 as const, null),
  }),
  { maxLength: 2 },
);

export function withOrders(orders: Orders, integrations: readonly string[], steps: readonly OrderStep[]): Orders {
  return steps.reduce<Orders>((before, { of, first }) => {
    const { [of]: _, ...others } = before;
    const second = first === null ? undefined : integrations[1 - first];
    return first === null || second === undefined ? others : { ...others, [of]: [integrations[first] ?? "", second] };
  }, orders);
}

/** Does the same to a database. */
export async function setOrders(
  db: Database,
  districtId: string,
  integrations: readonly string[],
  steps: readonly OrderStep[],
): Promise<void> {
  for (const { of, first } of steps) {
    await db.sql`update districts set roster_revision = roster_revision + 1 where id = ${districtId}`;
    for (const [index, id] of integrations.entries()) {
      const place = first === null ? null : index === first ? 1 : 2;
      const positions =
        place === null ? db.sql`positions - ${of}::text` : db.sql`positions || ${JSON.stringify({ [of]: place })}::text::jsonb`;
      await db.sql`
        update integrations set planned_with = null, positions = ${positions}
        where district_id = ${districtId} and id = ${id}`;
    }
  }
}

/** Whether another integration `rosters` the record and comes first in the value. */
export function isSuppliedElsewhere(
  { orders = {}, integrations, carried }: Model,
  integration: string,
  entity: LinkEntity,
  name: string,
  rosters: (integration: string) => boolean,
): boolean {
  const own = orders[fieldOf(entity, name)];
  const order = own ?? orders[entity] ?? integrations;
  const collection = collectionOfLinkEntity[entity];
  const tells = (one: string) => !(name in optionalValues[collection]) || (carried[one]?.[collection]?.includes(name) ?? true);
  return order.slice(0, order.indexOf(integration)).some((one) => rosters(one) && (own === undefined || tells(one)));
}

function fieldOf(entity: LinkEntity, name: string): OrderedField {
  const column = allOrderedFields
    .filter((one) => one.entity === entity)
    .flatMap(({ columns }) => columns.filter((one) => nameOfColumn(one) === name));
  return orderedFieldOf(entity, column[0] ?? name);
}

/** What an id of a SIS is compared with: of what others supply, what it said when it was last placed; else what the account has. */
export function evidenceOf(
  { mirror }: Model,
  integration: string,
  externalId: string,
  { values }: ModelRecord,
  elsewhere: readonly string[],
): Evidence {
  const said = mirror.find((one) => one.integration === integration && one.collection === "users" && one.externalId === externalId);
  const placed = said?.fate === "rostered" ? said.record : null;
  const own = Object.fromEntries(elsewhere.map((name) => [name, placed?.[name] ?? null]));
  return (placed ? { ...values, ...own } : values) as unknown as Evidence;
}
