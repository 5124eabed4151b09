import { and, eq, isNull, sql } from "drizzle-orm";
import { closeIncidents, openIncident } from "#lib/engine/notices/incidents.ts";
import { workerScope } from "#lib/platform/access.ts";
import { blackouts } from "#lib/platform/db/schema/blackouts.ts";
import { type Tx, withDistrict } from "#lib/platform/db/tx.ts";
import type { Services } from "#lib/services/services.ts";
import { announcedDaysBefore } from "./schema.ts";

const atOnce = 500;

/**
 * Tells the admins of blackouts that begin within two days, and ends what was open of those that are over, by each district's calendar and the
 * database's clock. Every worker does so once a minute; of two, one finds nothing left to do.
 */
export async function announceBlackouts(services: Services): Promise<{ readonly announced: number; readonly ended: number }> {
  const due = await services.db.sql<{ districtId: string; id: string; isOver: boolean }[]>`
    select b.district_id as "districtId", b.id, b.last_day < (now() at time zone d.timezone)::date as "isOver"
    from blackouts b join districts d on d.id = b.district_id
    where b.announced_at is null and b.first_day <= (now() at time zone d.timezone)::date + ${announcedDaysBefore}::int
      or b.ended_at is null and b.last_day < (now() at time zone d.timezone)::date
    limit ${atOnce}`;
  let [announced, ended] = [0, 0];
  for (const { districtId, id, isOver } of due) {
    await withDistrict(services.db, workerScope(districtId), async (tx) => {
      if (isOver) ended += (await end(tx, id)) ? 1 : 0;
      else announced += (await announce(tx, id)) ? 1 : 0;
    });
  }
  return { announced, ended };
}

/** One that has begun already, or that stops nobody's schedule, is no news. Says whether it was announced. */
async function announce(tx: Tx, id: string): Promise<boolean> {
  const [noted] = await tx.orm
    .update(blackouts)
    .set({ announcedAt: sql`now()` })
    .where(and(eq(blackouts.districtId, tx.districtId), eq(blackouts.id, id), isNull(blackouts.announcedAt)))
    .returning();
  if (!noted) return false;
  const { integrationId, firstDay, lastDay, note } = noted;
  const [worth] = await tx.sql<{ isAhead: boolean; isScheduled: boolean }[]>`
    select ${firstDay}::date > (now() at time zone d.timezone)::date as "isAhead",
      exists (
        select from integrations i
        where i.district_id = d.id and (${integrationId}::uuid is null or i.id = ${integrationId}::uuid)
          and i.state = 'active' and i.schedule is not null) as "isScheduled"
    from districts d
    where d.id = ${tx.districtId}`;
  if (!worth?.isAhead || !worth.isScheduled) return false;
  return openIncident(tx, { kind: "blackout", integrationId, subject: id, runId: null, details: { from: firstDay, to: lastDay, note } });
}

async function end(tx: Tx, id: string): Promise<boolean> {
  const ended = await tx.orm
    .update(blackouts)
    .set({ endedAt: sql`now()`, announcedAt: sql`least(${blackouts.announcedAt}, now())` })
    .where(and(eq(blackouts.districtId, tx.districtId), eq(blackouts.id, id), isNull(blackouts.endedAt)))
    .returning({ id: blackouts.id });
  if (ended.length > 0) await closeIncidents(tx, { kinds: ["blackout"], subject: id, runId: null, because: "over" });
  return ended.length > 0;
}
