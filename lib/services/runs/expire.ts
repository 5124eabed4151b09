import { and, eq, sql } from "drizzle-orm";
import { closeIncidents } from "#lib/engine/notices/incidents.ts";
import { appendAudit } from "#lib/platform/audit.ts";
import { activeRunStates, syncRuns } from "#lib/platform/db/schema/runs.ts";
import { withOwner } from "#lib/platform/db/tx.ts";
import type { Services } from "#lib/services/services.ts";

const atOnce = 500;

/** By the database's clock, which wrote the time as well. A plan that is being applied is decided about. */
const isExpired = and(
  eq(syncRuns.state, "held"),
  sql`${syncRuns.expiresAt} <= statement_timestamp()`,
  sql`not exists (
    select from sync_runs a
    where a.district_id = ${syncRuns.districtId}
      and a.plan_run_id = ${syncRuns.id}
      and a.state in (${sql.join(
        [...activeRunStates, "succeeded"].map((state) => sql`${state}`),
        sql`, `,
      )}))`,
);

/**
 * Drops held plans that nobody has decided on in time: the runs are discarded, nothing changes, and whoever was told that they wait is told
 * that they do not. Returns them.
 */
export async function expirePlans(
  services: Pick<Services, "db">,
): Promise<readonly { readonly districtId: string; readonly runId: string }[]> {
  const due = await services.db.orm
    .select({ districtId: syncRuns.districtId, id: syncRuns.id, integrationId: syncRuns.integrationId })
    .from(syncRuns)
    .where(isExpired)
    .orderBy(syncRuns.expiresAt)
    .limit(atOnce);
  const dropped: { districtId: string; runId: string }[] = [];
  for (const { districtId, id, integrationId } of due) {
    const isDropped = await withOwner(services.db, districtId, async (tx) => {
      // First, as everywhere, so that an approval that is asked for at this moment goes before or after.
      await tx.sql`select from integrations where district_id = ${districtId} and id = ${integrationId} for update`;
      const ended = await tx.orm
        .update(syncRuns)
        .set({ state: "discarded", expiredAt: sql`statement_timestamp()` })
        .where(and(eq(syncRuns.districtId, districtId), eq(syncRuns.id, id), isExpired))
        .returning({ id: syncRuns.id });
      if (ended.length === 0) return false;
      const actor = { kind: "worker" as const, districtId };
      await appendAudit(tx, { actor, action: "run-discarded", target: { kind: "run", id }, details: { because: "expired" } });
      await closeIncidents(tx, { kinds: ["held"], subject: integrationId, runId: id, because: "expired" });
      return true;
    });
    if (isDropped) dropped.push({ districtId, runId: id });
  }
  return dropped;
}
