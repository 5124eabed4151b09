import type { IntegrationBefore } from "#lib/platform/db/schema/runs.ts";
import { isTakenBack } from "#lib/platform/db/taken-back.ts";
import type { Tx } from "#lib/platform/db/tx.ts";

/** What an undo takes back. */
export interface Subject {
  readonly runId: string;
  readonly number: number;
  readonly integrationId: string;
  /** It and the runs after it, which changed no record: the oldest first. */
  readonly runIds: readonly string[];
  readonly changeCount: number;
  /** The integration as it was before, as far as the runs wrote to it; null: they did not. */
  readonly before: Partial<IntegrationBefore> | null;
  /** Whether somebody entered other credentials since it was claimed: where it had left off is a place in another SIS, maybe. */
  readonly hasOtherCredentials: boolean;
  /** Whether it ended within the last seven days, by the database's clock. */
  readonly isRecent: boolean;
}

/**
 * Why a run cannot be taken back. `nothing`: it was not applied, or changed no record; `not-latest`: another one is to be taken back
 * first; `not-kept`: what it takes is no longer kept, or never was.
 */
export type Untakeable =
  | { readonly reason: "nothing" | "taken-back" | "removed" | "not-kept" }
  | { readonly reason: "not-latest"; readonly latest: { readonly id: string; readonly number: number } };

interface Row {
  readonly number: number;
  readonly integrationId: string;
  readonly integrationState: string;
  readonly hasOtherCredentials: boolean;
  readonly isApplied: boolean;
  readonly isTakenBack: boolean;
  readonly isRecent: boolean;
  readonly changeCount: number;
}

/**
 * What taking a run back means as things are, or why it cannot be; null: the district has no such run.
 * @param looks "closely": every row that it takes is counted, and for a first sync that is a look at all of them. "at a glance": whether any
 * is there, as is asked where it is offered; rows of one run age out together (drizzle/0020, parts by run).
 */
export async function findSubject(
  tx: Tx,
  runId: string,
  looks: "closely" | "at a glance" = "closely",
): Promise<Subject | Untakeable | null> {
  const [run] = await tx.sql<Row[]>`
    select
      r.number,
      r.integration_id as "integrationId",
      i.state as "integrationState",
      i.credentials_version > coalesce(r.source_version, 0) as "hasOtherCredentials",
      r.state = 'succeeded' and r.kind in ('sync', 'approval') and r.change_count > 0 as "isApplied",
      ${tx.sql.unsafe(isTakenBack("r"))} as "isTakenBack",
      coalesce(r.finished_at > statement_timestamp() - interval '7 days', false) as "isRecent",
      r.change_count as "changeCount"
    from sync_runs r
    join integrations i on i.district_id = r.district_id and i.id = r.integration_id
    where r.district_id = ${tx.districtId} and r.id = ${runId}`;
  if (!run) return null;
  if (run.integrationState === "removed") return { reason: "removed" };
  if (run.isTakenBack) return { reason: "taken-back" };
  if (!run.isApplied) return { reason: "nothing" };
  const latest = await findLatest(tx, run.integrationId);
  if (latest && latest.id !== runId) return { reason: "not-latest", latest };
  const { number, integrationId, hasOtherCredentials, isRecent, changeCount } = run;
  const runs = await findRuns(tx, integrationId, number, looks);
  const hasChanges = looks === "closely" ? hasAllChanges : hasChange;
  if (!runs.every(({ isKept }) => isKept) || !(await hasChanges(tx, runId, changeCount))) return { reason: "not-kept" };
  // What the oldest of them found that wrote anything.
  const before = runs.find((one) => Object.keys(one.before ?? {}).length > 0)?.before ?? null;
  return { runId, number, integrationId, runIds: runs.map(({ id }) => id), changeCount, before, hasOtherCredentials, isRecent };
}

/** The integration's run that is the first to be taken back: the latest that changed a record and was not taken back. */
export async function findLatest(tx: Tx, integrationId: string): Promise<{ readonly id: string; readonly number: number } | null> {
  const [latest] = await tx.sql<{ id: string; number: number }[]>`
    select r.id, r.number
    from sync_runs r
    where r.district_id = ${tx.districtId}
      and r.integration_id = ${integrationId}
      and r.state = 'succeeded'
      and r.kind in ('sync', 'approval')
      and r.change_count > 0
      and not ${tx.sql.unsafe(isTakenBack("r"))}
    order by r.number desc
    limit 1`;
  return latest ?? null;
}

/** Those from a number on that were applied and not taken back, each with whether all is there of the mirror's rows as they were. */
function findRuns(tx: Tx, integrationId: string, from: number, looks: "closely" | "at a glance") {
  const kept = (what: string) => tx.sql`(
        select ${tx.sql.unsafe(what)} from source_record_changes c
        where c.district_id = ${tx.districtId} and c.run_id = r.id)`;
  const isAllKept =
    looks === "closely" ? tx.sql`r.source_change_count = ${kept("count(*)")}` : tx.sql`(r.source_change_count = 0 or exists ${kept("1")})`;
  return tx.sql<{ id: string; before: Partial<IntegrationBefore> | null; isKept: boolean }[]>`
    select
      r.id,
      r.before,
      r.before is not null and r.applied_at is not null and ${isAllKept} as "isKept"
    from sync_runs r
    where r.district_id = ${tx.districtId}
      and r.integration_id = ${integrationId}
      and r.state = 'succeeded'
      and r.kind in ('sync', 'approval')
      and r.number >= ${from}
      and not ${tx.sql.unsafe(isTakenBack("r"))}
    order by r.number`;
}

async function hasAllChanges(tx: Tx, runId: string, changeCount: number): Promise<boolean> {
  const [kept] = await tx.sql<{ count: number }[]>`
    select count(*)::int as count from run_changes where district_id = ${tx.districtId} and run_id = ${runId}`;
  return kept?.count === changeCount;
}

async function hasChange(tx: Tx, runId: string): Promise<boolean> {
  const [kept] = await tx.sql<{ found: boolean }[]>`
    select exists (select from run_changes where district_id = ${tx.districtId} and run_id = ${runId}) as found`;
  return kept?.found === true;
}
