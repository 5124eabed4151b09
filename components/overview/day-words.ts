import { formatNight, formatShortDay } from "#components/nights/night-words.ts";
import { formatTime } from "#lib/platform/format/date-time.ts";

/** The day of a moment where the district is, YYYY-MM-DD. */
export function dayOf(iso: string, timezone: string): string {
  return new Date(iso).toLocaleDateString("en-CA", { timeZone: timezone });
}

/** "today", "tomorrow", "Wed, Nov 18" */
export function dayWords(day: string, today: string): string {
  if (day === today) return "today";
  return Date.parse(day) - Date.parse(today) === 86_400_000 ? "tomorrow" : formatNight(day);
}

/** "tomorrow at 2:00 AM" */
export function momentWords(iso: string, today: string, timezone: string): string {
  return `${dayWords(dayOf(iso, timezone), today)} at ${formatTime(new Date(iso), timezone)}`;
}

/** "Nov 26–27", "Dec 21 – Jan 1", "Nov 26" */
export function spanWords(first: string, last: string): string {
  if (first === last) return formatShortDay(first);
  if (first.slice(0, 7) === last.slice(0, 7)) return `${formatShortDay(first)}–${Number(last.slice(8))}`;
  return `${formatShortDay(first)} – ${formatShortDay(last)}`;
}

/** "New", "2nd night", "3rd night" */
export function nightsWords(nights: number): string {
  if (nights <= 1) return "New";
  const tens = nights % 100;
  const suffix = tens > 10 && tens < 14 ? "th" : (["th", "st", "nd", "rd"][nights % 10] ?? "th");
  return `${nights}${suffix} night`;
}
