import type { DistrictScope } from "#lib/platform/access.ts";
import { suspendedRows } from "#lib/platform/db/suspended-rows.ts";
import type { Tx } from "#lib/platform/db/tx.ts";
import { withheldRows } from "#lib/platform/db/withheld-rows.ts";
import { concernedPeople, isBeyondCounting } from "./concerned.ts";
import { rosterCounts } from "./roster-counts.ts";
import type { Standing } from "./schema.ts";

export interface Asked {
  readonly scope: DistrictScope<"read-syncs">;
  readonly integrationIds: readonly string[];
  /** Whether there is no other integration. */
  readonly isWholeDistrict: boolean;
}

/**
 * How the people of a district, or of one integration of it, stand against the SIS. A learner matches only where nothing is open about them: no
 * issue, no enrollment that waits, nothing withheld, and not gone from the SIS. Where that cannot be told the number is null.
 */
export async function readStanding(tx: Tx, asked: Asked): Promise<Standing> {
  const { integrationIds } = asked;
  const still = await stillSigningIn(tx, integrationIds);
  if (await isBeyondCounting(tx, integrationIds)) return { matching: null, still, needHelp: null };
  const [help] = await tx.sql<{ people: number }[]>`
    select count(distinct c.who)::int as people from ${concernedPeople(tx, integrationIds)} c
    where c.cause <> 'withdrawals-suspended' and not exists (
      select from ${suspendedRows(tx, integrationIds)} and a.id = c.account_id)`;
  return { matching: await matchingLearners(tx, asked), still, needHelp: help?.people ?? 0 };
}

async function stillSigningIn(tx: Tx, integrationIds: readonly string[]): Promise<number> {
  const [row] = await tx.sql<{ people: number }[]>`
    select count(distinct a.id)::int as people from ${suspendedRows(tx, integrationIds)} and a.role in ('teacher', 'learner')`;
  return row?.people ?? 0;
}

/**
 * Counted the short way round: every active learner but those about whom something is open. That every active learner has a SIS that keeps
 * them is what a sync sees to; where integrations were removed, or somebody was brought back by hand, it is looked at.
 */
async function matchingLearners(tx: Tx, { scope, integrationIds, isWholeDistrict }: Asked): Promise<number> {
  const ids = [...integrationIds];
  const [hands] = await tx.sql<{ any: boolean }[]>`
    select exists (select from integrations where district_id = ${tx.districtId} and not (id = any(${ids}::uuid[])))
      or exists (select from record_edits where district_id = ${tx.districtId} and entity = 'account' and action = 'reactivated') as any`;
  const isKept = tx.sql`exists (
    select from source_records k
    where k.district_id = ${tx.districtId} and k.record_id = a.id and k.rostered and k.collection = 'users' and k.integration_id = any(${ids}::uuid[]))`;
  const areAllKept = isWholeDistrict && hands?.any !== true;
  const counted = areAllKept
    ? tx.sql`a.id in (select id from open)`
    : tx.sql`not exists (select from open o where o.id = a.id) and ${isKept}`;
  const [row] = await tx.sql<{ learners: number }[]>`
    with open as materialized (
      select account_id as id from ${concernedPeople(tx, integrationIds)} c where account_id is not null
      union select unnest(i.record_ids) from issues i
        where i.district_id = ${tx.districtId} and i.integration_id = any(${ids}::uuid[]) and i.severity <> 'notice'
      union select a.id from ${suspendedRows(tx, integrationIds)} and a.id is not null
      union select coalesce((
          select m.account_id from memberships m where m.district_id = ${tx.districtId} and m.id = w.record_id), w.record_id)
        from ${withheldRows(tx, integrationIds)}
      union select l.record_id from source_records l
        where l.district_id = ${tx.districtId} and l.integration_id = any(${ids}::uuid[]) and l.collection = 'users' and l.out_of_scope_since is not null)
    select count(*)::int as learners from accounts a
    where a.district_id = ${tx.districtId} and a.role = 'learner' and a.status = 'active' and ${counted}`;
  const found = row?.learners ?? 0;
  return areAllKept ? Math.max(0, (await rosterCounts(tx, scope)).learners - found) : found;
}
