import type { DistrictScope } from "#lib/platform/access.ts";
import { type Tx, withDistrict } from "#lib/platform/db/tx.ts";
import type { Services } from "#lib/services/services.ts";
import { arrivalsOf } from "./arrivals.ts";
import { byAdmins } from "./by-admins.ts";
import { bySyncs } from "./by-syncs.ts";
import { issueMoments } from "./issue-moments.ts";
import { joined, type Moment } from "./moments.ts";
import { happeningsOnPage, type RecordHistory } from "./schema.ts";
import { type HistoryOf, mostOfKind, type Seat } from "./subject.ts";

/**
 * What happened to a person, class or school over all runs, newest first: what syncs changed of it and its memberships, what admins did and
 * decided, and issues that were opened and resolved. What one sync did stands together.
 */
export function readRecordHistory(
  services: Pick<Services, "db">,
  scope: DistrictScope<"read-roster">,
  of: HistoryOf,
  page: number,
): Promise<RecordHistory> {
  return withDistrict(services.db, scope, async (tx) => {
    const seats = await seatsOf(tx, of);
    const changes = await bySyncs(tx, of, seats);
    const moments: Moment[] = [
      ...(await arrivalsOf(tx, of, seats)),
      ...changes,
      ...(await byAdmins(tx, of)),
      ...(await issueMoments(tx, of, seats)),
    ];
    const rows = joined(moments);
    const first = (page - 1) * happeningsOnPage;
    return {
      rows: rows.slice(first, first + happeningsOnPage),
      total: rows.length,
      hasMore: changes.length >= mostOfKind || seats.length >= mostOfKind,
      page,
    };
  });
}

async function seatsOf(tx: Tx, { recordId, kind }: HistoryOf): Promise<readonly Seat[]> {
  if (kind === "school") return [];
  const own = kind === "person" ? tx.sql`m.account_id = ${recordId}` : tx.sql`m.classroom_id = ${recordId}`;
  const rows = await tx.sql<Seat[]>`
    select m.id as "membershipId", m.created_at as "createdAt",
      ${kind === "person" ? tx.sql`c.name` : tx.sql`trim(a.given_name || ' ' || a.family_name)`} as name
    from memberships m
    join accounts a on a.district_id = m.district_id and a.id = m.account_id
    join classrooms c on c.district_id = m.district_id and c.id = m.classroom_id
    where m.district_id = ${tx.districtId} and ${own}
    order by m.updated_at desc, m.id limit ${mostOfKind}`;
  return rows.map((row) => ({ ...row, createdAt: new Date(row.createdAt).toISOString() }));
}
