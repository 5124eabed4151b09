import { and, eq } from "drizzle-orm";
import { workerScope } from "#lib/platform/access.ts";
import { appendAudit } from "#lib/platform/audit.ts";
import { seal } from "#lib/platform/crypto/keyring.ts";
import { integrations } from "#lib/platform/db/schema/integrations.ts";
import type { Tx } from "#lib/platform/db/tx.ts";
import type { Services } from "#lib/services/services.ts";

/**
 * Seals secrets that the SIS replaced during a sync in place of the stored ones; a field that has none stored gets none. Belongs into the
 * transaction that ends the sync. The same stands behind the integration as before: its `sourceVersion` stays.
 */
export async function keepRenewedSecrets(
  { keyring, now }: Pick<Services, "keyring" | "now">,
  tx: Tx,
  integrationId: string,
  renewed: Readonly<Record<string, string>>,
): Promise<void> {
  const isRow = and(eq(integrations.districtId, tx.districtId), eq(integrations.id, integrationId));
  const [row] = await tx.orm.select({ secrets: integrations.secrets }).from(integrations).where(isRow).for("update");
  const replaced = Object.entries(renewed).filter(([field]) => row?.secrets[field] !== undefined);
  if (row === undefined || replaced.length === 0) return;
  const sealed = replaced.map(([field, secret]) => [field, seal(keyring, { integrationId, field }, secret)]);
  await tx.orm
    .update(integrations)
    .set({ secrets: { ...row.secrets, ...Object.fromEntries(sealed) } })
    .where(isRow);
  await appendAudit(
    tx,
    {
      actor: workerScope(tx.districtId).actor,
      action: "integration-changed",
      target: { kind: "integration", id: integrationId },
      details: { fields: [], secrets: replaced.map(([field]) => field), because: "renewed-by-the-sis" },
    },
    now(),
  );
}
