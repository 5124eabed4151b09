import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { plannedWith, wasReadOtherwise } from "#lib/engine/scope/planned-with.ts";
import { whyNoPersonAlone } from "#lib/engine/sis/one-person.ts";
import type { Extraction, ExtractOptions, PersonOptions, Source, SourceContext, SourceWait } from "#lib/engine/sis/source.ts";
import type { Database } from "#lib/platform/db/client.ts";
import { isDatabaseAway } from "#lib/platform/db/error-codes.ts";
import type { integrations } from "#lib/platform/db/schema/integrations.ts";
import type { RunInput } from "#lib/platform/db/schema/runs.ts";
import { clearPlan, leaseStaging, releaseStaging } from "#lib/platform/db/staging-pool.ts";
import type { Tx } from "#lib/platform/db/tx.ts";
import { keepPlan } from "#lib/platform/db/waiting-plans.ts";
import { RunFailure, type RunFailureDetails } from "#lib/platform/errors.ts";
import type { LinkEntity } from "#lib/roster/canonical.ts";
import { type SafetySettings, withDefaults } from "#lib/roster/guard/settings.ts";
import { asReadingRules } from "#lib/roster/reading-rules.ts";
import { unaccounted } from "#lib/roster/row-totals.ts";
import { asScope } from "#lib/roster/scope.ts";
import { apartOf } from "./apart.ts";
import { apply } from "./apply.ts";
import { applyApproved } from "./approval.ts";
import { carriedSince } from "./carried.ts";
import { DeltaDoubt } from "./delta-doubt.ts";
import { asEnding } from "./failures.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { type Ending, endRun, succeedRun } from "./finish.ts";
import { fromMemory, nothingLeft } from "./from-memory.ts";
import { findSameInput, loadIntegration } from "./history.ts";
import { makeJudgedPlan } from "./judged-plan.ts";
import { knownRoster } from "./known-roster.ts";
import { type ClaimedRun, Lease, type RunRef } from "./lease.ts";
import { makePlan, settleInput } from "./make-plan.ts";
import { nobodyBefore, notAlone, onlyEverybodyTells } from "./person-refusals.ts";
import { fewOf, writingOf } from "./plan-context.ts";
import { lockRevision } from "./revision.ts";
import type { IsBarred } from "./stage.ts";
import { noteOf, stageInput } from "./stage-input.ts";
import { renewPlanStatistics, renewStatistics } from "./statistics.ts";
import type { Turns } from "./turns.ts";
import { applyUndo } from "./undo.ts";
import { whyEverything } from "./why-everything.ts";

export type Integration = typeof integrations.$inferSelect;

export interface RunDependencies {
  readonly db: Database;
  /** Unseals the credentials and gives the integration's source. */
  readonly openSource: (integration: Integration) => Promise<Source>;
  /**
   * Seals what the SIS gave anew, by field, in place of what is stored of the integration; part of the transaction that
   * ends the run.
   */
  readonly keepRenewed: (tx: Tx, integrationId: string, renewed: Readonly<Record<string, string>>) => Promise<void>;
  /**
   * Asks for another run in the place of one that failed, where that may help; part of the transaction that ends it.
   */
  readonly tryAgain: (tx: Tx, run: ClaimedRun, failure: RunFailureDetails) => Promise<unknown>;
  /** Whom the run leaves out, by the ids of the SIS; null: nobody. Asked again before anything is applied. */
  readonly loadBarred?: (integration: Integration) => Promise<{ readonly count: number; readonly has: IsBarred } | null>;
  readonly trustedOrigins: ReadonlySet<string>;
  /** Folder under which each run's downloads lie while it runs. */
  readonly spoolRoot: string;
  readonly workerId: string;
  readonly now: () => Date;
  /** Turns at what comes after the read: that is the worker's CPU and the database. */
  readonly turns: Turns;
  /**
   * Aborted when the worker has to stop, or with the RunFailure that ends the run. A run that is being applied goes on.
   */
  readonly signal: AbortSignal;
  /** As in sieve.ts; lowered by tests. */
  readonly mostKnown?: number;
  /** Told of errors that no rule foresees. Their messages may quote data: log names and places only. */
  readonly onInternalError: (error: unknown) => void;
}

const unjudged = { verdict: "apply", heldBecause: null, findings: [] } as const;

/** Two integrations of one district may finish in each other's way this often before a run gives up. */
const maxPlans = 5;

/**
 * Executes a run from the queue to its end; design.md section 3 is this function. Whatever goes wrong becomes the
 * run's failure, with the roster as it was. Returns at once when the run is no longer waiting.
 */
