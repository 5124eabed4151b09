import { CronExpressionParser } from "cron-parser";
import cronstrue from "cronstrue";
import { cronFields, problemOfField, withoutRepeats } from "./cron-fields.ts";

/**
 * Schedules are five-field cron expressions in the district's time zone. Free of Node: the form reads them back as they are typed.
 * Seconds, macros (`@daily`) and the extensions of some crons (`L`, `W`, `#`, `?`) are refused: not everybody reads them alike.
 */
export type CheckedSchedule =
  | { readonly ok: true; readonly cron: string; readonly words: string }
  | { readonly ok: false; readonly message: string };

/** Checks an expression as an admin types it, and reads it back in words. */
export function validateSchedule(expression: string): CheckedSchedule {
  const parts = expression.trim().split(/\s+/);
  if (expression.trim() === "") return { ok: false, message: "Enter a cron expression, for example 0 2 * * * for every day at 2:00 AM." };
  if (parts.length !== cronFields.length) {
    return {
      ok: false,
      message: `A schedule has five fields (minute, hour, day of the month, month, day of the week); this has ${parts.length}.`,
    };
  }
  const typed = parts.map((part) => part.toUpperCase());
  const problem = typed.flatMap((part, index) => problemOfField(part, cronFields[index]) ?? [])[0];
  if (problem !== undefined) return { ok: false, message: problem };
  const cron = typed.map((part, index) => withoutRepeats(part, cronFields[index])).join(" ");
  try {
    CronExpressionParser.parse(cron, { tz: "UTC" });
  } catch {
    return {
      ok: false,
      message: "That day never comes: none of the months has so many days. Choose another day of the month, or another month.",
    };
  }
  return { ok: true, cron, words: inWords(cron) };
}

/** "At 02:00 AM, every day, Chicago time" for a valid expression; "Manual only" for none. */
export function describeSchedule(cron: string | null, timezone: string): string {
  if (cron === null) return "Manual only";
  return `${inWords(cron)} (${timezone})`;
}

/** "daily at 2:00 AM", as it stands within a sentence; "manual only" for none. */
export function scheduleInWords(cron: string | null): string {
  if (cron === null) return "manual only";
  const words = inWords(cron);
  const daily = /^At (\d{1,2}:\d\d [AP]M), every day$/.exec(words)?.[1];
  return daily === undefined ? words.charAt(0).toLowerCase() + words.slice(1) : `daily at ${daily}`;
}

/** Values that each field of a valid expression stands for. */
export function scheduleFields(cron: string) {
  const { fields } = CronExpressionParser.parse(cron, { tz: "UTC" });
  const [, hourText = "*", dayText = "*", , weekdayText = "*"] = cron.split(" ");
  return {
    minutes: fields.minute.values,
    hours: fields.hour.values,
    months: new Set<number>(fields.month.values),
    days: new Set<number>(fields.dayOfMonth.values.filter((day) => typeof day === "number")),
    weekdays: new Set<number>(fields.dayOfWeek.values.filter((day) => typeof day === "number").map((day) => day % 7)),
    isEveryHour: hourText === "*",
    /** Both restricted: either is enough, as in every cron. */
    isEitherDay: !dayText.startsWith("*") && !weekdayText.startsWith("*"),
  };
}

function inWords(cron: string): string {
  const words = cronstrue.toString(cron, { verbose: true, use24HourTimeFormat: false });
  return words.replace(/\b0(\d:\d\d [AP]M)/g, "$1");
}
