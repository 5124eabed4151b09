import type { Apart } from "./apart.ts";
import type { PlanContext } from "./plan-context.ts";

type Days = Pick<PlanContext, "sql" | "district" | "integration">;

/**
 * Of whom something began or ended since the last sync's day: a role's last day is the one before its end, an enrollment's counts whole
 * (docs/decisions/014-when-a-class-is.md), and a grace ends so many days after a role. Where the zone was moved west the day may be one
 * before. Of roles an index finds them; enrollments are looked through once a day.
 */
export function byCalendar({ district, integration }: Days, { today, plannedOn, rules }: Apart): readonly string[] {
  if (plannedOn === today) return [];
  const [from, to] = plannedOn === null ? ["-infinity", today] : [plannedOn, today].sort();
  const within = (column: string, days = 0) => `${column} > '${from}'::date - ${days} and ${column} <= '${to}'::date - ${days}`;
  const named = (collection: "roles" | "enrollments", which: string) =>
    `select m.person_external_id from source_records m
    where m.district_id = ${district} and m.integration_id = ${integration} and m.collection = '${collection}'
      and ${which}`;
  return [
    named("roles", within("m.begin_date")),
    named("roles", within("m.end_date")),
    named("roles", within("m.end_date", Math.trunc(rules.graceDays))),
    named("enrollments", `(${within("m.begin_date")} or m.end_date >= '${from}'::date and m.end_date < '${to}'::date)`),
  ];
}

/** Whether anything begins or ends by the calendar, so that a sync has something to plan although the SIS says what it said. */
export async function isDueByCalendar(context: Days, apart: Apart): Promise<boolean> {
  for (const due of byCalendar(context, apart)) {
    const [row] = await context.sql.unsafe<{ found: boolean }[]>(`select exists (${due}) as found`);
    if (row?.found === true) return true;
  }
  return false;
}
