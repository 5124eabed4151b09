import { availableProvider, unsealSecrets } from "#lib/integrations/credentials.ts";
import { keepRenewedSecrets } from "#lib/integrations/renewed.ts";
import type { Payload } from "#lib/jobs.ts";
import { tryAgain } from "#lib/runs/retry.ts";
import type { Services } from "#lib/services.ts";
import { createSource } from "#lib/sis/create.ts";
import { executeRun, type Integration } from "#lib/sync/run.ts";
import { errorFields, log } from "./log.ts";

export interface WorkerProcess {
  readonly services: Services;
  readonly workerId: string;
  readonly spoolRoot: string;
  /** Aborted when the process stops: runs end, but for one that is being applied. */
  readonly signal: AbortSignal;
}

/** Runs one sync from its job to its end; what goes wrong becomes the run's failure, not the job's. */
export async function workSyncRun(worker: WorkerProcess, { districtId, runId }: Payload<"sync-run">): Promise<void> {
  const { services, workerId, spoolRoot, signal } = worker;
  log("run-started", { districtId, runId });
  await executeRun(
    {
      db: services.db,
      openSource: async (integration) => openSource(services, integration),
      keepRenewed: (tx, integrationId, renewed) => keepRenewedSecrets(services, tx, integrationId, renewed),
      tryAgain: (tx, run, failure) => tryAgain(services, tx, run, failure),
      trustedOrigins: services.env.trustedOrigins,
      spoolRoot,
      workerId,
      now: services.now,
      signal,
      onInternalError: (error) => log("run-internal-error", { districtId, runId, ...errorFields(error) }),
    },
    { districtId, runId },
  );
  log("run-ended", { districtId, runId });
}

/** @throws RunFailure `configuration` when the keyring does not open the secrets */
function openSource({ keyring, env }: Services, integration: Integration) {
  const secrets = unsealSecrets(keyring, integration.id, integration.secrets);
  return createSource(availableProvider(integration.provider), { ...integration.config, ...secrets }, {}, env);
}