export async function executeRun(dependencies: RunDependencies, ref: RunRef): Promise<void> {
  const { db } = dependencies;
  // Its job has been taken and does not come again: a run that could not be claimed for want of a connection would wait
  // until it is missed.
  const lease = await insist(
    (attempt) => Lease.claim(db, ref, dependencies, attempt > 1),
    (error) => isDatabaseAway(error) && !dependencies.signal.aborted,
  );
  if (!lease) return;
  const spoolDirectory = join(dependencies.spoolRoot, ref.runId);
  const tryAgain = (tx: Tx, failure: RunFailureDetails) => dependencies.tryAgain(tx, lease.run, failure);
  let ending: Ending;
  try {
    ending = await lease.within(work(dependencies, lease, spoolDirectory));
  } catch (error) {
    ending = asEnding(error, lease.signal);
    if (ending.state === "failed" && ending.failure.code === "internal") dependencies.onInternalError(ending.cause);
  }
  lease.leave();
  try {
    await rm(spoolDirectory, { recursive: true, force: true }).catch(dependencies.onInternalError);
    // What the run filled the disk with may be what its end has to be written on.
    if (ending.state === "failed" && ending.failure.code === "disk-full") await releaseStaging(db.sql, ref.runId).catch(() => {});
    if (ending.state !== "succeeded") await insist(() => endRun(db, lease, ending, tryAgain));
    await releaseStaging(db.sql, ref.runId);
    if (ending.state === "succeeded") await renewStatistics(db, ending.written, lease.run).catch(dependencies.onInternalError);
  } finally {
    lease.stop();
  }
}

async function work(dependencies: RunDependencies, lease: Lease, spoolDirectory: string): Promise<Ending> {
  const integration = await loadIntegration(dependencies.db, lease.run.districtId, lease.run.integrationId);
  if (lease.run.kind === "undo") {
    using _ = await dependencies.turns.take(lease.signal);
    return await applyUndo(dependencies.db, lease);
  }
  const canReadFully = integration.cursor !== null;
  if (lease.run.disconnectReason !== null && lease.run.planRunId === null)
    return carryOut(nothingLeft(integration.cursor), { canReadFully }, dependencies, lease, integration);
  if (lease.run.kind === "sync" && lease.run.forPerson !== null)
    return syncPerson(dependencies, lease, integration, { externalId: lease.run.forPerson, spoolDirectory });
  if (lease.run.kind !== "approval" && !lease.run.fromMemory) return sync(dependencies, lease, integration, spoolDirectory);
  if (lease.run.planRunId !== null) return applyApproved(dependencies.db, lease);
  // Another scope, or what was withheld and is approved now: it is in the mirror.
  return carryOut(fromMemory(integration.cursor), { canReadFully }, dependencies, lease, integration);
}

/**
 * A database that restarts is back in seconds, one that is moved in minutes; the reason of the failure should then be
 * the true one, not "worker lost".
 */
async function insist<T>(write: (attempt: number) => Promise<T>, isWorthIt: (error: unknown) => boolean = () => true): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await write(attempt);
    } catch (error) {
      if (attempt === 150 || !isWorthIt(error)) throw error;
      await setTimeout(2_000);
    }
  }
}

/**
 * Reads changes where the last run left off, and everything when there is no such place or the changes leave a doubt.
 */
async function sync(dependencies: RunDependencies, lease: Lease, integration: Integration, spoolDirectory: string): Promise<Ending> {
  const { cursor } = integration;
  const { changesVersionTo } = lease.run;
  if (changesVersionTo !== null) {
    const because = `the integration goes over to OneRoster ${changesVersionTo}, in which ids may be others`;
    return syncFrom({ cursor: null, because }, dependencies, lease, integration, spoolDirectory);
  }
  if (cursor !== null && integration.plannedWith !== null && wasReadOtherwise(integration.plannedWith, integration)) {
    const because = "how its records are to be read was changed";
    return syncFrom({ cursor: null, because }, dependencies, lease, integration, spoolDirectory);
  }
  if (cursor === null) {
    const because = await whyEverything(dependencies.db, integration);
    return syncFrom({ cursor, because }, dependencies, lease, integration, spoolDirectory);
  }
  try {
    return await syncFrom({ cursor }, dependencies, lease, integration, spoolDirectory);
  } catch (error) {
    if (!(error instanceof DeltaDoubt)) throw error;
    lease.leave(`${error.message}: everything is read instead of changes`);
    await rm(spoolDirectory, { recursive: true, force: true });
    return syncFrom({ cursor: null, because: error.message }, dependencies, lease, integration, spoolDirectory);
  }
}

/**
 * Reads and applies one person, from wherever the read of the district left off: that place stays. What only everybody's records can
 * tell ends it, since there is no reading everything instead.
 */
