import type { Database } from "#lib/platform/db/client.ts";
import type { Model } from "./types.ts";

/** Test-only: the model's mirror, a row in words. */
export const namesOf = (mirror: Model["mirror"]) =>
  mirror
    .map(({ integration, collection, externalId, fate, missing, isOut }) =>
      [integration, collection, externalId, fate, missing ? "missing" : "", isOut ? "out" : ""].join(" "),
    )
    .sort();

/** What the mirror has of the district's integrations that are not removed, as the model names it. */
export async function describeMirror(db: Database, districtId: string): Promise<string[]> {
  const rows = await db.sql<{ name: string }[]>`
    select concat_ws(' ', integration_id, collection, external_id, fate, case when missing_since is null then '' else 'missing' end,
      case when out_of_scope_since is null then '' else 'out' end) as name
    from source_records where district_id = ${districtId} and fate <> 'withdrawn' and external_id > chr(2)
      and integration_id in (select id from integrations where district_id = ${districtId} and state <> 'removed')`;
  return rows.map(({ name }) => name).sort();
}
