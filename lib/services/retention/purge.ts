import { workerScope } from "#lib/platform/access.ts";
import { appendAudit } from "#lib/platform/audit.ts";
import { raiseRosterRevision } from "#lib/platform/db/roster-revision.ts";
import { withOwner } from "#lib/platform/db/tx.ts";
import type { District } from "#lib/services/districts/read.ts";
import type { Services } from "#lib/services/services.ts";
import { isExpired, isHeld } from "./expired.ts";
import { type Purged, purgeAccounts } from "./purge-accounts.ts";

/**
 * Removes what the district no longer keeps: accounts deactivated for longer than its retention period, and whatever names them. Active
 * accounts are never touched, and neither is one that is held, or that a SIS rosters or rostered within the period: whom an admin deactivated,
 * the next sync would make anew, and active. One transaction: all of a district, or none of it.
 */
export async function purgeExpired(services: Services, district: District): Promise<Purged> {
  const now = services.now();
  const deadline = new Date(now.getTime() - district.retentionDays * 86_400_000);
  return withOwner(services.db, district.id, async (tx) => {
    const isMeant = tx.sql`${isExpired(tx, deadline)} and not ${isHeld(tx)}`;
    const [found] = await tx.sql<{ any: boolean }[]>`select exists (select 1 from accounts a where ${isMeant}) as any`;
    if (found?.any !== true) return { accounts: 0, memberships: 0, links: 0 };
    // A sync that reactivates or links somebody takes the same lock first, so nobody returns in between; who holds somebody, too.
    await raiseRosterRevision(tx);
    const purged = await purgeAccounts(tx, isMeant);
    const { actor } = workerScope(district.id);
    const details = { ...purged, retentionDays: district.retentionDays };
    await appendAudit(tx, { actor, action: "accounts-purged", target: { kind: "district", id: district.id }, details }, now);
    return purged;
  });
}