async function syncPerson(
  dependencies: RunDependencies,
  lease: Lease,
  integration: Integration,
  { externalId, spoolDirectory }: { readonly externalId: string; readonly spoolDirectory: string },
): Promise<Ending> {
  if (integration.plannedWith !== plannedWith(integration)) throw nobodyBefore();
  try {
    const extraction = await read(dependencies, lease, integration, spoolDirectory, (source, context, options) => {
      const why = whyNoPersonAlone(source.provider);
      if (!source.extractPerson) throw notAlone(why ?? "This SIS gives no single person.");
      return source.extractPerson(context, { ...options, externalId, cursor: integration.cursor });
    });
    return await carryOut(extraction, { canReadFully: true }, dependencies, lease, integration);
  } catch (error) {
    throw error instanceof DeltaDoubt ? onlyEverybodyTells(error.message) : error;
  }
}

/** Where a read begins; without a cursor it is of everything, and why is known. */
type ReadFrom = Pick<ExtractOptions, "cursor" | "because">;

async function syncFrom(
  from: ReadFrom,
  dependencies: RunDependencies,
  lease: Lease,
  integration: Integration,
  spoolDirectory: string,
): Promise<Ending> {
  const extraction = await read(dependencies, lease, integration, spoolDirectory, (source, context, options) =>
    source.extract(context, { ...options, ...from }),
  );
  return carryOut(extraction, { canReadFully: from.cursor !== null }, dependencies, lease, integration);
}

/** From what was read to the end of the run. `canReadFully`: what was read as changes is compared with what a full read would tell. */
async function carryOut(
  extraction: Extraction,
  { canReadFully }: { readonly canReadFully: boolean },
  dependencies: RunDependencies,
  lease: Lease,
  integration: Integration,
): Promise<Ending> {
  const { db } = dependencies;
  using _ = await dependencies.turns.take(lease.signal);
  const keepRenewed = async (tx: Tx) => {
    const renewed = extraction.renewedCredentials?.() ?? {};
    if (Object.keys(renewed).length > 0) await dependencies.keepRenewed(tx, integration.id, renewed);
  };
  const fingerprint = fingerprintOf(extraction, integration);
  const apart = await apartOf(db, lease.run, integration, extraction.version);
  const days = apart === null ? {} : { plannedOn: apart.today };
  const same =
    lease.run.kind === "sync" && fingerprint !== null && !apart?.isDue ? await findSameInput(db, integration, fingerprint) : null;
  if (same) {
    lease.leave("byte for byte the input of an earlier sync");
    const now = { parts: extraction.parts, modes: extraction.modes, notes: extraction.notes };
    const input = { ...same.input, ...now, plannedWith: plannedWith(integration), ...days };
    const found = { cursor: extraction.cursor(), learned: null, identity: extraction.identity?.() ?? null };
    const isUntouched = async (tx: Tx) => ((await lockRevision(tx)) === same.rosterRevision ? same.rosterRevision : "overtaken");
    const ending = await succeedRun(db, lease, { ...same, ...found, input, fingerprint }, isUntouched, keepRenewed);
    if (ending !== "overtaken") return ending;
  }

  lease.enter("normalise");
  const set = await leaseStaging(db.sql, { districtId: lease.run.districtId, runId: lease.run.id });
  const barred = (await dependencies.loadBarred?.(integration)) ?? null;
  const staged = await stageInput(db, lease, set, extraction, {
    mostKnown: dependencies.mostKnown,
    directory: join(dependencies.spoolRoot, lease.run.id, "sieve"),
    isBarred: barred?.has,
    rules: asReadingRules(integration.readingRules),
  });
  const settled = await settleInput(db, lease, set, extraction.modes, staged);
  const { staging } = settled;
  lease.leave(noteOf(extraction, staged));
  const input: RunInput = {
    parts: extraction.parts,
    modes: extraction.modes,
    rows: staged.rows,
    notRostered: staged.notRostered,
    notes: extraction.notes,
    carried: carriedSince(integration.carried ?? {}, staged.carried, { modes: extraction.modes, canReadFully }),
    plannedWith: plannedWith(integration),
    ...(extraction.version === undefined ? {} : { version: extraction.version }),
    ...days,
  };

  const readied = {
    modes: extraction.modes,
    staged,
    settled,
    scope: asScope(integration.scope),
    plannedWith: plannedWith(integration),
    apart,
    canReadFully,
    carriedBefore: integration.carried ?? {},
    unproven: extraction.unproven ?? [],
    withdrawsAll: lease.run.disconnectReason !== null,
    changesVersionTo: lease.run.changesVersionTo,
    safety: safetyOf(lease, integration),
  };
  const releases = lease.run.kind === "approval";

  for (let attempt = 1; attempt <= maxPlans; attempt++) {
    // Whoever disconnects has been told how many, and has been asked: no limit is for that.
    const { planned, verdict, heldBecause, findings } = readied.withdrawsAll
      ? { planned: await makePlan(db, lease, { ...readied, doubts: [], releases: false }), ...unjudged }
      : await makeJudgedPlan(db, lease, readied, releases);
    const forgotten = unaccounted(planned.rows);
    if (forgotten.length > 0) dependencies.onInternalError(new Error(`Rows are not accounted for. ${forgotten.join("; ")}`));
    const { rows, outOfScope, versionChange, facts: _facts, same: _same, ...made } = planned;
    const outcome = {
      ...made,
      input: {
        ...input,
        became: rows,
        ...(Object.keys(outOfScope).length > 0 && { outOfScope }),
        ...(versionChange && { versionChange }),
      },
      fingerprint,
      cursor: extraction.cursor(),
      learned: extraction.learned?.() ?? null,
      identity: extraction.identity?.() ?? null,
      ...(extraction.accessEnds ? { accessEnds: extraction.accessEnds() } : {}),
      sameAsRunId: null,
      findings,
      remembered: planned.issuesOpened + (settled.isFirst ? Object.values(staged.rows).reduce((sum, count) => sum + count, 0) : 0),
    };
    // Whoever was erased since the read began is in what was read.
    if (((await dependencies.loadBarred?.(integration)) ?? null)?.count !== barred?.count) throw rosterKeepsChanging(1);
    if (lease.run.kind === "preview" || verdict === "hold") {
      await keepPlan(db.sql, staging);
      await renewPlanStatistics(db, planned.changeCount, lease.run).catch(dependencies.onInternalError);
      return { state: lease.run.kind === "preview" ? "previewed" : "held", ...outcome, heldBecause };
    }
    lease.enter("apply");
    await lease.beginApplying();
    const applyPlan = async (tx: Tx) => {
      if ((await lockRevision(tx)) !== planned.rosterRevision) return "overtaken";
      const report = (entity: LinkEntity, within: number) => lease.report({ within, rows: planned.changeCount, part: entity });
      return apply(tx, writingOf(lease, staging), report, fewOf(staged.rows));
    };
    const ending = await succeedRun(db, lease, outcome, applyPlan, keepRenewed);
    if (ending !== "overtaken") return ending;
    await clearPlan(db.sql, staging);
  }
  throw rosterKeepsChanging(maxPlans);
}

