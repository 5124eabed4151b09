import { and, eq, sql } from "drizzle-orm";
import { isStale, seal, unseal } from "#lib/platform/crypto/keyring.ts";
import { webhookEndpoints } from "#lib/platform/db/schema/notices.ts";
import { withOwner } from "#lib/platform/db/tx.ts";
import type { Services } from "#lib/services/services.ts";

type Sealed = (typeof webhookEndpoints.$inferSelect)["secrets"];

/** Of every district, for `keys rotate`. */
export function webhookSecrets({ db }: Pick<Services, "db">): Promise<{ id: string; districtId: string; sealed: Sealed }[]> {
  const { id, districtId, secrets } = webhookEndpoints;
  return db.orm.select({ id, districtId, sealed: secrets }).from(webhookEndpoints);
}

/**
 * Puts an endpoint's secrets under the first key of the keyring, unless somebody has rotated them meanwhile. Returns how many.
 * @throws RunFailure `configuration` where one cannot be opened
 */
export async function resealWebhook(
  { db, keyring }: Pick<Services, "db" | "keyring">,
  districtId: string,
  id: string,
  sealed: Sealed,
): Promise<number> {
  const stale = Object.entries(sealed).filter(([, secret]) => isStale(keyring, secret));
  if (stale.length === 0) return 0;
  const fresh = stale.map(([field, secret]) => {
    const context = { integrationId: id, field };
    return [field, seal(keyring, context, unseal(keyring, context, secret))];
  });
  const secrets: Sealed = { ...sealed, ...Object.fromEntries(fresh) };
  return withOwner(db, districtId, async (tx) => {
    const isAsRead = sql`${webhookEndpoints.secrets} = ${JSON.stringify(sealed)}::jsonb`;
    const changed = await tx.orm
      .update(webhookEndpoints)
      .set({ secrets })
      .where(and(eq(webhookEndpoints.districtId, districtId), eq(webhookEndpoints.id, id), isAsRead))
      .returning({ id: webhookEndpoints.id });
    return changed.length === 0 ? 0 : stale.length;
  });
}
