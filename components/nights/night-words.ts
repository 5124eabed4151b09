import { formatNumber } from "#lib/platform/format/number.ts";
import type { Night, NightMark } from "#lib/services/overview/nights-schema.ts";

const weekday = new Intl.DateTimeFormat("en-US", { weekday: "short", month: "short", day: "numeric", timeZone: "UTC" });
const short = new Intl.DateTimeFormat("en-US", { month: "short", day: "numeric", timeZone: "UTC" });

/** "Wed, Nov 18" */
export function formatNight(day: string): string {
  return weekday.format(new Date(day));
}

/** "Nov 18" */
export function formatShortDay(day: string): string {
  return short.format(new Date(day));
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
