/** Moments in words, in a time zone that the caller names. One formatter per shape and zone is kept: making them is slow. */
const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter(shape: string, timeZone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${shape} ${timeZone}`;
  const kept = formatters.get(key) ?? new Intl.DateTimeFormat("en-US", { ...options, timeZone });
  formatters.set(key, kept);
  return kept;
}

/** "Nov 3, 2026, 2:00 AM" */
export function formatDateTime(at: Date, timeZone: string): string {
  return formatter("date-time", timeZone, { dateStyle: "medium", timeStyle: "short" }).format(at);
}

/** "Nov 3, 2026" */
export function formatDate(at: Date, timeZone: string): string {
  return formatter("date", timeZone, { dateStyle: "medium" }).format(at);
}

/** "Today at 2:00 AM", "Yesterday at 2:00 AM", else as `formatDateTime`: a moment by the reader's calendar. */
export function formatWhen(at: Date, now: Date, timeZone: string): string {
  const day = formatDate(at, timeZone);
  const isDaysAgo = (days: number) => day === formatDate(new Date(now.getTime() - days * 86_400_000), timeZone);
  const word = isDaysAgo(0) ? "Today" : isDaysAgo(1) ? "Yesterday" : null;
  return word === null ? formatDateTime(at, timeZone) : `${word} at ${formatTime(at, timeZone)}`;
}

/** "2:00 AM" */
export function formatTime(at: Date, timeZone: string): string {
  return formatter("time", timeZone, { timeStyle: "short" }).format(at);
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
