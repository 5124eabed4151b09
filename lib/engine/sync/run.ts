import { createHash } from "node:crypto";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { Extraction, ExtractOptions, Source } from "#lib/engine/sis/source.ts";
import type { Database } from "#lib/platform/db/client.ts";
import { isDatabaseAway } from "#lib/platform/db/error-codes.ts";
import type { integrations } from "#lib/platform/db/schema/integrations.ts";
import type { RunInput } from "#lib/platform/db/schema/runs.ts";
import { clearPlan, createStaging, dropStaging, keepPlan, type Staging } from "#lib/platform/db/staging.ts";
import type { Tx } from "#lib/platform/db/tx.ts";
import { RunFailure, type RunFailureDetails } from "#lib/platform/errors.ts";
import { unaccounted } from "#lib/roster/row-totals.ts";
import { rulesVersion } from "#lib/roster/rules-version.ts";
import { apply } from "./apply.ts";
import { applyApproved } from "./approval.ts";
import { carriedSince } from "./carried.ts";
import { DeltaDoubt } from "./delta-doubt.ts";
import { asEnding } from "./failures.ts";
import { type Ending, endRun, succeedRun } from "./finish.ts";
import { findSameInput, loadIntegration } from "./history.ts";
import { judge } from "./judge.ts";
import { knownRoster } from "./known-roster.ts";
import { type ClaimedRun, Lease, type RunRef } from "./lease.ts";
import { makePlan, settleInput } from "./make-plan.ts";
import { writingOf } from "./plan-context.ts";
import { lockRevision } from "./revision.ts";
import { type Staged, stage } from "./stage.ts";
import { renewStatistics } from "./statistics.ts";
import type { Turns } from "./turns.ts";
import { whyEverything } from "./why-everything.ts";

export type Integration = typeof integrations.$inferSelect;

export interface RunDependencies {
  readonly db: Database;
  /** Unseals the credentials and gives the integration's source. */
  readonly openSource: (integration: Integration) => Promise<Source>;
  /** Seals what the SIS gave anew, by field, in place of what is stored of the integration; part of the transaction that ends the run. */
  readonly keepRenewed: (tx: Tx, integrationId: string, renewed: Readonly<Record<string, string>>) => Promise<void>;
  /** Asks for another run in the place of one that failed, where that may help; part of the transaction that ends it. */
  readonly tryAgain: (tx: Tx, run: ClaimedRun, failure: RunFailureDetails) => Promise<unknown>;
  readonly trustedOrigins: ReadonlySet<string>;
  /** Folder under which each run's downloads lie while it runs. */
  readonly spoolRoot: string;
  readonly workerId: string;
  readonly now: () => Date;
  /** Turns at what comes after the read: that is the worker's CPU and the database. */
  readonly turns: Turns;
  /** Aborted when the worker has to stop, or with the RunFailure that ends the run. A run that is being applied goes on. */
  readonly signal: AbortSignal;
  /** Told of errors that no rule foresees. Their messages may quote data: log names and places only. */
  readonly onInternalError: (error: unknown) => void;
}

/** Two integrations of one district may finish in each other's way this often before a run gives up. */
const maxPlans = 5;

/**
 * Executes a run from the queue to its end; design.md section 3 is this function. Whatever goes wrong becomes the
 * run's failure, with the roster as it was. Returns at once when the run is no longer waiting.
 */
export async function executeRun(dependencies: RunDependencies, ref: RunRef): Promise<void> {
  const { db } = dependencies;
  // Its job has been taken and does not come again: a run that could not be claimed for want of a connection would wait until it is missed.
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
    if (ending.state === "failed" && ending.failure.code === "disk-full") await dropStaging(db.sql, ref.runId).catch(() => {});
    if (ending.state !== "succeeded") await insist(() => endRun(db, lease, ending, tryAgain));
    if (ending.state !== "held" && ending.state !== "previewed") await dropStaging(db.sql, ref.runId);
    if (ending.state === "succeeded") await renewStatistics(db, ending.written, lease.run.queuedAt).catch(dependencies.onInternalError);
  } finally {
    lease.stop();
  }
}

async function work(dependencies: RunDependencies, lease: Lease, spoolDirectory: string): Promise<Ending> {
  const integration = await loadIntegration(dependencies.db, lease.run.districtId, lease.run.integrationId);
  return lease.run.kind === "approval" ? applyApproved(dependencies.db, lease) : sync(dependencies, lease, integration, spoolDirectory);
}

/** A database that restarts is back in seconds, one that is moved in minutes; the reason of the failure should then be the true one, not "worker lost". */
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

