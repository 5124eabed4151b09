import type { Extraction } from "#lib/engine/sis/source.ts";
import { workerScope } from "#lib/platform/access.ts";
import type { Database } from "#lib/platform/db/client.ts";
import { type Tx, withDistrict } from "#lib/platform/db/tx.ts";
import { type Collection, collections, linkEntities } from "#lib/roster/canonical.ts";
import type { IssueTally } from "#lib/roster/issue-counts.ts";
import type { RowsByCollection } from "#lib/roster/row-totals.ts";
import type { Columns } from "./carried.ts";
import { countRows } from "./count-rows.ts";
import { settleDuplicates } from "./duplicates.ts";
import { type PlanFacts, readGuardFacts } from "./guard-facts.ts";
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
  readonly settled: Settled;
  /** As `Extraction.unproven`. */
  readonly unproven: readonly Collection[];
  /** Whether the source could read everything instead of changes. */
  readonly canReadFully: boolean;
  /** Optional columns that earlier reads carried. */
  readonly carriedBefore: Columns;
}

/** What is settled once, whatever becomes of the roster meanwhile. */
export interface Settled {
  /** The last issue of reading and settling; those of planning come after it. */
  readonly lastIssue: number;
  readonly issues: IssueTally;
  /** Rows that say again what another says. */
  readonly repeated: Partial<Record<Collection, number>>;
}

/** Settles what was staged, once; the plan can then be made from it as often as the roster changes meanwhile. */
export async function settleInput(db: Database, lease: Lease, staging: Staging, staged: Staged): Promise<Settled> {
  const { districtId, id: runId } = lease.run;
  return inSets(db, lease, async (tx) => {
    const issues = staged.issues.copy();
    const repeated: Partial<Record<Collection, number>> = {};
    for (const collection of collections)
      repeated[collection] = await settleDuplicates({ ...writingOf(lease, staging), sql: tx.sql, issues }, collection);
    const [last] = await tx.sql<{ seq: string }[]>`
      select coalesce(max(seq), 0) as seq from run_issues where district_id = ${districtId} and run_id = ${runId}`;
    return { lastIssue: Number(last?.seq ?? 0), issues, repeated };
  });
}

/**
 * Makes the plan in a transaction of its own, and says for which revision of the roster it holds. Making it again
 * replaces the changes and issues that the time before wrote; those of reading stay.
 */
export async function makePlan(
  db: Database,
  lease: Lease,
  input: PlanInput,
): Promise<Plan & PlanFacts & { readonly rows: RowsByCollection; readonly rosterRevision: number }> {
  lease.enter("match");
  const { districtId, integrationId, id: runId } = lease.run;
  return inSets(db, lease, async (tx) => {
    const rosterRevision = await readRevision(tx);
    await tx.sql`delete from run_changes where district_id = ${districtId} and run_id = ${runId}`;
    await tx.sql`delete from run_issues where district_id = ${districtId} and run_id = ${runId} and seq > ${input.settled.lastIssue}`;
    await tx.sql`update run_issues set dependents = null where district_id = ${districtId} and run_id = ${runId} and dependents is not null`;
    const [others] = await tx.sql<{ found: boolean }[]>`
      select exists (select from external_links where district_id = ${districtId} and integration_id <> ${integrationId}) as found`;
    const context = {
      ...writingOf(lease, input.staging),
      sql: tx.sql,
      modes: input.modes,
      unidentified: input.staged.unidentified,
      carried: input.staged.carried,
      carriedBefore: input.carriedBefore,
      unsaid: input.staged.unsaid,
      issues: input.settled.issues.copy(),
      canReadFully: input.canReadFully,
      isShared: others?.found ?? false,
    };
    const made = await plan(context, (entity) => {
      lease.signal.throwIfAborted();
      lease.report({ within: linkEntities.indexOf(entity) / linkEntities.length, rows: 0, part: entity });
    });
    const rows = await countRows(context, input.staged.rows, input.settled.repeated);
    return { ...made, rows, ...(await readGuardFacts(context, made, input.staged, input.unproven)), rosterRevision };
  });
}

async function inSets<T>(db: Database, lease: Lease, work: (tx: Tx) => Promise<T>): Promise<T> {
  return withDistrict(db, workerScope(lease.run.districtId), async (tx) => {
    const [backend] = await tx.sql<{ pid: number }[]>`select pg_backend_pid() as pid`;
    using _ = cancelOnAbort(db, lease.signal, backend?.pid ?? 0);
    await tuneForSets(tx.sql);
    return work(tx);
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
