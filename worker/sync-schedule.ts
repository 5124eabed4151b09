import { createHash } from "node:crypto";
import { and, eq } from "drizzle-orm";
import { workerScope } from "#lib/access.ts";
import type { Database } from "#lib/db/client.ts";
import { districts } from "#lib/db/schema/districts.ts";
import { integrations } from "#lib/db/schema/integrations.ts";
import { withOwner } from "#lib/db/tx.ts";
import { ServiceError } from "#lib/errors.ts";
import type { Payload } from "#lib/jobs.ts";
import { requestRun } from "#lib/runs/write.ts";
import { isRepeat, latestByPgBoss, occurrencesBetween, skippedOccurrences } from "#lib/schedule/occurrences.ts";
import type { Services } from "#lib/services.ts";
import { log } from "./log.ts";

/** A tick: asks for a run. One that is running already, a pause or a removal meanwhile is no error. */
export async function workSyncSchedule(
  services: Services,
  { districtId, integrationId }: Payload<"sync-schedule">,
  tickedAt: Date,
): Promise<void> {
  const [scheduled] = await activeSchedules(services.db, integrationId);
  if (!scheduled) return log("tick-ignored", { integrationId, reason: "not-scheduled" });
  if (isRepeat(scheduled.cron, scheduled.timezone, tickedAt)) return log("tick-ignored", { integrationId, reason: "clock-set-back" });
  if (await isOlderThanSchedule(services, scheduled, tickedAt)) return log("tick-ignored", { integrationId, reason: "before-schedule" });
  try {
    const requested = await requestRun(services, workerScope(districtId), integrationId, { trigger: "schedule" });
    log("tick", { integrationId, outcome: requested.ok ? "requested" : requested.reason });
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    log("tick-ignored", { integrationId, reason: error.code });
  }
}

/**
 * pg-boss ticks for whatever came due in the last minute, also for a schedule that was set, or resumed, after that: at 2:00:30 AM,
 * "every day at 2:00 AM" means from tomorrow.
 */
async function isOlderThanSchedule(
  services: Services,
  { integrationId, cron, timezone }: ActiveSchedule,
  tickedAt: Date,
): Promise<boolean> {
  const lately = occurrencesBetween(cron, timezone, new Date(tickedAt.getTime() - skippedTicksWithinMs - 60_000), tickedAt);
  const occurrence = lately.at(-1) ?? latestByPgBoss(cron, timezone, tickedAt);
  const [later] = await services.db.sql`
    select 1 from pgboss.schedule where name = 'sync-schedule' and key = ${integrationId} and updated_on > ${occurrence.toISOString()}::timestamptz`;
  return later !== undefined;
}

/** Ticks for skipped times are looked for this far back, for a worker that was away for a moment. */
export const skippedTicksWithinMs = 15 * 60_000;

/** Sends the ticks that pg-boss leaves out because the clock skips their time; each once, however many workers look. */
export async function sendSkippedTicks(services: Services, after: Date, until: Date): Promise<void> {
  for (const { districtId, integrationId, cron, timezone } of await activeSchedules(services.db)) {
    for (const occurrence of skippedOccurrences(cron, timezone, after, until)) {
      const id = tickId(integrationId, occurrence);
      await withOwner(services.db, districtId, (tx) => services.jobs.send(tx, "sync-schedule", { districtId, integrationId }, id));
    }
  }
}

export interface ActiveSchedule {
  readonly districtId: string;
  readonly integrationId: string;
  readonly cron: string;
  readonly timezone: string;
}

/** Schedules of active integrations, of all districts or one integration. */
export async function activeSchedules(db: Database, integrationId?: string): Promise<ActiveSchedule[]> {
  const rows = await db.orm
    .select({
      districtId: integrations.districtId,
      integrationId: integrations.id,
      cron: integrations.schedule,
      timezone: districts.timezone,
    })
    .from(integrations)
    .innerJoin(districts, eq(districts.id, integrations.districtId))
    .where(and(eq(integrations.state, "active"), integrationId === undefined ? undefined : eq(integrations.id, integrationId)));
  return rows.flatMap(({ cron, ...row }) => (cron === null ? [] : [{ ...row, cron }]));
}

/** The same tick has the same id everywhere; the queue keeps one job of an id. */
function tickId(integrationId: string, occurrence: Date): string {
  const hash = createHash("sha256").update(`${integrationId}@${occurrence.toISOString()}`).digest("hex");
  return `${hash.slice(0, 8)}-${hash.slice(8, 12)}-8${hash.slice(13, 16)}-8${hash.slice(17, 20)}-${hash.slice(20, 32)}`;
}