/** Reads changes where the last run left off, and everything when there is no such place or the changes leave a doubt. */
async function sync(dependencies: RunDependencies, lease: Lease, integration: Integration, spoolDirectory: string): Promise<Ending> {
  const { cursor } = integration;
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

/** Where a read begins; without a cursor it is of everything, and why is known. */
type ReadFrom = Pick<ExtractOptions, "cursor" | "because">;

async function syncFrom(
  from: ReadFrom,
  dependencies: RunDependencies,
  lease: Lease,
  integration: Integration,
  spoolDirectory: string,
): Promise<Ending> {
  const { db } = dependencies;
  const extraction = await read(from, dependencies, lease, integration, spoolDirectory);
  using _ = await dependencies.turns.take(lease.signal);
  const keepRenewed = async (tx: Tx) => {
    const renewed = extraction.renewedCredentials?.() ?? {};
    if (Object.keys(renewed).length > 0) await dependencies.keepRenewed(tx, integration.id, renewed);
  };
  const fingerprint = fingerprintOf(extraction, integration);
  const same = lease.run.kind === "sync" && fingerprint !== null ? await findSameInput(db, integration, fingerprint) : null;
  if (same) {
    lease.leave("byte for byte the input of an earlier sync");
    const input = { ...same.input, parts: extraction.parts, modes: extraction.modes, notes: extraction.notes };
    const found = { cursor: extraction.cursor(), learned: null, identity: extraction.identity?.() ?? null };
    const isUntouched = async (tx: Tx) => ((await lockRevision(tx)) === same.rosterRevision ? same.rosterRevision : "overtaken");
    const ending = await succeedRun(db, lease, { ...same, ...found, input, fingerprint }, isUntouched, keepRenewed);
    if (ending !== "overtaken") return ending;
  }

  lease.enter("normalise");
  const staging = await createStaging(db.sql, lease.run.id);
  const staged = await stageInput(db, lease, staging, extraction);
  const settled = await settleInput(db, lease, staging, extraction.modes);
  lease.leave(extraction.proof?.() ?? null);
  const input: RunInput = {
    parts: extraction.parts,
    modes: extraction.modes,
    rows: staged.rows,
    notRostered: staged.notRostered,
    notes: extraction.notes,
    carried: carriedSince(integration.carried ?? {}, staged.carried, extraction.modes),
  };

  for (let attempt = 1; attempt <= maxPlans; attempt++) {
    const planned = await makePlan(db, lease, {
      staging,
      modes: extraction.modes,
      staged,
      settled,
      canReadFully: from.cursor !== null,
      carriedBefore: integration.carried ?? {},
      unproven: extraction.unproven ?? [],
    });
    const forgotten = unaccounted(planned.rows);
    if (forgotten.length > 0) dependencies.onInternalError(new Error(`Rows are not accounted for. ${forgotten.join("; ")}`));
    const { rows, facts, same: _, ...made } = planned;
    lease.enter("guard");
    const { verdict, heldBecause, findings } = await judge(db, lease, facts, integration.safety);
    const outcome = {
      ...made,
      input: { ...input, became: rows },
      fingerprint,
      cursor: extraction.cursor(),
      learned: extraction.learned?.() ?? null,
      identity: extraction.identity?.() ?? null,
      sameAsRunId: null,
      findings,
      remembered: planned.issuesOpened + (settled.isFirst ? Object.values(staged.rows).reduce((sum, count) => sum + count, 0) : 0),
    };
    if (lease.run.kind === "preview" || verdict === "hold") {
      await keepPlan(db.sql, staging);
      return { state: lease.run.kind === "preview" ? "previewed" : "held", ...outcome, heldBecause };
    }
    lease.enter("apply");
    await lease.beginApplying();
    const applyPlan = async (tx: Tx) => {
      if ((await lockRevision(tx)) !== planned.rosterRevision) return "overtaken";
      return apply(tx, writingOf(lease, staging), (entity, within) => lease.report({ within, rows: planned.changeCount, part: entity }));
    };
    const ending = await succeedRun(db, lease, outcome, applyPlan, keepRenewed);
    if (ending !== "overtaken") return ending;
    await clearPlan(db.sql, staging);
  }
  throw rosterKeepsChanging();
}

async function read(
  from: ReadFrom,
  dependencies: RunDependencies,
  lease: Lease,
  integration: Integration,
  spoolDirectory: string,
): Promise<Extraction> {
  lease.enter("connect");
  await mkdir(spoolDirectory, { recursive: true, mode: 0o700 });
  const source = await dependencies.openSource(integration);
  const context = { signal: lease.signal, trustedOrigins: dependencies.trustedOrigins, spoolDirectory, now: dependencies.now };
  lease.enter("read");
  return source.extract(context, {
    ...from,
    identity: integration.sourceIdentity,
    known: knownRoster(dependencies.db, integration),
    onProgress: ({ doneBytes, totalBytes, part }) => lease.report({ within: totalBytes ? doneBytes / totalBytes : 0, rows: 0, part }),
  });
}

/** Two inputs with one fingerprint give one plan with one verdict: same bytes, same rules, same limits. */
function fingerprintOf(extraction: Extraction, { safety }: Integration): string | null {
  if (extraction.fingerprint === null) return null;
  return createHash("sha256")
    .update(JSON.stringify([rulesVersion, extraction.fingerprint, extraction.modes, safety]))
    .digest("hex");
}

async function stageInput(db: Database, lease: Lease, staging: Staging, extraction: Extraction): Promise<Staged> {
  // A row of a OneRoster CSV set is about 120 bytes; good enough for a progress bar.
  const expectedRows = Math.max(1, extraction.parts.reduce((sum, part) => sum + part.bytes, 0) / 120);
  const { districtId, id: runId } = lease.run;
  return stage({ sql: db.sql, staging, districtId, runId, signal: lease.signal }, extraction.batches(), ({ rows, collection }) => {
    lease.signal.throwIfAborted();
    lease.report({ within: rows / expectedRows, rows, part: collection });
  });
}

function rosterKeepsChanging(): RunFailure {
  return new RunFailure({
    code: "roster-changed",
    step: "apply",
    message: `The roster was changed by others each of the ${maxPlans} times that this sync was ready to apply. Nothing was changed.`,
    remedy: "Run the sync again when no other sync of the district is running.",
    transient: true,
  });
}
