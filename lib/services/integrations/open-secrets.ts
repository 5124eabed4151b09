import { unseal } from "#lib/platform/crypto/keyring.ts";
import { integrations } from "#lib/platform/db/schema/integrations.ts";
import { clientSecrets } from "#lib/services/identity/reseal.ts";
import { barringKeys } from "#lib/services/retention/barred-ids.ts";
import type { Services } from "#lib/services/services.ts";
import { webhookSecrets } from "#lib/services/webhooks/reseal.ts";

export interface OpenedSecrets {
  readonly opened: number;
  /** Those that none of the keys opens, or that were altered. */
  readonly closed: readonly { readonly kind: "integration" | "webhook" | "sign-in" | "district"; readonly id: string }[];
}

/** Tries the keyring on every stored secret of every district; keeps and answers none. */
export async function openSecrets(services: Services): Promise<OpenedSecrets> {
  const { db, keyring } = services;
  const closed: { kind: "integration" | "webhook" | "sign-in" | "district"; id: string }[] = [];
  let opened = 0;
  const look = (kind: "integration" | "webhook" | "sign-in" | "district", id: string, open: () => unknown) => {
    try {
      open();
      opened++;
    } catch {
      closed.push({ kind, id });
    }
  };
  for (const { id, secrets } of await db.orm.select({ id: integrations.id, secrets: integrations.secrets }).from(integrations))
    for (const [field, sealed] of Object.entries(secrets))
      look("integration", id, () => unseal(keyring, { integrationId: id, field }, sealed));
  for (const { id, sealed } of await webhookSecrets(services))
    for (const [field, secret] of Object.entries(sealed))
      if (secret) look("webhook", id, () => unseal(keyring, { integrationId: id, field }, secret));
  for (const { id, sealed } of await clientSecrets(services))
    look("sign-in", id, () => unseal(keyring, { integrationId: id, field: "clientSecret" }, sealed.clientSecret));
  for (const { districtId, open } of await barringKeys(services)) look("district", districtId, open);
  return { opened, closed };
}
