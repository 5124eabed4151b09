import type { DistrictScope } from "#lib/platform/access.ts";
import { appendAudit } from "#lib/platform/audit.ts";
import { smallestUuidv7, timeOfUuidv7 } from "#lib/platform/db/partitions.ts";
import { type Tx, withDistrict } from "#lib/platform/db/tx.ts";
import { isoOf } from "#lib/platform/format/iso.ts";
import type { Page } from "#lib/services/people/schema.ts";
import { allOf } from "#lib/services/people/search.ts";
import type { Services } from "#lib/services/services.ts";
import {
  type ListedView,
  mostCounted,
  mostNamed,
  type PersonViews,
  type SeenRow,
  type ViewedPerson,
  type ViewFilter,
  type ViewRow,
  viewPageSize,
} from "./schema.ts";

type Reading = DistrictScope<"read-audit-log">;

/** One page of who was shown people's data, latest first. */
export function listViews(services: Pick<Services, "db">, scope: Reading, filter: ViewFilter): Promise<Page<ListedView>> {
  return withDistrict(services.db, scope, async (tx) => {
    const where = conditions(tx, filter, await boundsOf(tx, filter));
    const [counted] = await tx.sql<{ total: number }[]>`select count(*)::int as total from views v where ${where}`;
    const cut = tx.sql`where ${where} order by v.id desc limit ${viewPageSize} offset ${(filter.page - 1) * viewPageSize}`;
    const rows = await tx.sql<ListedView[]>`
      with page as (select v.* from views v ${cut})
      select ${columns(tx)}, n.count, coalesce(s.people, '[]') as people
      from page v ${actors(tx)}
      cross join lateral (
        select count(*)::int as count from (
          select from viewed_people p where p.district_id = ${tx.districtId} and p.view_id = v.id limit ${mostCounted + 1}) each) n
      left join lateral (
        select jsonb_agg(jsonb_build_object('id', a.id, 'name', trim(a.given_name || ' ' || a.family_name), 'role', a.role) order by a.id = ${filter.person ?? null}::uuid desc, a.given_name, a.family_name, a.id) as people
        from (
          select person_id from viewed_people p where p.district_id = ${tx.districtId} and p.view_id = v.id
          order by p.person_id is distinct from ${filter.person ?? null}::uuid, p.person_id limit ${mostNamed}) p
        join accounts a on a.district_id = ${tx.districtId} and a.id = p.person_id) s on true
      order by v.id desc`;
    return { rows: rows.map(told), total: counted?.total ?? 0, page: filter.page, pageSize: viewPageSize };
  });
}

const latestShown = 5;

/** Who was shown one person's data lately: what their page says. */
export function readPersonViews(services: Pick<Services, "db">, scope: Reading, personId: string): Promise<PersonViews> {
  return withDistrict(services.db, scope, async (tx) => {
    const [district] = await tx.sql<{ isOn: boolean }[]>`select records_views as "isOn" from districts where id = ${tx.districtId}`;
    const [named, everyone] = viewsOf(tx, personId, await boundsOf(tx, { person: personId }));
    const latest = tx.sql`order by id desc limit ${latestShown + 1}`;
    const rows = await tx.sql<ViewRow[]>`
      with page as (
        select v.* from views v
        where v.district_id = ${tx.districtId} and v.id in ((${named} ${latest}) union all (${everyone} ${latest}))
        order by v.id desc limit ${latestShown + 1})
      select ${columns(tx)} from page v ${actors(tx)} order by v.id desc`;
    return { isOn: district?.isOn === true, latest: rows.slice(0, latestShown).map(told), hasMore: rows.length > latestShown };
  });
}

/** By id, while they are there. */
export function findViewedPerson(services: Pick<Services, "db">, scope: Reading, id: string): Promise<ViewedPerson | null> {
  return withDistrict(services.db, scope, async (tx) => {
    const [found] = await tx.sql<ViewedPerson[]>`
      select id, trim(given_name || ' ' || family_name) as name, role from accounts where district_id = ${tx.districtId} and id = ${id}`;
    return found ?? null;
  });
}

const exportedAtOnce = 2000;

/**
 * Hands over who was shown whom, a row for each person of each view, oldest first, in batches. The download is an entry of the audit log, written
 * before the first batch leaves.
 */
