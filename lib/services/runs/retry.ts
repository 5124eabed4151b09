import { and, eq, sql } from "drizzle-orm";
import { workerScope } from "#lib/platform/access.ts";
import { appendAudit } from "#lib/platform/audit.ts";
import { integrations } from "#lib/platform/db/schema/integrations.ts";
import { syncRuns } from "#lib/platform/db/schema/runs.ts";
import type { Tx } from "#lib/platform/db/tx.ts";
import type { RunFailureCode, RunFailureDetails } from "#lib/platform/errors.ts";
import { priorityOf } from "#lib/platform/jobs.ts";
import type { Services } from "#lib/services/services.ts";

type Run = typeof syncRuns.$inferSelect;

/** Failures that say nothing about the SIS or the roster, and how long the cause may take to pass, in seconds. */
const passing: Partial<Record<RunFailureCode, number>> = { "worker-lost": 0, database: 10, "disk-full": 60 };

/** A sync that takes its worker or its database with it each time must not do so for ever. */
const mostDeaths = 3;
/** Being handed over by workers that stop in order is no death, but has an end as well. */
const mostTries = 10;

/**
 * A run that failed because its worker stopped, died or was deployed over, or because of the database, is asked for again at once,
 * for whichever worker is there: a new run, with a fresh read. An approval applies the same plan, or refuses as the first would have. Part of
 * the transaction that ends the run, which has locked the integration before the run: see `lockForRetry`. Not for what an admin canceled, paused or removed.
 * Returns the new run's id.
 */
export async function tryAgain(services: Pick<Services, "jobs">, tx: Tx, run: Run, failure: RunFailureDetails): Promise<string | null> {
  const afterSeconds = passing[failure.code];
  const workerDeaths = run.workerDeaths + (failure.code === "worker-lost" && failure.step === "stop" ? 0 : 1);
  if (afterSeconds === undefined || run.cancelRequested || workerDeaths >= mostDeaths || run.attempt >= mostTries) return null;
  const { districtId, integrationId, kind, forPerson, planRunId, fromMemory, trigger, requestedBy } = run;
  const { undoOf, undoesFrom, undoReason, disconnectReason, changesVersionTo, leftOut } = run;
  const [integration] = await tx.orm
    .select({ state: integrations.state })
    .from(integrations)
    .where(and(eq(integrations.districtId, districtId), eq(integrations.id, integrationId)));
  // An undo may follow another one, which has paused the integration; and a paused one can be disconnected.
  const mayBePaused = kind === "undo" || disconnectReason !== null;
  if (integration?.state !== "active" && !(mayBePaused && integration?.state === "paused")) return null;
  const [suspended] = await tx.sql`select from districts where id = ${districtId} and suspended_at is not null`;
  if (suspended) return null;
  const [created] = await tx.orm
    .insert(syncRuns)
    .values({
      districtId,
      integrationId,
      kind,
      forPerson,
      planRunId,
      leftOut,
      fromMemory,
      undoOf,
      undoesFrom,
      undoReason,
      disconnectReason,
      changesVersionTo,
      // Of an undo what it was shown to leave alone; others make their own.
      fingerprint: kind === "undo" ? run.fingerprint : null,
      trigger,
      requestedBy,
      queuedAt: sql`clock_timestamp()`,
      retryOf: run.id,
      attempt: run.attempt + 1,
      workerDeaths,
    })
    .onConflictDoNothing()
    .returning({ id: syncRuns.id });
  if (!created) return null;
  // The first time nothing is wrong but that worker; a second death in a row is given a moment.
  const delay = workerDeaths > 1 ? Math.max(afterSeconds, 15) : afterSeconds;
  await services.jobs.send(
    tx,
    "sync-run",
    { districtId, runId: created.id },
    { id: created.id, group: { id: districtId }, priority: priorityOf(trigger), startAfter: delay },
  );
  await appendAudit(tx, {
    actor: workerScope(districtId).actor,
    action: "run-requested",
    target: { kind: "run", id: created.id },
    details: { integrationId, kind, trigger, retryOf: run.id, attempt: run.attempt + 1 },
  });
  return created.id;
}

/**
 * Before the run's own row, as everywhere: whoever pauses or removes the integration waits for the end, or the end for them. Its
 * failures are counted there.
 */
export async function lockForRetry(tx: Tx, integrationId: string): Promise<void> {
  await tx.sql`select from integrations where district_id = ${tx.districtId} and id = ${integrationId} for update`;
}
