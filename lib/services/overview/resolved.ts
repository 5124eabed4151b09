import type { ProviderId } from "#lib/engine/sis/providers.ts";
import { definitionIn } from "#lib/engine/sis/words.ts";
import type { Tx } from "#lib/platform/db/tx.ts";
import type { CausePerson, ResolvedCause } from "./schema.ts";

/** So many are told; a first sync after a mended export settles more than anybody reads. */
const shownCauses = 3;

/** The causes of which the latest sync of each of these integrations closed the last issue, with the first two people of each. */
export async function readResolved(tx: Tx, integrationIds: readonly string[]): Promise<readonly ResolvedCause[]> {
  const rows = await tx.sql<
    { integrationId: string; provider: ProviderId; code: string; count: number; runId: string; named: readonly CausePerson[] | null }[]
  >`
    with latest as (
      select distinct on (r.integration_id) r.integration_id, r.id, r.number from sync_runs r
      where r.district_id = ${tx.districtId} and r.integration_id = any(${[...integrationIds]}::uuid[]) and r.state = 'succeeded'
        and r.for_person is null and r.kind <> 'undo'
      order by r.integration_id, r.number desc),
    closed as materialized (
      select c.integration_id, c.code, c.collection, coalesce(c.external_id, c.key) as id, l.id as run_id from latest l
      join closed_issues c on c.district_id = ${tx.districtId} and c.integration_id = l.integration_id and c.closed_number = l.number
      where c.severity <> 'notice' and not exists (
        select from issues i where i.district_id = ${tx.districtId} and i.integration_id = c.integration_id and i.code = c.code)),
    causes as (
      select integration_id, code, run_id, count(*)::int as count from closed group by 1, 2, 3 order by count desc, code limit ${shownCauses})
    select k.integration_id as "integrationId", n.provider, k.code, k.count, k.run_id as "runId", (
      select jsonb_agg(p) from (
        select btrim(concat_ws(' ', u.given_name, u.family_name)) as name, u.record_id as "accountId",
          case when u.role in ('teacher', 'learner') then u.role end as role
        from closed c
        join source_records u on u.district_id = ${tx.districtId} and u.integration_id = c.integration_id and u.external_id = c.id and u.collection = 'users'
        where c.integration_id = k.integration_id and c.code = k.code and c.collection = 'users' and u.family_name is not null
        order by u.family_name, u.given_name limit 2) p) as named
    from causes k join integrations n on n.district_id = ${tx.districtId} and n.id = k.integration_id
    order by k.count desc, k.code`;
  return rows.map(({ provider, named, ...row }) => ({ ...row, title: definitionIn(provider, row.code).title, named: named ?? [] }));
}