/**
 * What the plan is judged by. A change of version is shown to an admin whole, with what the guard says of it: nothing of it is withheld, and
 * nothing applied unasked.
 */
function safetyOf(lease: Lease, { safety }: Integration): SafetySettings {
  return { ...withDefaults(safety), ...(lease.run.changesVersionTo !== null && { withholdDoubtful: false }) };
}

type Extract = (source: Source, context: SourceContext, options: Omit<PersonOptions, "externalId" | "cursor">) => Promise<Extraction>;

async function read(
  dependencies: RunDependencies,
  lease: Lease,
  integration: Integration,
  spoolDirectory: string,
  extract: Extract,
): Promise<Extraction> {
  lease.enter("connect");
  await mkdir(spoolDirectory, { recursive: true, mode: 0o700 });
  const source = await dependencies.openSource(integration);
  const context = {
    signal: lease.signal,
    trustedOrigins: dependencies.trustedOrigins,
    spoolDirectory,
    now: dependencies.now,
    onWait: (wait: SourceWait) => lease.tracer.wait(wait),
  };
  // A source connects as it begins to read: where that has ended is told by the first it has to say of a part.
  let isReading = false;
  const beginReading = () => {
    if (!isReading) lease.enter("read");
    isReading = true;
  };
  const extraction = await extract(source, context, {
    version: lease.run.changesVersionTo ?? integration.onerosterVersion,
    identity: integration.sourceIdentity,
    known: knownRoster(dependencies.db, integration),
    onProgress: (progress) => {
      beginReading();
      lease.tracer.read(progress);
      const { doneBytes, totalBytes, part } = progress;
      lease.report({ within: totalBytes ? doneBytes / totalBytes : 0, rows: lease.tracer.rowsRead(), part });
    },
  });
  beginReading();
  return extraction;
}

function rosterKeepsChanging(times: number): RunFailure {
  return new RunFailure({
    code: "roster-changed",
    step: "apply",
    message: `The roster was changed by others ${times === 1 ? "when" : `each of the ${times} times that`} this sync was ready to apply. Nothing was changed.`,
    remedy: "Run the sync again when no other sync of the district is running.",
    transient: true,
  });
}
