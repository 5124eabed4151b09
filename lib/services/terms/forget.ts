import type { Services } from "#lib/services/services.ts";

/** Part of the retention job: what the calendar brought is kept as long as the history of syncs. Returns how many days went. */
export async function forgetOldDays({ db, env }: Pick<Services, "db" | "env">): Promise<number> {
  await db.sql`delete from turned_classrooms where day < current_date - make_interval(months => ${env.historyMonths})`;
  const gone = await db.sql`delete from school_days where day < current_date - make_interval(months => ${env.historyMonths})`;
  return gone.count;
}
