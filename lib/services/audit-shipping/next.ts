import { anchorKeyOf, anchorLine } from "#lib/platform/crypto/anchors.ts";
import type { Services } from "#lib/services/services.ts";
import type { Batch } from "./deliver.ts";
import type { Destination } from "./destinations.ts";
import { type Entry, entryLine } from "./entry.ts";

const anchorsAtOnce = 1_000;
const districtsAtOnce = 50;
const entriesAtOnce = 500;
/** An entry with long details may pass it alone. */
const bytesAtOnce = 1_000_000;

/** The heads that have moved since the destination was told of them, signed. */
export async function nextAnchors({ db, env }: Pick<Services, "db" | "env">, { id }: Destination): Promise<Batch> {
  if (env.audit.anchors.key === null) return { items: [], heads: [] };
  const key = anchorKeyOf(env.audit.anchors.key);
  const rows = await db.sql<{ districtId: string; seq: string; hash: string; at: string }[]>`
    select d.id as "districtId", last.seq, last.hash, to_char(now() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at
    from districts d
    cross join lateral (select seq, hash from audit_entries a where a.district_id = d.id order by seq desc limit 1) last
    left join audit_cursors c on c.district_id = d.id and c.destination = ${id}
    where last.seq > coalesce(c.seq, 0)
    order by d.id limit ${anchorsAtOnce}`;
  const heads = rows.map((row) => ({ ...row, seq: Number(row.seq) }));
  return { items: heads.map((head) => ({ at: head.at, kind: "audit-anchor", json: anchorLine(key, head), entry: null })), heads };
}

/** The entries that follow what the destination has, of some districts, each district's in order: by their numbers, since Citus limits no lateral
 * subquery of a CTE's rows. */
export async function nextEntries({ db }: Pick<Services, "db">, { id }: Destination): Promise<Batch> {
  const rows = await db.sql<(Omit<Entry, "seq"> & { seq: string })[]>`
    with moved as (
      select d.id, next.seq
      from districts d
      left join audit_cursors c on c.district_id = d.id and c.destination = ${id}
      cross join lateral (
        select a.seq from audit_entries a where a.district_id = d.id and a.seq > coalesce(c.seq, 0) order by a.seq limit 1) next
      order by c.at nulls first limit ${districtsAtOnce})
    select e.district_id as "districtId", e.seq, to_char(e.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at, e.actor_kind as "actorKind",
      e.actor_id as "actorId", e.action, e.target_kind as "targetKind", e.target_id as "targetId", e.details, e.previous_hash as "previousHash", e.hash
    from moved m
    join audit_entries e on e.district_id = m.id and e.seq >= m.seq and e.seq < m.seq + ${entriesAtOnce}::int
    order by e.district_id, e.seq limit ${entriesAtOnce}`;
  const items: { at: string; kind: string; json: string; entry: Entry }[] = [];
  const heads = new Map<string, number>();
  let bytes = 0;
  for (const row of rows) {
    const entry = { ...row, seq: Number(row.seq) };
    const json = entryLine(entry);
    bytes += Buffer.byteLength(json);
    if (items.length > 0 && bytes > bytesAtOnce) break;
    items.push({ at: entry.at, kind: entry.action, json, entry });
    heads.set(entry.districtId, entry.seq);
  }
  return { items, heads: [...heads].map(([districtId, seq]) => ({ districtId, seq })) };
}
