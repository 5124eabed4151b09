import { z } from "zod";
import type { BlackoutRange } from "#lib/engine/schedule/blackout.ts";

/** Free of Node: forms and pages import this file. */

/** Days on which no scheduled sync starts, in the district's time zone. */
export interface Blackout extends BlackoutRange {
  readonly id: string;
  /** Null: for all integrations of the district. */
  readonly integrationId: string | null;
  readonly note: string;
}

const Day = (what: string) => z.iso.date({ error: `Enter the ${what} as YYYY-MM-DD` });
const longestDays = 400;

export const NewBlackout = z
  .object({
    firstDay: Day("first day"),
    lastDay: Day("last day"),
    note: z.string({ error: "Say why" }).trim().min(1, "Say why, so that others know").max(200, "The note is longer than 200 characters"),
    /** For all integrations, instead of the one that it is added at. */
    isForAll: z.boolean().default(false),
  })
  .check(({ value: { firstDay, lastDay }, issues }) => {
    const refuse = (message: string) => issues.push({ code: "custom", path: ["lastDay"], message, input: lastDay });
    if (lastDay < firstDay) refuse("The last day is before the first");
    else if ((Date.parse(lastDay) - Date.parse(firstDay)) / 86_400_000 >= longestDays) refuse(`At most ${longestDays} days`);
  });
export type NewBlackout = z.input<typeof NewBlackout>;

/** More would be a schedule by other means. */
export const mostBlackouts = 100;
/** So many days before it begins, the admins are told. */
export const announcedDaysBefore = 2;
