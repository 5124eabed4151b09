import type { Extraction } from "#lib/engine/sis/source.ts";
import { workerScope } from "#lib/platform/access.ts";
import type { Database } from "#lib/platform/db/client.ts";
import { planningAllThatWasRead, type Staging } from "#lib/platform/db/staging.ts";
import { holdStaging } from "#lib/platform/db/staging-pool.ts";
import { type Tx, withDistrict } from "#lib/platform/db/tx.ts";
import { type Collection, collections, linkEntities } from "#lib/roster/canonical.ts";
import type { SafetySettings } from "#lib/roster/guard/settings.ts";
import type { Doubted } from "#lib/roster/guard.ts";
import type { RowsByCollection } from "#lib/roster/row-totals.ts";
import { leavesOut, type Scope } from "#lib/roster/scope.ts";
import type { OneRosterVersion, VersionChange } from "#lib/roster/version-change.ts";
import { type Apart, placedApart } from "./apart.ts";
import { countOut } from "./apply-scope.ts";
import type { Columns } from "./carried.ts";
import { countVersionChange } from "./change-version.ts";
import { countRows } from "./count-rows.ts";
import { settleDuplicates } from "./duplicates.ts";
import { type PlanFacts, readGuardFacts } from "./guard-facts.ts";
import { keptEntities } from "./kept-values.ts";
import type { Lease } from "./lease.ts";
import { findNews, isMirrorEmpty } from "./news.ts";
import { type Plan, plan } from "./plan.ts";
import { fewOf, isRosterShared, newIds, plansFew, tuneForFew, tuneForSets, writingOf } from "./plan-context.ts";
import { readRevision } from "./revision.ts";
import type { Staged } from "./stage.ts";
import { readOwnOrders } from "./suppliers.ts";
import { readWithheldBefore } from "./withhold.ts";

export interface PlanInput {
  readonly modes: Extraction["modes"];
  readonly staged: Staged;
  readonly settled: Settled;
  readonly scope: Scope;
  /** As plannedWith() says it of the integration. */
  readonly plannedWith: string;
  readonly apart: Apart | null;
  /** As `Extraction.unproven`. */
  readonly unproven: readonly Collection[];
  /** Whether the source could read everything instead of changes. */
  readonly canReadFully: boolean;
  /** Optional columns that earlier reads carried. */
  readonly carriedBefore: Columns;
  /** What the plan will be judged by. */
  readonly safety: SafetySettings;
  /** What the plan is to be made without. */
  readonly doubts: readonly Doubted[];
  /** Whether what was approved for this run is in it. */
  readonly releases: boolean;
  /** Whether all that the integration has is to be withdrawn, as somebody asked. */
  readonly withdrawsAll: boolean;
  /** The version of OneRoster that the integration goes over to; null: it stays with its own. */
  readonly changesVersionTo: OneRosterVersion | null;
}

interface Counted {
  readonly rows: RowsByCollection;
  readonly outOfScope: Awaited<ReturnType<typeof countOut>>;
  /** Null where no version changes. */
  readonly versionChange: VersionChange | null;
  readonly rosterRevision: number;
}

/** What is settled once, whatever becomes of the roster meanwhile. */
export interface Settled {
  /** The run's set, as it is planned with. */
  readonly staging: Staging;
  /** Whether the mirror had nothing yet, so that all that was read is planned. */
  readonly isFirst: boolean;
  /** Rows that say again what another says. */
  readonly repeated: Partial<Record<Collection, number>>;
}

/**
 * Settles what was staged and finds what is news in it, once; the plan can then be made from it as often as the roster
 * changes meanwhile.
 */
export async function settleInput(
  db: Database,
  lease: Lease,
  staging: Staging,
  modes: Extraction["modes"],
  read: Pick<Staged, "staged" | "sifted">,
): Promise<Settled> {
  const repeated = await inSets(db, lease, staging, async (tx) => {
    const repeated: Partial<Record<Collection, number>> = {};
    for (const collection of collections)
      if (read.staged.of(collection).mayRepeat)
        repeated[collection] = await settleDuplicates({ ...writingOf(lease, staging), sql: tx.sql }, collection);
    return repeated;
  });
  const isFirst = await isMirrorEmpty(db, lease.run);
  if (isFirst) return { staging: planningAllThatWasRead(staging), isFirst, repeated };
  await inSets(db, lease, staging, (tx) => findNews({ ...writingOf(lease, staging), sql: tx.sql }, modes, read));
  return { staging, isFirst, repeated };
}

