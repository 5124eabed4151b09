import { ServiceError } from "#lib/platform/errors.ts";
import { log } from "#lib/platform/log.ts";
import { forgetOldLinks } from "#lib/services/accounts/password-links.ts";
import { forgetOldSessions } from "#lib/services/accounts/sessions.ts";
import { forgetOldSprays } from "#lib/services/accounts/sprays.ts";
import { forgetOldAttempts } from "#lib/services/accounts/throttle.ts";
import { forgetOldAnswers } from "#lib/services/api/idempotency.ts";
import { listDistricts } from "#lib/services/districts/read.ts";
import { forgetOldIdentityRequests } from "#lib/services/identity/begin.ts";
import { forgetOldNotices } from "#lib/services/notices/forget.ts";
import { forgetWithdrawn } from "#lib/services/retention/forget.ts";
import { keepHistory } from "#lib/services/retention/history.ts";
import { purgeExpired } from "#lib/services/retention/purge.ts";
import type { Services } from "#lib/services/services.ts";
import { forgetOldDays } from "#lib/services/terms/forget.ts";

/** Purges each district by itself, and then the history of all: what fails is retried without holding up the others. */
export async function workRetention(services: Services): Promise<void> {
  const failed: unknown[] = [];
  for (const district of await listDistricts(services)) {
    // Its audit log is going, and must not grow.
    if (district.deletingAt !== null) continue;
    try {
      const { accounts, memberships, links } = await purgeExpired(services, district);
      if (accounts > 0) log.info("purged", { districtId: district.id, accounts, memberships, links });
      const records = await forgetWithdrawn(services, district);
      if (records > 0) log.info("emptied", { districtId: district.id, records });
    } catch (error) {
      failed.push(error);
    }
  }
  await workHistory(services).catch((error: unknown) => failed.push(error));
  await forgetOldAttempts(services.db, services.now());
  await forgetOldSprays(services);
  await forgetOldSessions(services);
  await forgetOldLinks(services);
  await forgetOldAnswers(services);
  await forgetOldIdentityRequests(services);
  await forgetOldNotices(services).catch((error: unknown) => failed.push(error));
  await forgetOldDays(services).catch((error: unknown) => failed.push(error));
  if (failed.length > 0) throw new AggregateError(failed, `${failed.length} parts of the retention job failed`);
}

/** @throws ServiceError `conflict` when a sync was in the way, so that the queue tries again */
async function workHistory(services: Services): Promise<void> {
  const { made, dropped } = await keepHistory(services);
  for (const partition of made.names) log.info("history-made", { partition });
  for (const partition of dropped.names) log.info("history-dropped", { partition, keptMonths: services.env.historyMonths });
  if (made.isBusy || dropped.isBusy) throw new ServiceError("conflict", "A sync writes the history at the moment.");
}
