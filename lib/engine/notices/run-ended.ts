/** What a sync that ends means for incidents and for the schedule. Parts of the transactions that end it (lib/engine/sync/finish.ts, lib/services/runs/reap.ts). */
import { renewNextRuns } from "#lib/engine/schedule/next-run.ts";
import { slowsAfter } from "#lib/engine/schedule/slow-down.ts";
import type { syncRuns } from "#lib/platform/db/schema/runs.ts";
import { suspendedRows } from "#lib/platform/db/suspended-rows.ts";
import type { Tx } from "#lib/platform/db/tx.ts";
import { withheldRows } from "#lib/platform/db/withheld-rows.ts";
import type { RunFailureDetails } from "#lib/platform/errors.ts";
import { endedBy } from "#lib/roster/notices/kinds.ts";
import type { RunTotals } from "#lib/roster/totals.ts";
import { closeIncidents, openIncident } from "./incidents.ts";

export type EndedRun = Pick<typeof syncRuns.$inferSelect, "id" | "integrationId" | "kind" | "trigger" | "forPerson">;

/**
 * After a failure that is not tried again at once. A preview, and a read of one person, is looked at by whoever asked for it, and
 * changes nothing here. The caller has locked the integration before the run.
 */
export async function afterFailure(tx: Tx, run: EndedRun, failure: RunFailureDetails): Promise<void> {
  if (run.kind === "preview" || run.forPerson !== null) return;
  const { code, step, message, remedy } = failure;
  const kind = code === "authorization-expired" ? "authorization-ended" : "failed";
  await openIncident(tx, { kind, integrationId: run.integrationId, runId: run.id, details: { code, step, message, remedy } });
  if (run.trigger === "schedule") await slowDown(tx, run);
}

async function slowDown(tx: Tx, run: EndedRun): Promise<void> {
  const [row] = await tx.sql<{ failures: number; isScheduled: boolean }[]>`
    update integrations
    set failures_in_row = failures_in_row + 1
    where district_id = ${tx.districtId} and id = ${run.integrationId}
    returning failures_in_row as failures, state = 'active' and schedule is not null as "isScheduled"`;
  if (!row?.isScheduled || row.failures < slowsAfter) return;
  await renewNextRuns(tx, run.integrationId);
  const [{ next = null } = {}] = await tx.sql<{ next: string | null }[]>`
    select to_char(next_run_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as next
    from integrations
    where district_id = ${tx.districtId} and id = ${run.integrationId} and next_run_at < 'infinity'`;
  await openIncident(tx, {
    kind: "slowed",
    integrationId: run.integrationId,
    runId: run.id,
    details: { failures: row.failures, next },
  });
}

/** The SIS was read: the schedule is back at its own times. Belongs where the integration may be locked, before its run is. */
export async function restoreSchedule(tx: Tx, integrationId: string): Promise<void> {
  const [before] = await tx.sql<{ failures: number }[]>`
    select failures_in_row as failures from integrations
    where district_id = ${tx.districtId} and id = ${integrationId}
    for update`;
  if (!before || before.failures === 0) return;
  await tx.sql`
    update integrations set failures_in_row = 0
    where district_id = ${tx.districtId} and id = ${integrationId}`;
  if (before.failures >= slowsAfter) await renewNextRuns(tx, integrationId);
}

/** A plan waits for an admin. */
export async function afterHeld(
  tx: Tx,
  run: EndedRun,
  { totals, changeCount }: { readonly totals: RunTotals; readonly changeCount: number },
) {
  const deactivated = Object.values(totals).reduce((sum, of) => sum + of.deactivated, 0);
  if (run.forPerson === null)
    await closeIncidents(tx, { kinds: endedBy("read"), subject: run.integrationId, runId: run.id, because: "held" });
  await openIncident(tx, { kind: "held", integrationId: run.integrationId, runId: run.id, details: { changes: changeCount, deactivated } });
}

/** What was read is in the roster. That one person could be read says nothing about the district. */
export async function afterSuccess(tx: Tx, run: EndedRun): Promise<void> {
  const { id: runId, integrationId } = run;
  const because = run.kind === "approval" ? "approved" : "overtaken";
  if (run.forPerson === null) await closeIncidents(tx, { kinds: endedBy("applied"), subject: integrationId, runId, because });
  else if (run.kind === "approval") await closeIncidents(tx, { kinds: ["held"], subject: integrationId, runId, because });
  await noteWithheld(tx, run);
  const [suspended] = await tx.sql<{ people: number; others: number }[]>`
    select count(distinct l.record_id) filter (where l.collection = 'users')::int as people,
      count(distinct l.record_id) filter (where l.collection <> 'users')::int as others
    from ${suspendedRows(tx, [integrationId])}`;
  const { people = 0, others = 0 } = suspended ?? {};
  if (people + others > 0) await openIncident(tx, { kind: "suspended", integrationId, runId, details: { people, others } });
  else await closeIncidents(tx, { kinds: ["suspended"], subject: integrationId, runId, because: "settled" });
}

/** What waits for a decision of an integration, for whoever ends a run of it or decides. */
export async function noteWithheld(
  tx: Tx,
  { integrationId, id: runId }: { readonly integrationId: string; readonly id: string | null },
): Promise<void> {
  const [waiting] = await tx.sql<{ records: number }[]>`
    select count(distinct (w.entity, w.external_id))::int as records from ${withheldRows(tx, [integrationId])}`;
  const records = waiting?.records ?? 0;
  if (records > 0) await openIncident(tx, { kind: "withheld", integrationId, runId, details: { records } });
  else await closeIncidents(tx, { kinds: ["withheld"], subject: integrationId, runId, because: "settled" });
}

/** When the SIS says that it is about to stop: days, as it tells them. */
export interface AccessEnds {
  readonly from: string;
  readonly until: string | null;
}

/** Whether the SIS has said, with what was just read, that it stops soon. */
export async function noteAccess(tx: Tx, run: EndedRun, ends: AccessEnds | null): Promise<void> {
  const { id: runId, integrationId } = run;
  if (ends) await openIncident(tx, { kind: "access-ending", integrationId, runId, details: { ...ends } });
  else await closeIncidents(tx, { kinds: ["access-ending"], subject: integrationId, runId, because: "goes-on" });
}
