import { blackoutAt } from "#lib/engine/schedule/blackout.ts";
import { blackoutsOf, nextOccurrences, type Scheduled } from "#lib/engine/schedule/next-run.ts";
import { workerScope } from "#lib/platform/access.ts";
import { type AuditEvent, appendAudits } from "#lib/platform/audit.ts";
import { isDistributed } from "#lib/platform/db/citus/is-distributed.ts";
import { type Tx, withOwner } from "#lib/platform/db/tx.ts";
import type { Services } from "#lib/services/services.ts";

/** So many districts at a time: their rows are locked for as long as it takes to ask for their runs. */
export const dueAtOnce = 500;

export interface RequestedDue {
  /** How many integrations were looked at; `dueAtOnce` says that there may be more. */
  readonly due: number;
  /** How many runs were made: fewer, where a run was under way already or the next one had only to be worked out. */
  readonly requested: number;
}

interface Due extends Scheduled {
  readonly districtId: string;
  readonly id: string;
  /** When it was due; null: nobody had worked that out. */
  readonly dueAt: string | null;
}

/**
 * Asks for the runs of a batch of integrations that are due, and notes when each is due next, in one transaction and in a handful of
 * statements however many they are. Several workers take different ones; on Citus, where rows of several nodes cannot be skipped, one
 * worker at a time takes any. Occurrences that came while no worker ran are made up for by one run, unless a blackout has begun since. A
 * schedule without a next run, of before it was stored or of a restored row, only gets one.
 */
export async function requestDueRuns(services: Services): Promise<RequestedDue> {
  const onCitus = await isDistributed(services.db);
  // Of no district: each statement names those it is about.
  return withOwner(services.db, "", async (tx) => {
    const due = onCitus ? await dueOnCitus(tx) : await tx.sql<Due[]>`${whatIsDue(tx)} for update of i skip locked`;
    if (due.length === 0) return { due: 0, requested: 0 };
    const taken = await noteNext(tx, due);
    const runs = await insertRuns(
      tx,
      taken.filter((one) => one.dueAt !== null && blackoutAt(one.blackouts, one.timezone, new Date(one.nowMs)) === null),
    );
    await services.jobs.sendMany(
      tx,
      "sync-run",
      runs.map(({ districtId, runId }) => ({ id: runId, group: { id: districtId }, payload: { districtId, runId } })),
    );
    await appendAudits(tx, runs.map(requestedEvent));
    return { due: due.length, requested: runs.length };
  });
}

function whatIsDue(tx: Tx) {
  return tx.sql`
    select i.district_id as "districtId", i.id, i.schedule, d.timezone, i.next_run_at as "dueAt",
           i.failures_in_row as "failuresInRow", ${blackoutsOf(tx)} as blackouts, (extract(epoch from now()) * 1000)::float8 as "nowMs"
    from integrations i join districts d on d.id = i.district_id
    where i.state = 'active' and i.schedule is not null and d.suspended_at is null and (i.next_run_at is null or i.next_run_at <= now())
    order by i.next_run_at nulls first limit ${dueAtOnce}`;
}

async function dueOnCitus(tx: Tx): Promise<readonly Due[]> {
  const [turn] = await tx.sql<{ isOurs: boolean }[]>`select pg_try_advisory_xact_lock(hashtextextended('aivo:due', 0)) as "isOurs"`;
  return turn?.isOurs ? await tx.sql<Due[]>`${whatIsDue(tx)}` : [];
}

/** Those that are still due when they were: where rows could not be locked, somebody may have changed a schedule meanwhile. */
async function noteNext(tx: Tx, due: readonly Due[]): Promise<readonly Due[]> {
  const noted = await tx.sql<{ id: string }[]>`
    update integrations i set next_run_at = v.next_run_at
    from unnest(${due.map((one) => one.districtId)}::uuid[], ${due.map((one) => one.id)}::uuid[],
      ${due.map((one) => one.dueAt)}::text[]::timestamptz[], ${due.map(nextOccurrences())}::text[]::timestamptz[])
      v (district_id, id, due_at, next_run_at)
    where i.district_id = v.district_id and i.id = v.id and i.next_run_at is not distinct from v.due_at
    returning i.id`;
  const ids = new Set(noted.map(({ id }) => id));
  return due.filter(({ id }) => ids.has(id));
}

interface NewRun {
  readonly districtId: string;
  readonly integrationId: string;
  readonly runId: string;
}

async function insertRuns(tx: Tx, due: readonly Due[]): Promise<readonly NewRun[]> {
  return tx.sql<NewRun[]>`
    insert into sync_runs (district_id, integration_id, kind, trigger)
    select district_id, id, 'sync', 'schedule'
    from unnest(${due.map((one) => one.districtId)}::uuid[], ${due.map((one) => one.id)}::uuid[]) v (district_id, id)
    on conflict do nothing
    returning district_id as "districtId", integration_id as "integrationId", id as "runId"`;
}

function requestedEvent({ districtId, integrationId, runId }: NewRun): AuditEvent & { readonly districtId: string } {
  return {
    districtId,
    actor: workerScope(districtId).actor,
    action: "run-requested",
    target: { kind: "run", id: runId },
    details: { integrationId, kind: "sync", trigger: "schedule" },
  };
}
