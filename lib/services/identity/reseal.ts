import { and, sql } from "drizzle-orm";
import { isStale, seal, unseal } from "#lib/platform/crypto/keyring.ts";
import { identityProviders } from "#lib/platform/db/schema/identity.ts";
import { withOwner } from "#lib/platform/db/tx.ts";
import type { Services } from "#lib/services/services.ts";
import { isProvider } from "./provider-rows.ts";

type Sealed = (typeof identityProviders.$inferSelect)["secrets"];

/** Of every district, for `keys rotate`. */
export function clientSecrets({ db }: Pick<Services, "db">): Promise<{ id: string; districtId: string; sealed: Sealed }[]> {
  const { id, districtId, secrets } = identityProviders;
  return db.orm.select({ id, districtId, sealed: secrets }).from(identityProviders);
}

/**
 * Puts a provider's secret under the first key of the keyring, unless somebody has changed it meanwhile. Returns how many.
 * @throws RunFailure `configuration` where it cannot be opened
 */
export async function resealClientSecret(
  { db, keyring }: Pick<Services, "db" | "keyring">,
  districtId: string,
  id: string,
  sealed: Sealed,
): Promise<number> {
  if (!isStale(keyring, sealed.clientSecret)) return 0;
  const context = { integrationId: id, field: "clientSecret" };
  const secrets: Sealed = { clientSecret: seal(keyring, context, unseal(keyring, context, sealed.clientSecret)) };
  return withOwner(db, districtId, async (tx) => {
    const isAsRead = sql`${identityProviders.secrets} = ${JSON.stringify(sealed)}::jsonb`;
    const changed = await tx.orm
      .update(identityProviders)
      .set({ secrets })
      .where(and(isProvider(districtId, id), isAsRead))
      .returning({ id: identityProviders.id });
    return changed.length;
  });
}
