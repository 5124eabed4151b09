import { createSource } from "#lib/engine/sis/create.ts";
import type { Patience } from "#lib/engine/sis/patience.ts";
import { executeRun } from "#lib/engine/sync/run.ts";
import { Turns } from "#lib/engine/sync/turns.ts";
import type { RunInput } from "#lib/platform/db/schema/runs.ts";
import type { RunTotals } from "#lib/roster/totals.ts";
import { availableProvider, unsealSecrets } from "#lib/services/integrations/credentials.ts";
import { keepRenewedSecrets } from "#lib/services/integrations/renewed.ts";
import type { TestServices } from "#lib/services/testing/services.ts";

/** A sync as it ended. */
export interface Ended {
  readonly id: string;
  readonly state: string;
  readonly failure: { readonly code: string; readonly message: string; readonly remedy: string; readonly step: string } | null;
  readonly totals: RunTotals | null;
  readonly input: RunInput | null;
}

/** Test-only: executes a run that was asked for, in this process. `patience` shortens what a source waits for. */
export async function executeHere(
  kit: TestServices,
  spoolRoot: string,
  districtId: string,
  runId: string,
  patience: Partial<Patience> = {},
): Promise<Ended> {
  await executeRun(
    {
      db: kit.services.db,
      openSource: async (row) =>
        createSource(
          availableProvider(row.provider),
          { ...row.config, ...unsealSecrets(kit.services.keyring, row.id, row.secrets) },
          patience,
          kit.env,
        ),
      keepRenewed: (tx, id, renewed) => keepRenewedSecrets(kit.services, tx, id, renewed),
      tryAgain: async () => {},
      trustedOrigins: kit.env.trustedOrigins,
      spoolRoot,
      workerId: "test",
      now: kit.services.now,
      signal: new AbortController().signal,
      turns: new Turns(1),
      onInternalError: (error) => {
        throw error;
      },
    },
    { districtId, runId },
  );
  const [run] = await kit.services.db.sql`select id, state, failure, totals, input from sync_runs where id = ${runId}`;
  const parsed = (value: unknown) => (typeof value === "string" ? JSON.parse(value) : value);
  return { id: runId, state: run?.state, failure: parsed(run?.failure), totals: parsed(run?.totals), input: parsed(run?.input) };
}
