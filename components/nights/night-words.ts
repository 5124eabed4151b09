import { formatNumber } from "#lib/platform/format/number.ts";
import type { Night, NightMark } from "#lib/services/overview/nights-schema.ts";

const weekday = new Intl.DateTimeFormat("en-US", { weekday: "short", month: "short", day: "numeric", timeZone: "UTC" });
const fullWeekday = new Intl.DateTimeFormat("en-US", { weekday: "long", timeZone: "UTC" });
const short = new Intl.DateTimeFormat("en-US", { month: "short", day: "numeric", timeZone: "UTC" });

/** "Wed, Nov 18" */
export function formatNight(day: string): string {
  return weekday.format(new Date(day));
}

/** "Nov 18" */
export function formatShortDay(day: string): string {
  return short.format(new Date(day));
}

/** A sync that begins between them belongs to the night: hours of the district's day. */
const evening = 18;
const morning = 8;

export interface RanOn {
  /** The day of these syncs where the district is, YYYY-MM-DD. */
  readonly day: string;
  /** When the first and the last of them began, ISO 8601. */
  readonly from: string;
  readonly to: string;
}

/** When the syncs of a day ran, as it is told on the day `today`: "last night", "today", "yesterday", "on Monday", "on Nov 3". */
export function whenRan({ day, from, to }: RanOn, today: string, timezone: string): string {
  const hours = [from, to].map((at) => hourOf(at, timezone));
  const daysAgo = (Date.parse(today) - Date.parse(day)) / 86_400_000;
  if (daysAgo <= 0) return hours.every((hour) => hour < morning) ? "last night" : "today";
  if (daysAgo === 1) return hours.every((hour) => hour >= evening) ? "last night" : "yesterday";
  return daysAgo < 7 ? `on ${fullWeekday.format(new Date(day))}` : `on ${formatShortDay(day)}`;
}

function hourOf(at: string, timezone: string): number {
  return Number(new Date(at).toLocaleTimeString("en-GB", { hour: "2-digit", hourCycle: "h23", timeZone: timezone }));
}

export function isMonday(day: string): boolean {
  return new Date(day).getUTCDay() === 1;
}

/** How a night ended, where it did not simply go through. */
export const markWords: Record<NightMark, { readonly label: string; readonly sentence: string }> = {
  failed: { label: "failed", sentence: "failed" },
  held: { label: "held", sentence: "held, and waits for a decision" },
  approved: { label: "held, approved", sentence: "held, then approved" },
  refused: { label: "held, refused", sentence: "held, then refused" },
};

/** "4 arrived, 2 left, 5 changed": a night in figures. */
export function figuresOf({ arrived, left, still, changed, isAtLeast, isFirst, mark }: Night): string {
  const counts = [
    arrived > 0 ? `${formatNumber(arrived)} arrived` : null,
    left > 0 ? `${formatNumber(left)} left` : null,
    still > 0 ? `${formatNumber(still)} left and can still sign in` : null,
    changed > 0 && !isFirst ? `${isAtLeast ? "at least " : ""}${formatNumber(changed)} changed` : null,
  ].filter((one) => one !== null);
  const words = counts.length === 0 ? "nothing changed" : counts.join(", ");
  const figures = isFirst ? `first import, ${words}` : words;
  return mark === null ? figures : `${markWords[mark].sentence}, ${figures}`;
}

/** "Wed, Nov 18: 4 arrived, 5 changed" */
export function nightWords(night: Night): string {
  return `${formatNight(night.day)}: ${figuresOf(night)}`;
}
