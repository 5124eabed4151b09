import { createSource } from "#lib/engine/sis/create.ts";
import { executeRun, type Integration } from "#lib/engine/sync/run.ts";
import type { Turns } from "#lib/engine/sync/turns.ts";
import { RunFailure } from "#lib/platform/errors.ts";
import type { Payload } from "#lib/platform/jobs.ts";
import { errorFields, log, logAbout } from "#lib/platform/log.ts";
import type { Took } from "#lib/platform/tracing.ts";
import { availableProvider, unsealSecrets } from "#lib/services/integrations/credentials.ts";
import { keepRenewedSecrets } from "#lib/services/integrations/renewed.ts";
import { loadBarred } from "#lib/services/retention/barred-ids.ts";
import { tryAgain } from "#lib/services/runs/retry.ts";
import type { Services } from "#lib/services/services.ts";
import { countRun, endedRun } from "./metrics.ts";
import { traceOf } from "./trace.ts";

export interface WorkerProcess {
  readonly services: Services;
  readonly workerId: string;
  readonly spoolRoot: string;
  readonly turns: Turns;
  /** Where traces go; null: none are made. */
  readonly recordSpan: ((took: Took) => void) | null;
  /** Aborted when the process stops: runs end, but for one that is being applied. */
  readonly signal: AbortSignal;
}

/** Runs one sync from its job to its end; what goes wrong becomes the run's failure, not the job's. */
export function workSyncRun(worker: WorkerProcess, ref: Payload<"sync-run">): Promise<void> {
  return logAbout(ref, () => work(worker, ref));
}

async function work(worker: WorkerProcess, { districtId, runId }: Payload<"sync-run">): Promise<void> {
  const { services, workerId, spoolRoot, turns } = worker;
  log.info("run-started");
  using deadline = deadlineOf(services.env.syncHours);
  const signal = AbortSignal.any([worker.signal, deadline.signal]);
  await executeRun(
    {
      db: services.db,
      openSource: async (integration) => openSource(services, integration),
      keepRenewed: (tx, integrationId, renewed) => keepRenewedSecrets(services, tx, integrationId, renewed),
      loadBarred: (integration) => loadBarred(services, integration.districtId, integration.id),
      tryAgain: (tx, run, failure) => tryAgain(services, tx, run, failure),
      trustedOrigins: services.env.trustedOrigins,
      spoolRoot,
      workerId,
      now: services.now,
      turns,
      signal,
      onInternalError: (error) => log.error("run-internal-error", errorFields(error)),
    },
    { districtId, runId },
  );
  await tellEnd(worker, { districtId, runId });
}

/** What became of it, for the log and the metrics; that it ended does not depend on that. */
async function tellEnd(worker: WorkerProcess, ref: Payload<"sync-run">): Promise<void> {
  try {
    const run = await endedRun(worker.services, ref);
    if (run) {
      countRun(run);
      const took = worker.recordSpan && traceOf(run, ref);
      if (took) worker.recordSpan?.(took);
    }
    log.info("run-ended", run ? { state: run.state, failure: run.failureCode, rows: run.rows } : {});
  } catch (error) {
    log.warn("run-ended", errorFields(error));
  }
}

/** However slow a SIS is: a run holds its slot no longer than this. */
function deadlineOf(hours: number): Disposable & { readonly signal: AbortSignal } {
  const over = new AbortController();
  const timer = setTimeout(() => over.abort(tooLong(hours)), hours * 3_600_000);
  return { signal: over.signal, [Symbol.dispose]: () => clearTimeout(timer) };
}

function tooLong(hours: number): RunFailure {
  return new RunFailure({
    code: "timeout",
    step: "deadline",
    message: `The sync was not done after ${hours === 1 ? "1 hour" : `${hours} hours`}, the longest that one may take here. Nothing was changed.`,
    remedy:
      "Look in the sync's timeline for what took so long. If it was the read, ask the SIS's vendor why it answers so slowly; if the district is that large, have whoever runs Aivo raise AIVO_SYNC_HOURS.",
  });
}

/** @throws RunFailure `configuration` when the keyring does not open the secrets */
function openSource({ keyring, env }: Services, integration: Integration) {
  const secrets = unsealSecrets(keyring, integration.id, integration.secrets);
  return createSource(availableProvider(integration.provider), { ...integration.config, ...secrets }, {}, env);
}
