import { eq, sql } from "drizzle-orm";
import { operatorScope } from "#lib/platform/access.ts";
import { appendAudit } from "#lib/platform/audit.ts";
import { isStale, seal, unseal } from "#lib/platform/crypto/keyring.ts";
import { integrations } from "#lib/platform/db/schema/integrations.ts";
import { withOwner } from "#lib/platform/db/tx.ts";
import { appSecrets, resealApp } from "#lib/services/accounts/factors/app.ts";
import { clientSecrets, resealClientSecret } from "#lib/services/identity/reseal.ts";
import { resealBarringKey } from "#lib/services/retention/barred-ids.ts";
import type { Services } from "#lib/services/services.ts";
import { resealWebhook, webhookSecrets } from "#lib/services/webhooks/reseal.ts";

export interface Resealed {
  /** Secrets now under the current key that were under another. */
  readonly secrets: number;
  /** Integrations, webhooks, ways of signing in, or accounts with an authenticator app, whose secrets could not be opened; they are as they were. */
  readonly failed: readonly { readonly integrationId: string; readonly message: string }[];
}

/** Puts every secret under the first key of the keyring, integration by integration; safe to repeat and while syncs run. */
export async function resealAll(services: Services): Promise<Resealed> {
  const rows = await services.db.orm.select({ id: integrations.id, districtId: integrations.districtId }).from(integrations);
  const resealed = new Map<string, number>();
  const failed: { integrationId: string; message: string }[] = [];
  for (const { id, districtId } of rows) {
    try {
      const count = await resealOne(services, districtId, id);
      if (count > 0) resealed.set(districtId, (resealed.get(districtId) ?? 0) + count);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      failed.push({ integrationId: id, message: error.message });
    }
  }
  for (const { id, districtId, sealed } of await webhookSecrets(services)) {
    try {
      const count = await resealWebhook(services, districtId, id, sealed);
      if (count > 0) resealed.set(districtId, (resealed.get(districtId) ?? 0) + count);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      failed.push({ integrationId: id, message: error.message });
    }
  }
  for (const app of await appSecrets(services)) {
    try {
      const count = await resealApp(services, app);
      if (count > 0) resealed.set(app.districtId, (resealed.get(app.districtId) ?? 0) + count);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      failed.push({ integrationId: app.accountId, message: error.message });
    }
  }
  for (const { id, districtId, sealed } of await clientSecrets(services)) {
    try {
      const count = await resealClientSecret(services, districtId, id, sealed);
      if (count > 0) resealed.set(districtId, (resealed.get(districtId) ?? 0) + count);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      failed.push({ integrationId: id, message: error.message });
    }
  }
  for (const { id: districtId } of await services.db.sql<{ id: string }[]>`select id from districts where barring_key is not null`) {
    try {
      const count = await resealBarringKey(services, districtId);
      if (count > 0) resealed.set(districtId, (resealed.get(districtId) ?? 0) + count);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      failed.push({ integrationId: districtId, message: error.message });
    }
  }
  for (const [districtId, secrets] of resealed) {
    await withOwner(services.db, districtId, (tx) =>
      appendAudit(
        tx,
        {
          actor: operatorScope(districtId).actor,
          action: "keys-rotated",
          target: { kind: "district", id: districtId },
          details: { secrets, key: services.keyring.current },
        },
        services.now(),
      ),
    );
  }
  return { secrets: [...resealed.values()].reduce((sum, count) => sum + count, 0), failed };
}

function resealOne({ db, keyring }: Services, districtId: string, integrationId: string): Promise<number> {
  return withOwner(db, districtId, async (tx) => {
    const [row] = await tx.orm
      .select({ secrets: integrations.secrets })
      .from(integrations)
      .where(sql`${integrations.districtId} = ${districtId} and ${eq(integrations.id, integrationId)}`)
      .for("update");
    const stale = Object.entries(row?.secrets ?? {}).filter(([, sealed]) => isStale(keyring, sealed));
    if (stale.length === 0) return 0;
    const fresh = stale.map(([field, sealed]) => [
      field,
      seal(keyring, { integrationId, field }, unseal(keyring, { integrationId, field }, sealed)),
    ]);
    await tx.orm
      .update(integrations)
      .set({ secrets: { ...row?.secrets, ...Object.fromEntries(fresh) } })
      .where(sql`${integrations.districtId} = ${districtId} and ${eq(integrations.id, integrationId)}`);
    return stale.length;
  });
}
