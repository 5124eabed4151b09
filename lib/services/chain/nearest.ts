import type { Tx } from "#lib/platform/db/tx.ts";
import { neighboursOf, slipInWords, slips } from "#lib/roster/nearest-id.ts";
import type { NearestId } from "./schema.ts";

export interface AskedId {
  readonly integrationId: string;
  /** An id that the SIS names and has no record for. */
  readonly externalId: string;
}

/** So many ids are looked for at once; each has some hundred neighbours, and every one of them is one look into the primary key. */
const mostAsked = 3;
/** Of more that are equally near nobody could say which is meant. */
const mostHints = 2;

/**
 * By `integrationId externalId`, the records of the same integration whose id is one slip away: of the likeliest slip alone, and none where
 * there are many. `present`: records that are not meant, since they are there already.
 */
export async function nearestIds(
  tx: Tx,
  collection: "classes" | "users",
  asked: readonly AskedId[],
  present: ReadonlySet<string>,
): Promise<ReadonlyMap<string, readonly NearestId[]>> {
  const pairs = asked
    .slice(0, mostAsked)
    .flatMap(({ integrationId, externalId: wrong }) => [...neighboursOf(wrong)].map(([id, slip]) => ({ integrationId, wrong, id, slip })));
  if (pairs.length === 0) return new Map();
  const rows = await tx.sql<
    { integrationId: string; wrong: string; externalId: string; recordId: string | null; name: string | null; periods: string[] | null }[]
  >`
    select m.integration_id as "integrationId", a.wrong, m.external_id as "externalId", m.record_id as "recordId", m.periods,
      coalesce(m.name, nullif(btrim(concat_ws(' ', m.given_name, m.family_name)), '')) as name
    from unnest(${pairs.map((one) => one.integrationId)}::uuid[], ${pairs.map((one) => one.wrong)}::text[], ${pairs.map((one) => one.id)}::text[])
      as a (integration_id, wrong, external_id)
    join source_records m
      on m.district_id = ${tx.districtId} and m.external_id = a.external_id and m.integration_id = a.integration_id
        and m.collection = ${collection}
    where m.fate = 'rostered'
    order by m.external_id limit 200`;
  const found = new Map<string, NearestId[]>();
  for (const { integrationId, wrong, externalId, recordId, name, periods } of rows) {
    const slip = pairs.find((one) => one.integrationId === integrationId && one.wrong === wrong && one.id === externalId)?.slip;
    if (slip === undefined || name === null || (recordId !== null && present.has(recordId))) continue;
    const when = periods === null || periods.length === 0 ? "" : `, Period ${periods.join(", ")}`;
    const key = `${integrationId} ${wrong}`;
    found.set(key, [...(found.get(key) ?? []), { externalId, name: `${name}${when}`, why: slipInWords(slip, wrong), slip, recordId }]);
  }
  return new Map([...found].map(([key, all]) => [key, likeliest(all)]));
}

function likeliest(all: readonly NearestId[]): readonly NearestId[] {
  const best = slips.find((slip) => all.some((one) => one.slip === slip));
  const hints = all.filter(({ slip }) => slip === best);
  return hints.length > mostHints ? [] : hints;
}
