import type { Services } from "#lib/services/services.ts";

/** So long messages, how they went, and incidents that are over are kept. */
export const noticesKeptDays = 90;

/** Part of the retention job. Digests, incidents and deliveries name no person but the admins' accounts, by id. Returns how many messages went. */
export async function forgetOldNotices({ db }: Pick<Services, "db">): Promise<number> {
  await db.sql`
    delete from deliveries d using notices n
    where n.district_id = d.district_id and n.id = d.notice_id and n.created_at < now() - make_interval(days => ${noticesKeptDays})`;
  const gone = await db.sql`delete from notices where created_at < now() - make_interval(days => ${noticesKeptDays})`;
  await db.sql`delete from incidents where closed_at < now() - make_interval(days => ${noticesKeptDays})`;
  await db.sql`delete from blackouts where ended_at < now() - make_interval(days => ${noticesKeptDays})`;
  return gone.count;
}