export async function exportViews(
  services: Pick<Services, "db" | "now">,
  scope: Reading,
  filter: ViewFilter,
  write: (rows: readonly SeenRow[]) => Promise<void>,
): Promise<void> {
  const { page: _, ...details } = filter;
  const target = { kind: "district", id: scope.districtId };
  const end = await withDistrict(services.db, scope, async (tx) => {
    await appendAudit(tx, { actor: scope.actor, action: "views-exported", target, details }, services.now());
    // What is handed over is recorded in its turn: without an end it would go on for ever.
    const [found] = await tx.sql<{ id: string }[]>`select uuidv7() as id`;
    return found?.id ?? "";
  });
  for (let last: SeenRow | undefined; ; ) {
    const after = last;
    const rows = await withDistrict(services.db, scope, async (tx) => {
      const where = [conditions(tx, filter, await boundsOf(tx, filter)), tx.sql`v.id < ${end}::uuid`];
      if (filter.person !== undefined) where.push(tx.sql`(v.everyone or p.person_id = ${filter.person}::uuid)`);
      if (after) where.push(tx.sql`v.id >= ${after.id}::uuid and (v.id > ${after.id}::uuid or p.person_id > ${after.personId}::uuid)`);
      return tx.sql<SeenRow[]>`
        with page as (
          select v.*, p.person_id from views v
          left join viewed_people p on p.district_id = ${tx.districtId} and p.view_id = v.id
          where ${allOf(tx, where)} order by v.id, p.person_id limit ${exportedAtOnce})
        select ${columns(tx)}, v.person_id as "personId" from page v ${actors(tx)} order by v.id, v.person_id`;
    });
    last = rows.at(-1);
    if (last === undefined) return;
    await write(rows.map(told));
  }
}

const told = <Row extends ViewRow>(row: Row): Row => ({ ...row, at: isoOf(row.at) });

const columns = (tx: Tx) => tx.sql`
  v.id, ${tx.sql.unsafe(timeOfUuidv7("v.id"))} as at, v.actor_kind as "actorKind", v.actor_id as "actorId",
  coalesce(trim(a.given_name || ' ' || a.family_name), k.name) as "actorName", v.door, v.subject, v.filter, v.everyone`;

const actors = (tx: Tx) => tx.sql`
  left join accounts a on a.district_id = ${tx.districtId} and a.id = v.actor_id and v.actor_kind = 'account'
  left join api_clients k on k.district_id = ${tx.districtId} and k.id = v.actor_id and v.actor_kind = 'program'`;

/** Ids between which the views lie that are meant: ids tell the time, so that only the months in question are read. */
interface Bounds {
  readonly from: string | null;
  readonly before: string | null;
  /** Since when the person has been there. Null: nobody is asked for, or they are gone. */
  readonly since: string | null;
}

/** Days are the district's. */
async function boundsOf(tx: Tx, filter: Pick<ViewFilter, "from" | "to" | "person">): Promise<Bounds> {
  const [from, to, person] = [filter.from ?? null, filter.to ?? null, filter.person ?? null];
  const [found] = await tx.sql<{ from: number | null; before: number | null; since: number | null }[]>`
    select extract(epoch from ${from}::date::timestamp at time zone timezone)::float8 * 1000 as from,
      extract(epoch from (${to}::date + 1)::timestamp at time zone timezone)::float8 * 1000 as before,
      (select extract(epoch from created_at)::float8 * 1000 from accounts where district_id = ${tx.districtId} and id = ${person}::uuid) as since
    from districts where id = ${tx.districtId}`;
  const id = (ms: number | null | undefined): string | null => (typeof ms === "number" ? smallestUuidv7(new Date(Math.floor(ms))) : null);
  return { from: id(found?.from), before: id(found?.before), since: id(found?.since) };
}

/** On views as `v`. */
function conditions(tx: Tx, { actor, person }: Pick<ViewFilter, "actor" | "person">, bounds: Bounds) {
  const { from, before } = bounds;
  const all = [tx.sql`v.district_id = ${tx.districtId}`];
  if (actor !== undefined) all.push(/^[a-z]+$/.test(actor) ? tx.sql`v.actor_kind = ${actor}` : tx.sql`v.actor_id = ${actor}::uuid`);
  if (from !== null) all.push(tx.sql`v.id >= ${from}::uuid`);
  if (before !== null) all.push(tx.sql`v.id < ${before}::uuid`);
  if (person !== undefined) {
    const [named, everyone] = viewsOf(tx, person, bounds);
    all.push(tx.sql`v.id in (${named} union all ${everyone})`);
  }
  return allOf(tx, all);
}

/** The ids of what showed one person: those that name them, and those of everybody who was there, each as a query that its own index answers. */
function viewsOf(tx: Tx, person: string, { since }: Bounds) {
  return [
    tx.sql`select p.view_id as id from viewed_people p where p.district_id = ${tx.districtId} and p.person_id = ${person}::uuid`,
    tx.sql`select e.id from views e where e.district_id = ${tx.districtId} and e.everyone and e.id >= ${since}::uuid`,
  ] as const;
}
