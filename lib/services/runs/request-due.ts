import { workerScope } from "#lib/platform/access.ts";
import { type AuditEvent, appendAudits } from "#lib/platform/audit.ts";
import { type Tx, withOwner } from "#lib/platform/db/tx.ts";
import { nextOccurrences, type Scheduled } from "#lib/services/integrations/next-run.ts";
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
  readonly isDue: boolean;
}

/**
 * Asks for the runs of a batch of integrations that are due, and notes when each is due next, in one transaction and in a handful of
 * statements however many they are. Several workers take different ones. Occurrences that came while no worker ran are made up for by
 * one run. A schedule without a next run, of before it was stored or of a restored row, only gets one.
 */
export function requestDueRuns(services: Services): Promise<RequestedDue> {
  // Of no district: each statement names those it is about.
  return withOwner(services.db, "", async (tx) => {
    const due = await tx.sql<Due[]>`
      select i.district_id as "districtId", i.id, i.schedule, d.timezone, i.next_run_at is not null as "isDue",
             (extract(epoch from now()) * 1000)::float8 as "nowMs"
      from integrations i join districts d on d.id = i.district_id
      where i.state = 'active' and i.schedule is not null and (i.next_run_at is null or i.next_run_at <= now())
      order by i.next_run_at nulls first limit ${dueAtOnce}
      for update of i skip locked`;
    if (due.length === 0) return { due: 0, requested: 0 };
    await tx.sql`
      update integrations i set next_run_at = v.next_run_at::timestamptz
      from unnest(${due.map((one) => one.districtId)}::uuid[], ${due.map((one) => one.id)}::uuid[], ${due.map(nextOccurrences())}::text[])
        v (district_id, id, next_run_at)
      where i.district_id = v.district_id and i.id = v.id`;
    const runs = await insertRuns(
      tx,
      due.filter((one) => one.isDue),
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