/**
 * Makes the plan in a transaction of its own, and says for which revision of the roster it holds. Making it again
 * replaces the changes that the time before wrote.
 */
export async function makePlan(db: Database, lease: Lease, input: PlanInput): Promise<Plan & PlanFacts & Counted> {
  lease.enter("match");
  const { districtId, integrationId, id: runId } = lease.run;
  const { staging } = input.settled;
  return inSets(db, lease, staging, async (tx) => {
    const rosterRevision = await readRevision(tx);
    await tx.sql`delete from run_changes where district_id = ${districtId} and run_id = ${runId}`;
    const [last] = await tx.sql<{ plannedWith: string | null }[]>`
      select planned_with as "plannedWith" from integrations
      where district_id = ${districtId} and id = ${integrationId}`;
    const writing = { ...writingOf(lease, staging), sql: tx.sql };
    const isShared = await isRosterShared(writing);
    const isPlannedAs = last?.plannedWith === input.plannedWith;
    const most = fewOf(input.staged.rows);
    const context = {
      ...writing,
      staging: { ...staging, incoming: planned(staging.incoming, input) },
      apart: input.apart,
      rolesApart: input.staged.rolesApart,
      scope: input.scope,
      all: staging.incoming,
      modes: input.modes,
      rowsRead: input.staged.rows,
      sifted: input.staged.sifted,
      unidentified: input.staged.unidentified,
      carried: input.staged.carried,
      carriedBefore: input.carriedBefore,
      unsaid: input.staged.unsaid,
      canReadFully: input.canReadFully,
      isShared,
      ownOrders: isShared ? await readOwnOrders(writing) : new Map(),
      kept: await keptEntities(writing),
      isFirst: input.settled.isFirst,
      doubts: input.doubts,
      withheldBefore: input.withdrawsAll ? [] : await readWithheldBefore(writing),
      releases: input.releases,
      withdrawsAll: input.withdrawsAll,
      changesVersion: input.changesVersionTo !== null,
      safety: input.safety,
      newId: await newIds(writing),
      plansEverything: !isPlannedAs,
      size: { isFew: isPlannedAs && (await plansFew(writing, most)), most },
    };
    if (context.size.isFew) await tuneForFew(tx.sql);
    const made = await plan(context, (entity) => {
      lease.signal.throwIfAborted();
      lease.report({ within: linkEntities.indexOf(entity) / linkEntities.length, rows: 0, part: entity });
    });
    lease.see({ issues: made.issueCounts, totals: made.totals });
    const rows = await countRows(context, input.staged.rows, input.settled.repeated, made.same);
    const outOfScope = await countOut(context);
    const versionChange = input.changesVersionTo === null ? null : await countVersionChange(context, input.changesVersionTo);
    return {
      ...made,
      rows,
      outOfScope,
      versionChange,
      ...(await readGuardFacts(context, made, input.staged, input.unproven)),
      rosterRevision,
    };
  });
}

/** Of incoming records those that are planned. */
function planned(incoming: Staging["incoming"], { scope, apart }: Pick<PlanInput, "scope" | "apart">): Staging["incoming"] {
  const scoped = leavesOut(scope) ? inScope(incoming) : incoming;
  return apart === null ? scoped : placedApart(scoped);
}

/** Incoming records that are not marked as out of scope. */
function inScope(incoming: Staging["incoming"]): Staging["incoming"] {
  const entries = Object.entries(incoming).map(([collection, rows]) => [
    collection,
    `(select * from ${rows} s where s.out_of_scope is null)`,
  ]);
  return Object.fromEntries(entries) as Staging["incoming"];
}

async function inSets<T>(db: Database, lease: Lease, staging: Staging, work: (tx: Tx) => Promise<T>): Promise<T> {
  return withDistrict(db, workerScope(lease.run.districtId), async (tx) => {
    const [backend] = await tx.sql<{ pid: number }[]>`select pg_backend_pid() as pid`;
    using _ = cancelOnAbort(db, lease.signal, backend?.pid ?? 0);
    await holdStaging(tx.sql, staging);
    await tuneForSets(tx.sql);
    return work(tx);
  });
}

/** A run that is cancelled does not wait for the statement it is in. */
function cancelOnAbort(db: Database, signal: AbortSignal, pid: number): Disposable {
  const cancel = () => {
    // By the role that the statement runs as.
    (db.entrance ?? db).sql`select pg_cancel_backend(${pid})`.catch(() => {});
  };
  signal.addEventListener("abort", cancel, { once: true });
  return { [Symbol.dispose]: () => signal.removeEventListener("abort", cancel) };
}
