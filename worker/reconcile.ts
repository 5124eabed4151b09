import { and, eq } from "drizzle-orm";
import { districts } from "#lib/db/schema/districts.ts";
import { integrations } from "#lib/db/schema/integrations.ts";
import { withOwner } from "#lib/db/tx.ts";
import type { Services } from "#lib/services.ts";
import { log } from "./log.ts";
import { activeSchedules } from "./sync-schedule.ts";

/**
 * Makes the queue's ticks what the integrations say. Services change both in one transaction, so this finds nothing to do
 * unless somebody else wrote one of them: a restored backup, an edited row, a queue that was emptied. Each repair looks again
 * under the integration's lock, so that it never undoes a change made meanwhile.
 */
export async function reconcileSchedules(services: Services): Promise<number> {
  const wanted = new Map((await activeSchedules(services.db)).map((schedule) => [schedule.integrationId, schedule]));
  const present = await services.jobs.schedules();
  const differing = [...new Set([...wanted.keys(), ...present.keys()])].filter((id) => {
    const [want, have] = [wanted.get(id), present.get(id)];
    return want?.cron !== have?.cron || want?.timezone !== have?.timezone;
  });
  for (const integrationId of differing) {
    const districtId = wanted.get(integrationId)?.districtId ?? (await districtOf(services, integrationId));
    if (districtId !== undefined) await repair(services, districtId, integrationId);
    else await services.jobs.boss.unschedule("sync-schedule", integrationId);
    log("schedule-repaired", { integrationId });
  }
  return differing.length;
}

async function districtOf(services: Services, integrationId: string): Promise<string | undefined> {
  const [row] = await services.db.sql<{ district_id: string }[]>`select district_id from integrations where id::text = ${integrationId}`;
  return row?.district_id;
}

async function repair(services: Services, districtId: string, integrationId: string): Promise<void> {
  await withOwner(services.db, districtId, async (tx) => {
    const [row] = await tx.orm
      .select({ state: integrations.state, schedule: integrations.schedule, timezone: districts.timezone })
      .from(integrations)
      .innerJoin(districts, eq(districts.id, integrations.districtId))
      .where(and(eq(integrations.districtId, districtId), eq(integrations.id, integrationId)))
      .for("update", { of: integrations });
    await services.jobs.schedule(tx, { districtId, integrationId }, row?.state === "active" ? row.schedule : null, row?.timezone ?? "UTC");
  });
}
