import { and, eq } from "drizzle-orm";
import type { DistrictScope } from "#lib/platform/access.ts";
import { appendAudit } from "#lib/platform/audit.ts";
import { precedence, tells } from "#lib/platform/db/precedence.ts";
import { raiseRosterRevision } from "#lib/platform/db/roster-revision.ts";
import { integrations } from "#lib/platform/db/schema/integrations.ts";
import { rosterColumns } from "#lib/platform/db/staging.ts";
import { type Tx, withDistrict } from "#lib/platform/db/tx.ts";
import { changedMeanwhile, ServiceError } from "#lib/platform/errors.ts";
import { parseOrRefuse } from "#lib/platform/parse.ts";
import { collectionOfLinkEntity, type LinkEntity, linkEntities } from "#lib/roster/canonical.ts";
import { allOrderedFields, type OrderedField, orderedFieldOf, orderedFieldsOf } from "#lib/roster/ordered-fields.ts";
import { fieldLabel } from "#lib/services/runs/fields.ts";
import type { Services } from "#lib/services/services.ts";
import {
  fieldTitle,
  IntegrationOrder,
  type KindPreview,
  kindTitles,
  type OrderedIntegration,
  type StandingOrder,
  withoutSame,
} from "./order-schema.ts";

/*
 * Whose value wins where several integrations have a record: an order of the district's integrations, and other ones for single kinds of
 * record and for single fields of one. Where it is asked for is precedence.ts.
 */

/** The order that holds. */
export function getOrder(services: Pick<Services, "db">, scope: DistrictScope<"read-syncs">): Promise<StandingOrder> {
  return withDistrict(services.db, scope, readOrder);
}

async function readOrder(tx: Tx): Promise<StandingOrder> {
  const rows = await tx.sql<(OrderedIntegration & { own: string[] })[]>`
    select i.id, i.name, i.state, array(select jsonb_object_keys(i.positions)) as own
    from integrations i
    where i.district_id = ${tx.districtId} and i.state <> 'removed'
    order by coalesce(i.position, 2147483647), i.created_at, i.id`;
  const ordersOf = async <Of extends LinkEntity | OrderedField>(all: readonly Of[]) => {
    const orders: Partial<Record<Of, string[]>> = {};
    for (const of of all) {
      if (!rows.some(({ own }) => own.includes(of))) continue;
      const ordered = await tx.sql<{ id: string }[]>`
        select i.id from integrations i
        where i.district_id = ${tx.districtId} and i.state <> 'removed'
        order by ${tx.sql.unsafe(precedence("i", of))}`;
      orders[of] = ordered.map(({ id }) => id);
    }
    return orders;
  };
  const listed = rows.map(({ id, name, state }) => ({ id, name, state }));
  const kinds = await ordersOf(linkEntities);
  const fields = await ordersOf(allOrderedFields.map(({ field }) => field));
  return { integrations: listed, order: listed.map(({ id }) => id), kinds, fields };
}

/**
 * The order as it would be: what is not named comes last, as it was; a kind whose order is that of all has none of its own, nor has a field
 * whose order is that of its kind.
 * @throws ServiceError `invalid` when something is named twice, or is no integration of the district
 */
function complete(before: StandingOrder, input: unknown): IntegrationOrder {
  const { order, kinds, fields } = parseOrRefuse(IntegrationOrder, input, "The order cannot be used.");
  const all = (named: readonly string[], others: readonly string[]) => {
    const isKnown = named.every((id) => before.order.includes(id));
    if (!isKnown || new Set(named).size < named.length)
      throw new ServiceError("invalid", isKnown ? "An integration is named twice." : "That is no integration of this district.");
    return [...named, ...others.filter((id) => !named.includes(id))];
  };
  const general = all(order, before.order);
  const ofKinds: Partial<Record<string, string[]>> = Object.fromEntries(
    Object.entries(kinds).map(([kind, named]) => [kind, all(named, general)]),
  );
  const ofFields = Object.entries(fields).map(([field, named]) => [field, all(named, ofKinds[kindOf(field)] ?? general)]);
  return withoutSame({ order: general, kinds: ofKinds, fields: Object.fromEntries(ofFields) });
}

const kindOf = (field: string) => field.slice(0, field.indexOf(".")) as LinkEntity;

/**
 * Sets the order. What the integrations share is planned again by the next sync of each, from what their SISs said, so that its values are
 * those of whom the order says. Nothing is read for it.
 * @param shown the order that held when whoever changes it began; not given by whoever did not look first
 * @throws ServiceError `invalid`, `conflict` where another one holds by now than was shown
 */
