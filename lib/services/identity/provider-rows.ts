import { and, eq } from "drizzle-orm";
import { unseal } from "#lib/platform/crypto/keyring.ts";
import { identityProviders } from "#lib/platform/db/schema/identity.ts";
import type { Tx } from "#lib/platform/db/tx.ts";
import { isUuid } from "#lib/platform/uuid.ts";
import type { Services } from "#lib/services/services.ts";
import type { Client } from "./client.ts";

export type ProviderRow = typeof identityProviders.$inferSelect;

export const isProvider = (districtId: string, id: string) =>
  and(eq(identityProviders.districtId, districtId), eq(identityProviders.id, id));

export async function findProvider(orm: Tx["orm"] | Services["db"]["orm"], districtId: string, id: string): Promise<ProviderRow | null> {
  if (!isUuid(districtId) || !isUuid(id)) return null;
  const [row] = await orm.select().from(identityProviders).where(isProvider(districtId, id));
  return row ?? null;
}

/** With its secret, opened. @throws RunFailure `configuration` */
export function clientOf({ keyring }: Pick<Services, "keyring">, row: ProviderRow): Client {
  return { ...row, clientSecret: unseal(keyring, { integrationId: row.id, field: "clientSecret" }, row.secrets.clientSecret) };
}
