import { workerScope } from "#lib/access.ts";
import type { Database } from "#lib/db/client.ts";
import { withDistrict } from "#lib/db/tx.ts";
import { linkEntities } from "#lib/roster/canonical.ts";
import type { Extraction } from "#lib/sis/source.ts";
import type { Lease } from "./lease.ts";
import { type Plan, plan } from "./plan.ts";
import { tuneForSets, writingOf } from "./plan-context.ts";
import { readRevision } from "./revision.ts";
import type { Staged } from "./stage.ts";
import type { Staging } from "./staging.ts";

export interface PlanInput {
  readonly staging: Staging;
  readonly modes: Extraction["modes"];
  readonly staged: Staged;
  /** Whether the source could read everything instead of changes. */
  readonly canReadFully: boolean;
}

/**
 * Makes the plan in a transaction of its own, and says for which revision of the roster it holds. Making it again
 * replaces the changes and issues that the time before wrote; those of normalising stay.
 */
export async function makePlan(db: Database, lease: Lease, input: PlanInput): Promise<Plan & { readonly rosterRevision: number }> {
  lease.enter("match");
  const { districtId, integrationId, id: runId } = lease.run;
  return withDistrict(db, workerScope(districtId), async (tx) => {
    const [backend] = await tx.sql<{ pid: number }[]>`select pg_backend_pid() as pid`;
    using _ = cancelOnAbort(db, lease.signal, backend?.pid ?? 0);
    const rosterRevision = await readRevision(tx);
    await tuneForSets(tx.sql);
    await tx.sql`delete from run_changes where district_id = ${districtId} and run_id = ${runId}`;
    await tx.sql`delete from run_issues where district_id = ${districtId} and run_id = ${runId} and seq > ${input.staged.lastIssue}`;
    const [others] = await tx.sql<{ found: boolean }[]>`
      select exists (select from external_links where district_id = ${districtId} and integration_id <> ${integrationId}) as found`;
    const context = {
      ...writingOf(lease, input.staging),
      sql: tx.sql,
      modes: input.modes,
      unidentified: input.staged.unidentified,
      canReadFully: input.canReadFully,
      isShared: others?.found ?? false,
    };
    const made = await plan(context, (entity) => {
      lease.signal.throwIfAborted();
      lease.report({ within: linkEntities.indexOf(entity) / linkEntities.length, rows: 0, part: entity });
    });
    return { ...made, rosterRevision };
  });
}

/** A run that is cancelled does not wait for the statement it is in. */
function cancelOnAbort(db: Database, signal: AbortSignal, pid: number): Disposable {
  const cancel = () => {
    db.sql`select pg_cancel_backend(${pid})`.catch(() => {});
  };
  signal.addEventListener("abort", cancel, { once: true });
  return { [Symbol.dispose]: () => signal.removeEventListener("abort", cancel) };
}