export async function setOrder(
  services: Services,
  scope: DistrictScope<"change-integrations">,
  input: unknown,
  shown?: unknown,
): Promise<StandingOrder> {
  return withDistrict(services.db, scope, async (tx) => {
    // Before the integrations, as a sync does that ends.
    await raiseRosterRevision(tx);
    await tx.sql`select from integrations where district_id = ${tx.districtId} order by id for update`;
    const before = await readOrder(tx);
    const after = complete(before, input);
    const changes = changesOf(before, after);
    if (changes.length === 0) return before;
    if (shown !== undefined && changesOf(before, complete(before, shown)).length > 0) throw changedMeanwhile("order");
    for (const id of before.order) {
      const own = Object.entries({ ...after.kinds, ...after.fields });
      const positions = Object.fromEntries(own.map(([of, ids]) => [of, (ids?.indexOf(id) ?? -1) + 1]));
      await tx.orm
        .update(integrations)
        .set({ position: after.order.indexOf(id) + 1, positions, plannedWith: null })
        .where(and(eq(integrations.districtId, tx.districtId), eq(integrations.id, id)));
    }
    await appendAudit(
      tx,
      {
        actor: scope.actor,
        action: "integration-order-changed",
        target: { kind: "district", id: tx.districtId },
        details: { before: { order: before.order, kinds: before.kinds, fields: before.fields }, after, changes },
      },
      services.now(),
    );
    return readOrder(tx);
  });
}

/** Each order that is another one, before → after, in the integrations' names. */
function changesOf(before: StandingOrder, after: IntegrationOrder): string[] {
  const nameOf = (id: string) => before.integrations.find((one) => one.id === id)?.name ?? id;
  const inNames = (ids: readonly string[] | undefined, otherwise: string) => ids?.map(nameOf).join(", ") ?? otherwise;
  const change = (label: string, [was, is]: readonly (readonly string[] | undefined)[], otherwise: string) =>
    was?.join() === is?.join() ? [] : [`${label}: ${inNames(was, otherwise)} → ${inNames(is, otherwise)}`];
  return [
    ...change("Order", [before.order, after.order], ""),
    ...linkEntities.flatMap((kind) => change(kindTitles[kind], [before.kinds[kind], after.kinds[kind]], "as in the order")),
    ...allOrderedFields.flatMap(({ field, entity }) =>
      change(`${kindTitles[entity]}, ${fieldTitle(field)}`, [before.fields[field], after.fields[field]], "as all fields"),
    ),
  ];
}

/**
 * What another order would do: how many records another integration would supply, and how many values would be other ones. Told from what
 * the SISs said last; edits in Aivo stay, and the safety limits of each integration hold for what it then changes.
 * @throws ServiceError `invalid`
 */
export function previewOrder(
  services: Pick<Services, "db">,
  scope: DistrictScope<"read-syncs">,
  input: unknown,
): Promise<readonly KindPreview[]> {
  return withDistrict(services.db, scope, async (tx) => {
    const before = await readOrder(tx);
    const after = complete(before, input);
    const previews: KindPreview[] = [];
    for (const kind of linkEntities) {
      const preview = await previewKind(tx, kind, before, after);
      if (preview.records > 0 || preview.single.length > 0) previews.push(preview);
    }
    return previews;
  });
}

/** An order for a column; `own`: it is of its field, and who does not tell the column is passed over. */
interface ColumnOrder {
  readonly ids: readonly string[];
  readonly own: string | null;
}

function orderOf({ order, kinds, fields }: IntegrationOrder, kind: LinkEntity, column: string): ColumnOrder {
  const own = fields[orderedFieldOf(kind, column)];
  return { ids: own ?? kinds[kind] ?? order, own: own ? column : null };
}

/** The columns of a kind of which the order changes; those together of which it does in the same way. */
async function previewKind(tx: Tx, kind: LinkEntity, before: IntegrationOrder, after: IntegrationOrder): Promise<KindPreview> {
  const columns = Object.keys(rosterColumns[kind].columns);
  const orders = columns.map((column) => ({ column, now: orderOf(before, kind, column), next: orderOf(after, kind, column) }));
  const changed = orders.filter(({ now, next }) => JSON.stringify(now) !== JSON.stringify(next));
  const groups = Map.groupBy(changed, ({ now, next }) => JSON.stringify([now, next]));
  const counts = new Map<string, number>();
  const moved = new Map<string, number>();
  for (const group of groups.values()) {
    const [one] = group;
    if (!one) continue;
    const names = group.map(({ column }) => column);
    const row = await countMoved(tx, kind, names, one.now, one.next);
    for (const name of names) counts.set(name, row[`n_${name}`] ?? 0);
    for (const name of names) moved.set(name, row.records ?? 0);
  }
  const isSingle = ({ field }: { readonly field: OrderedField }) => before.fields[field] !== undefined || after.fields[field] !== undefined;
  const most = (names: readonly string[]) => Math.max(0, ...names.map((name) => moved.get(name) ?? 0));
  const [single, others] = [orderedFieldsOf(kind).filter(isSingle), orderedFieldsOf(kind).filter((one) => !isSingle(one))];
  return {
    kind,
    records: most(others.flatMap((one) => one.columns)),
    single: single
      .map(({ field, columns: of }) => ({ field, label: fieldTitle(field), records: most(of) }))
      .filter(({ records }) => records > 0),
    fields: columns
      .map((field) => ({ field, label: fieldLabel(field), count: counts.get(field) ?? 0 }))
      .filter(({ count }) => count > 0)
      .sort((a, b) => b.count - a.count),
  };
}

