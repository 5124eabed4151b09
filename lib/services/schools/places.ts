import type { ReachScope } from "#lib/platform/access.ts";
import { type Tx, withDistrict } from "#lib/platform/db/tx.ts";
import type { Services } from "#lib/services/services.ts";

/**
 * The place of each school among all of its district, by name, from 0: what its mark (shape and colour) follows from, the same wherever it
 * is drawn. Deactivated ones keep theirs, so that nobody's mark turns into another's when a school closes.
 */
export function readSchoolPlaces(services: Pick<Services, "db">, scope: ReachScope<"read-roster">): Promise<ReadonlyMap<string, number>> {
  return withDistrict(services.db, scope, async (tx) => {
    const rows = await tx.sql<{ id: string; place: number }[]>`select id, place from (${schoolPlaces(tx)}) s`;
    return new Map(rows.map(({ id, place }) => [id, place]));
  });
}

/** The same as a query of `id`, `name` and `place`. */
export function schoolPlaces(tx: Tx) {
  return tx.sql`
    select id, name, (row_number() over (order by name, id) - 1)::int as place from schools where district_id = ${tx.districtId}`;
}
