import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { and, eq, ne } from "drizzle-orm";
import { createSource } from "#lib/engine/sis/create.ts";
import type { ProviderId } from "#lib/engine/sis/providers.ts";
import type { CheckStep } from "#lib/engine/sis/source.ts";
import type { DistrictScope } from "#lib/platform/access.ts";
import { appendAudit } from "#lib/platform/audit.ts";
import { integrations } from "#lib/platform/db/schema/integrations.ts";
import { withDistrict } from "#lib/platform/db/tx.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import { isUuid } from "#lib/platform/uuid.ts";
import { admitAct } from "#lib/services/limits/admit.ts";
import type { Services } from "#lib/services/services.ts";
import { availableProvider, mergeCredentials, parseCredentials } from "./credentials.ts";
import type { CredentialsPatch } from "./schema.ts";

/** A form that is not saved yet, or a stored integration, with or without edits to its fields. */
export type TestTarget =
  | { readonly provider: ProviderId; readonly credentials: unknown }
  | { readonly integrationId: string; readonly edits?: CredentialsPatch };

/**
 * Test Connection: yields each step as it begins and ends. Stores nothing but an audit entry with the outcome. Edits are merged
 * with stored secrets under the rule of updateCredentials: none goes to a new place without being entered again.
 * @throws ServiceError `invalid` with messages by field, `not-found`, `limited`; before anything is sent
 */
export async function* testConnection(
  services: Services,
  scope: DistrictScope<"change-integrations">,
  target: TestTarget,
  signal: AbortSignal,
): AsyncIterable<CheckStep> {
  await admitAct(services, scope, "test");
  const { provider, credentials, integrationId } = await resolve(services, scope, target);
  const source = createSource(availableProvider(provider), credentials, {}, services.env);
  const spoolDirectory = await mkdtemp(join(tmpdir(), "aivo-check-"));
  const steps = new Map<string, CheckStep>();
  try {
    for await (const step of source.check({ signal, trustedOrigins: services.env.trustedOrigins, spoolDirectory, now: services.now })) {
      steps.set(step.id, step);
      yield step;
    }
  } finally {
    await rm(spoolDirectory, { recursive: true, force: true });
    await recordOutcome(services, scope, provider, integrationId, [...steps.values()]);
  }
}

async function resolve(services: Services, scope: DistrictScope<"change-integrations">, target: TestTarget) {
  if ("provider" in target) {
    return { provider: target.provider, credentials: parseCredentials(target.provider, target.credentials), integrationId: null };
  }
  if (!isUuid(target.integrationId)) throw new ServiceError("not-found", "There is no such integration.");
  const row = await withDistrict(services.db, scope, async (tx) => {
    const [found] = await tx.orm
      .select()
      .from(integrations)
      .where(
        and(eq(integrations.districtId, scope.districtId), eq(integrations.id, target.integrationId), ne(integrations.state, "removed")),
      );
    return found;
  });
  if (!row) throw new ServiceError("not-found", "There is no such integration.");
  return { provider: row.provider, credentials: mergeCredentials(services.keyring, row, target.edits ?? {}), integrationId: row.id };
}

async function recordOutcome(
  services: Services,
  scope: DistrictScope<"change-integrations">,
  provider: ProviderId,
  integrationId: string | null,
  steps: readonly CheckStep[],
): Promise<void> {
  const failed = steps.find((step) => step.state === "failed");
  const outcome = failed ? "failed" : steps.some((step) => step.state === "running") ? "interrupted" : "passed";
  await withDistrict(services.db, scope, (tx) =>
    appendAudit(
      tx,
      {
        actor: scope.actor,
        action: "connection-tested",
        target: { kind: "integration", id: integrationId },
        details: { provider, outcome, failedStep: failed?.id ?? null },
      },
      services.now(),
    ),
  );
}
