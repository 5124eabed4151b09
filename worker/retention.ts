import { forgetOldAttempts } from "#lib/services/accounts/throttle.ts";
import { listDistricts } from "#lib/services/districts/read.ts";
import { purgeExpired } from "#lib/services/retention/purge.ts";
import type { Services } from "#lib/services/services.ts";
import { log } from "./log.ts";

/** Purges each district by itself: one that fails is retried without holding up the others. */
export async function workRetention(services: Services): Promise<void> {
  const failed: unknown[] = [];
  for (const district of await listDistricts(services)) {
    try {
      const { accounts, memberships, links } = await purgeExpired(services, district);
      if (accounts > 0) log("purged", { districtId: district.id, accounts, memberships, links });
    } catch (error) {
      failed.push(error);
    }
  }
  await forgetOldAttempts(services.db, services.now());
  if (failed.length > 0) throw new AggregateError(failed, `${failed.length} districts could not be purged`);
}
