import type { Extraction } from "#lib/engine/sis/source.ts";
import { workerScope } from "#lib/platform/access.ts";
import type { Database } from "#lib/platform/db/client.ts";
import { createPlanned, planAllThatWasRead, type Staging } from "#lib/platform/db/staging.ts";
import { type Tx, withDistrict } from "#lib/platform/db/tx.ts";
import { type Collection, collections, linkEntities } from "#lib/roster/canonical.ts";
import type { RowsByCollection } from "#lib/roster/row-totals.ts";
import type { Columns } from "./carried.ts";
import { countRows } from "./count-rows.ts";
import { settleDuplicates } from "./duplicates.ts";
import { type PlanFacts, readGuardFacts } from "./guard-facts.ts";
import type { Lease } from "./lease.ts";
import { findNews, isMirrorEmpty } from "./news.ts";
import { type Plan, plan } from "./plan.ts";
import { isRosterShared, plansFew, tuneForFew, tuneForSets, writingOf } from "./plan-context.ts";
import { plannedWith } from "./planned-with.ts";
import { readRevision } from "./revision.ts";
import type { Staged } from "./stage.ts";

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
  /** Whether the mirror had nothing yet, so that all that was read is planned. */
  readonly isFirst: boolean;
  /** Rows that say again what another says. */
  readonly repeated: Partial<Record<Collection, number>>;
}

/** Settles what was staged and finds what is news in it, once; the plan can then be made from it as often as the roster changes meanwhile. */
export async function settleInput(db: Database, lease: Lease, staging: Staging, modes: Extraction["modes"]): Promise<Settled> {
  const repeated = await inSets(db, lease, async (tx) => {
    const repeated: Partial<Record<Collection, number>> = {};
    for (const collection of collections)
      repeated[collection] = await settleDuplicates({ ...writingOf(lease, staging), sql: tx.sql }, collection);
    return repeated;
  });
  const isFirst = await isMirrorEmpty(db, lease.run);
  if (isFirst) await planAllThatWasRead(db.sql, staging);
  else {
    await createPlanned(db.sql, staging);
    await inSets(db, lease, (tx) => findNews({ ...writingOf(lease, staging), sql: tx.sql }, modes));
  }
  return { isFirst, repeated };
}

/**
 * Makes the plan in a transaction of its own, and says for which revision of the roster it holds. Making it again
 * replaces the changes that the time before wrote.
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
    const [last] = await tx.sql<{ plannedWith: string | null }[]>`
      select planned_with as "plannedWith" from integrations where district_id = ${districtId} and id = ${integrationId}`;
    const writing = { ...writingOf(lease, input.staging), sql: tx.sql };
    const context = {
      ...writing,
      modes: input.modes,
      unidentified: input.staged.unidentified,
      carried: input.staged.carried,
      carriedBefore: input.carriedBefore,
      unsaid: input.staged.unsaid,
      canReadFully: input.canReadFully,
      isShared: await isRosterShared(writing),
      isFirst: input.settled.isFirst,
      plansEverything: last?.plannedWith !== plannedWith,
      size: { isFew: last?.plannedWith === plannedWith && (await plansFew(writing)) },
    };
    if (context.size.isFew) await tuneForFew(tx.sql);
    const made = await plan(context, (entity) => {
      lease.signal.throwIfAborted();
      lease.report({ within: linkEntities.indexOf(entity) / linkEntities.length, rows: 0, part: entity });
    });
    const rows = await countRows(context, input.staged.rows, input.settled.repeated, made.same);
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