/** How many records another integration would supply in these columns, and by column (`n_…`) how many values would be other ones. */
async function countMoved(
  tx: Tx,
  kind: LinkEntity,
  names: readonly string[],
  now: ColumnOrder,
  then: ColumnOrder,
): Promise<Readonly<Record<string, number>>> {
  const { table, columns } = rosterColumns[kind];
  const collection = collectionOfLinkEntity[kind];
  const carried = await tx.sql<{ id: string; carried: readonly string[] | null }[]>`
    select id, carried -> ${collection} as carried from integrations where district_id = ${tx.districtId}`;
  const silent = (column: string) => carried.filter((one) => one.carried && !one.carried.includes(column)).map(({ id }) => id);
  const counts = names.map((column) => {
    // A value that the SIS does not send, or that cannot be read, replaces nothing; nor does any what an admin edited.
    return tx.sql`count(*) filter (
        where e.${tx.sql(column)} is distinct from ${said(tx, column)}
          and not (n.integration_id = any(${silent(column)}::uuid[]) and ${isBlank(tx, column, columns)})
          and not ${column} = any(coalesce(n.unreadable, '{}'))
          and not ${column} = any(coalesce(k.fields, '{}')))::int as ${tx.sql(`n_${column}`)}`;
  });
  const all = counts.reduce((before, one) => tx.sql`${before}, ${one}`);
  const supplier = ({ ids, own }: ColumnOrder) => tx.sql`
    select distinct on (s.record_id) s.record_id, s.integration_id, s.external_id
    from source_records s
    join integrations i on i.district_id = s.district_id and i.id = s.integration_id and i.state = 'active'
    where s.district_id = ${tx.districtId} and s.collection = ${collection} and s.rostered and s.record_id is not null
      and s.fate <> 'out-of-scope' and ${tx.sql.unsafe(own === null ? "true" : tells("i", kind, own))}
    order by s.record_id, array_position(${[...ids]}::uuid[], s.integration_id), s.external_id`;
  const [row] = await tx.sql<Record<string, number>[]>`
    with moved as materialized (
      select t.record_id, t.integration_id, t.external_id
      from (${supplier(now)}) b
      join (${supplier(then)}) t on t.record_id = b.record_id and t.integration_id <> b.integration_id)
    select count(*)::int as records, ${all}
    from moved m
    join source_records n
      on n.district_id = ${tx.districtId} and n.external_id = m.external_id and n.collection = ${collection}
      and n.integration_id = m.integration_id and n.fate = 'rostered' and n.hash is not null
    join ${tx.sql(table)} e on e.district_id = ${tx.districtId} and e.id = m.record_id
    left join (
      select record_id, array_agg(field) as fields from kept_values where district_id = ${tx.districtId} group by record_id) k
      on k.record_id = e.id`;
  return row ?? {};
}

/** Whether the new supplier's row `n` has of a column what a SIS that does not send it leaves there: that replaces nothing. */
function isBlank(tx: Tx, column: string, columns: Readonly<Record<string, string>>) {
  const value = said(tx, column);
  if (column === "class_type") return tx.sql`${value} = 'scheduled'`;
  if (column === "role") return tx.sql`${value} <> 'co-teacher'`;
  if (columns[column]?.endsWith("[]")) return tx.sql`coalesce(cardinality(${value}), 0) = 0`;
  return columns[column] === "text" ? tx.sql`coalesce(${value}, '') = ''` : tx.sql`${value} is null`;
}

/** What the new supplier's row `n` says of a column; references as the records that its ids lead to. */
function said(tx: Tx, column: string) {
  const linked = (collection: string, ids: string) => tx.sql`array(
      select l.record_id
      from unnest(${tx.sql.unsafe(ids)}) with ordinality x (id, place)
      join source_records l
        on l.district_id = ${tx.districtId} and l.external_id = x.id and l.collection = ${collection}
        and l.integration_id = n.integration_id and l.record_id is not null
      order by x.place)`;
  switch (column) {
    case "school_ids":
      return linked("orgs", "n.school_external_ids");
    case "term_ids":
      return linked("academicSessions", "n.term_external_ids");
    case "school_id":
      return tx.sql`(${linked("orgs", "array[n.school_external_id]")})[1]`;
    case "course_id":
      return tx.sql`(${linked("courses", "array[n.course_external_id]")})[1]`;
    default:
      return tx.sql`n.${tx.sql(column)}`;
  }
}
