import { and, eq } from "drizzle-orm";
import type { DistrictScope } from "#lib/platform/access.ts";
import { appendAudit } from "#lib/platform/audit.ts";
import { precedence } from "#lib/platform/db/precedence.ts";
import { raiseRosterRevision } from "#lib/platform/db/roster-revision.ts";
import { integrations } from "#lib/platform/db/schema/integrations.ts";
import { rosterColumns } from "#lib/platform/db/staging.ts";
import { type Tx, withDistrict } from "#lib/platform/db/tx.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import { parseOrRefuse } from "#lib/platform/parse.ts";
import { collectionOfLinkEntity, type LinkEntity, linkEntities } from "#lib/roster/canonical.ts";
import { fieldLabel } from "#lib/services/runs/fields.ts";
import type { Services } from "#lib/services/services.ts";
import { IntegrationOrder, type KindPreview, type OrderedIntegration, type StandingOrder } from "./order-schema.ts";

/*
 * Whose value wins where several integrations have a record: an order of the district's integrations, and other ones for single kinds of
 * record. Where it is asked for is precedence.ts.
 */

/** The order that holds. */
export function getOrder(services: Pick<Services, "db">, scope: DistrictScope): Promise<StandingOrder> {
  return withDistrict(services.db, scope, readOrder);
}

async function readOrder(tx: Tx): Promise<StandingOrder> {
  const rows = await tx.sql<(OrderedIntegration & { kinds: LinkEntity[] })[]>`
    select i.id, i.name, i.state, array(select jsonb_object_keys(i.positions)) as kinds
    from integrations i
    where i.district_id = ${tx.districtId} and i.state <> 'removed'
    order by coalesce(i.position, 2147483647), i.created_at, i.id`;
  const kinds: Partial<Record<LinkEntity, string[]>> = {};
  for (const kind of linkEntities) {
    if (!rows.some((row) => row.kinds.includes(kind))) continue;
    const ordered = await tx.sql<{ id: string }[]>`
      select i.id from integrations i
      where i.district_id = ${tx.districtId} and i.state <> 'removed'
      order by ${tx.sql.unsafe(precedence("i", kind))}`;
    kinds[kind] = ordered.map(({ id }) => id);
  }
  const listed = rows.map(({ id, name, state }) => ({ id, name, state }));
  return { integrations: listed, order: listed.map(({ id }) => id), kinds };
}

/**
 * The order as it would be: what is not named comes last, as it was; a kind whose order is that of all has none of its own.
 * @throws ServiceError `invalid` when something is named twice, or is no integration of the district
 */
function complete(before: StandingOrder, input: unknown): IntegrationOrder {
  const { order, kinds } = parseOrRefuse(IntegrationOrder, input, "The order cannot be used.");
  const all = (named: readonly string[]) => {
    const isKnown = named.every((id) => before.order.includes(id));
    if (!isKnown || new Set(named).size < named.length)
      throw new ServiceError("invalid", isKnown ? "An integration is named twice." : "That is no integration of this district.");
    return [...named, ...before.order.filter((id) => !named.includes(id))];
  };
  const general = all(order);
  const own = Object.entries(kinds).flatMap(([kind, named]) => {
    const ordered = [...named, ...general.filter((id) => !named.includes(id))];
    all(named);
    return ordered.join() === general.join() ? [] : [[kind, ordered] as const];
  });
  return { order: general, kinds: Object.fromEntries(own) };
}

/**
 * Sets the order. What the integrations share is planned again by the next sync of each, from what their SISs said, so that its values are
 * those of whom the order says. Nothing is read for it.
 * @throws ServiceError `invalid`
 */
export async function setOrder(services: Services, scope: DistrictScope, input: unknown): Promise<StandingOrder> {
  return withDistrict(services.db, scope, async (tx) => {
    // Before the integrations, as a sync does that ends.
    await raiseRosterRevision(tx);
    await tx.sql`select from integrations where district_id = ${tx.districtId} order by id for update`;
    const before = await readOrder(tx);
    const after = complete(before, input);
    if (JSON.stringify([before.order, before.kinds]) === JSON.stringify([after.order, after.kinds])) return before;
    for (const id of before.order) {
      const positions = Object.fromEntries(Object.entries(after.kinds).map(([kind, ids]) => [kind, (ids?.indexOf(id) ?? -1) + 1]));
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
        details: { before: { order: before.order, kinds: before.kinds }, after },
      },
      services.now(),
    );
    return readOrder(tx);
  });
}

/**
 * What another order would do: how many records another integration would supply, and how many values would be other ones. Told from what
 * the SISs said last; edits in Aivo stay, and the safety limits of each integration hold for what it then changes.
 * @throws ServiceError `invalid`
 */
export function previewOrder(services: Pick<Services, "db">, scope: DistrictScope, input: unknown): Promise<readonly KindPreview[]> {
  return withDistrict(services.db, scope, async (tx) => {
    const before = await readOrder(tx);
    const after = complete(before, input);
    const previews: KindPreview[] = [];
    for (const kind of linkEntities) {
      const now = before.kinds[kind] ?? before.order;
      const then = after.kinds[kind] ?? after.order;
      if (now.join() === then.join()) continue;
      const preview = await previewKind(tx, kind, now, then);
      if (preview.records > 0) previews.push(preview);
    }
    return previews;
  });
}

async function previewKind(tx: Tx, kind: LinkEntity, now: readonly string[], then: readonly string[]): Promise<KindPreview> {
  const { table, columns } = rosterColumns[kind];
  const collection = collectionOfLinkEntity[kind];
  const carried = await tx.sql<{ id: string; carried: readonly string[] | null }[]>`
    select id, carried -> ${collection} as carried from integrations where district_id = ${tx.districtId}`;
  const silent = (column: string) => carried.filter((one) => one.carried && !one.carried.includes(column)).map(({ id }) => id);
  const names = Object.keys(columns);
  const counts = names.map((column) => {
    // A value that the SIS does not send, or that cannot be read, replaces nothing; nor does any what an admin edited.
    return tx.sql`count(*) filter (
        where e.${tx.sql(column)} is distinct from ${said(tx, column)}
          and not (n.integration_id = any(${silent(column)}::uuid[]) and ${isBlank(tx, column, columns)})
          and not ${column} = any(coalesce(n.unreadable, '{}'))
          and not ${column} = any(coalesce(k.fields, '{}')))::int as ${tx.sql(`n_${column}`)}`;
  });
  const all = counts.reduce((before, one) => tx.sql`${before}, ${one}`);
  const supplier = (order: readonly string[]) => tx.sql`
    select distinct on (s.record_id) s.record_id, s.integration_id, s.external_id
    from source_records s
    join integrations i on i.district_id = s.district_id and i.id = s.integration_id and i.state = 'active'
    where s.district_id = ${tx.districtId} and s.collection = ${collection} and s.rostered and s.record_id is not null
    order by s.record_id, array_position(${[...order]}::uuid[], s.integration_id), s.external_id`;
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
  const fields = names
    .map((field) => ({ field, label: fieldLabel(field), count: row?.[`n_${field}`] ?? 0 }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count);
  return { kind, records: row?.records ?? 0, fields };
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
