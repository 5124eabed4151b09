/** Moments in words, in a time zone that the caller names. One formatter per shape and zone is kept: making them is slow. */
const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter(shape: string, timeZone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${shape} ${timeZone}`;
  const kept = formatters.get(key) ?? new Intl.DateTimeFormat("en-US", { ...options, timeZone });
  formatters.set(key, kept);
  return kept;
}

/**
 * As a reader has it who reads it at `now`: "Today, 2:00 AM", "Yesterday, 2:00 AM", "Tomorrow, 2:00 AM", "Mon, 2:00 AM" less than a week
 * away, "Nov 12, 1:15 PM" within the year, else "Nov 3, 2026, 2:00 AM". Without `now` always the last: for a text that is read at any time.
 */
export function formatDateTime(at: Date, timeZone: string, now?: Date): string {
  const day = now === undefined ? { near: null, date: formatDate(at, timeZone) } : dayOf(at, timeZone, now);
  return `${day.near ?? day.date}, ${formatTime(at, timeZone)}`;
}

/** The same in a sentence: "today at 2:00 AM", "tomorrow at 2:00 AM", "Monday at 2:00 AM", "Nov 12 at 1:15 PM". */
export function formatInSentence(at: Date, timeZone: string, now: Date): string {
  const { near, weekday, date } = dayOf(at, timeZone, now);
  return `${weekday ?? near?.toLowerCase() ?? date} at ${formatTime(at, timeZone)}`;
}

/** "Nov 3, 2026" */
export function formatDate(at: Date, timeZone: string): string {
  return formatter("date", timeZone, { dateStyle: "medium" }).format(at);
}

/** The same where it begins one: "Today at 2:00 AM". */
export function formatWhen(at: Date, timeZone: string, now: Date): string {
  const words = formatInSentence(at, timeZone, now);
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** "2:00 AM" */
export function formatTime(at: Date, timeZone: string): string {
  return formatter("time", timeZone, { timeStyle: "short" }).format(at);
}

/** What the day of a moment is called from the day of `now`; `near` and `weekday` only where the date would say less. */
function dayOf(at: Date, timeZone: string, now: Date) {
  const date = yearOf(at, timeZone) === yearOf(now, timeZone) ? monthAndDay(at, timeZone) : formatDate(at, timeZone);
  const days = dayNumber(at, timeZone) - dayNumber(now, timeZone);
  const near = days === 0 ? "Today" : days === -1 ? "Yesterday" : days === 1 ? "Tomorrow" : null;
  if (near !== null || Math.abs(days) > 6) return { near, weekday: null, date };
  const weekday = formatter("weekday", timeZone, { weekday: "long" }).format(at);
  return { near: weekday.slice(0, 3), weekday, date };
}

const monthAndDay = (at: Date, timeZone: string) => formatter("day", timeZone, { month: "short", day: "numeric" }).format(at);
const yearOf = (at: Date, timeZone: string) => formatter("year", timeZone, { year: "numeric" }).format(at);

/** Days since 1970 by the calendar of the zone: a day of 23 or 25 hours is one. */
function dayNumber(at: Date, timeZone: string): number {
  const parts = formatter("parts", timeZone, { year: "numeric", month: "numeric", day: "numeric" }).formatToParts(at);
  const part = (type: "year" | "month" | "day") => Number(parts.find((one) => one.type === type)?.value);
  return Date.UTC(part("year"), part("month") - 1, part("day")) / 86_400_000;
}

/** "Tuesday, November 3, 2026 at 2:00:05 AM CST (America/Chicago)" */
export function formatExact(at: Date, timeZone: string): string {
  const text = formatter("exact", timeZone, {
    weekday: "long",
    year: "numeric",
    month: "long",
    day: "numeric",
    hour: "numeric",
    minute: "2-digit",
    second: "2-digit",
    timeZoneName: "short",
  }).format(at);
  return `${text} (${timeZone})`;
}

/** A day without a time, `YYYY-MM-DD`, as "Nov 3, 2026"; it has no zone to be shifted by. */
export function formatDay(day: string): string {
  return formatDate(new Date(`${day}T00:00:00Z`), "UTC");
}

/** "Aug 17, 2026 – Dec 18, 2026", "since Aug 17, 2026", "until Dec 18, 2026"; null without any day. */
export function formatSpan(first: string | null, last: string | null): string | null {
  if (last === null) return first === null ? null : `since ${formatDay(first)}`;
  return first === null ? `until ${formatDay(last)}` : `${formatDay(first)} – ${formatDay(last)}`;
}

const units = [
  { unit: "day", ms: 86_400_000 },
  { unit: "hour", ms: 3_600_000 },
  { unit: "minute", ms: 60_000 },
] as const;
const relative = new Intl.RelativeTimeFormat("en-US", { numeric: "auto" });

/** "5 minutes ago", "in 3 hours", "yesterday", "just now" */
export function formatRelative(at: Date, now: Date): string {
  const difference = at.getTime() - now.getTime();
  for (const { unit, ms } of units) {
    if (Math.abs(difference) >= ms) return relative.format(Math.trunc(difference / ms), unit);
  }
  return difference > 0 ? "in less than a minute" : "just now";
}

/** "42 s", "3 min 20 s", "1 h 5 min" */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return seconds > 0 && seconds < 1 ? "under 1 s" : `${whole} s`;
  if (whole < 3600) return whole % 60 === 0 ? `${whole / 60} min` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
  const minutes = Math.floor((whole % 3600) / 60);
  return minutes === 0 ? `${Math.floor(whole / 3600)} h` : `${Math.floor(whole / 3600)} h ${minutes} min`;
}
