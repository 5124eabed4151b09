import { scheduleFields } from "./cron.ts";

/**
 * When a schedule comes, across daylight-saving changes. This is what pages show and what happens:
 *
 * - A time that the clock skips (2:30 AM in spring) comes as long after the change as it would have been: 3:30 AM. The night is
 *   not left out.
 * - A time that the clock shows twice (1:30 AM in autumn) comes once, at the first; a schedule of every hour comes at both.
 */

/** The next `count` occurrences after `from`. Fewer only when the schedule comes less than `count` times in nine years. */
export function nextRuns(cron: string, timezone: string, from: Date, count = 3): Date[] {
  const found: Date[] = [];
  const lastDay = from.getTime() + 9 * 366 * dayMs;
  for (
    let from_ = from.getTime(), windowMs = 2 * dayMs;
    found.length < count && from_ < lastDay;
    windowMs = Math.min(windowMs * 2, 400 * dayMs)
  ) {
    found.push(...occurrencesBetween(cron, timezone, new Date(from_), new Date(from_ + windowMs)));
    from_ += windowMs;
  }
  return found.slice(0, count);
}

/** Occurrences after `after`, up to and including `until`, in order. */
export function occurrencesBetween(cron: string, timezone: string, after: Date, until: Date): Date[] {
  const { minutes, hours, months, days, weekdays, isEveryHour, isEitherDay } = scheduleFields(cron);
  const zone = zoneOf(timezone);
  const instants = new Set<number>();
  // Local days lie up to a day off the UTC ones.
  for (let day = startOfUtcDay(after.getTime() - dayMs); day <= until.getTime() + dayMs; day += dayMs) {
    const date = new Date(day);
    const fitsDay = days.has(date.getUTCDate());
    const fitsWeekday = weekdays.has(date.getUTCDay());
    if (!months.has(date.getUTCMonth() + 1) || !(isEitherDay ? fitsDay || fitsWeekday : fitsDay && fitsWeekday)) continue;
    for (const hour of hours) {
      for (const minute of minutes) {
        const [first, second] = instantsOf(zone, day + hour * hourMs + minute * minuteMs);
        instants.add(first);
        if (isEveryHour && second !== undefined) instants.add(second);
      }
    }
  }
  return [...instants]
    .filter((instant) => instant > after.getTime() && instant <= until.getTime())
    .sort((a, b) => a - b)
    .map((instant) => new Date(instant));
}

/** The day that clocks show at an instant, as `YYYY-MM-DD`. */
export function localDay(timezone: string, instant: Date): string {
  return new Date(instant.getTime() + zoneOf(timezone)(instant.getTime())).toISOString().slice(0, 10);
}

/** When a day, `YYYY-MM-DD`, begins there: at midnight, or where the clock skips it, when the clock has. */
export function startOfLocalDay(timezone: string, day: string): Date {
  return new Date(instantsOf(zoneOf(timezone), Date.parse(`${day}T00:00:00Z`))[0]);
}

/** The day so many days later. */
export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * dayMs).toISOString().slice(0, 10);
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const startOfUtcDay = (instant: number) => Math.floor(instant / dayMs) * dayMs;

/** Offset of local time from UTC at an instant. */
type Zone = (instant: number) => number;

const zones = new Map<string, Zone>();

function zoneOf(timezone: string): Zone {
  const known = zones.get(timezone);
  if (known) return known;
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone: timezone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  const zone: Zone = (instant) => {
    const part: Record<string, number> = {};
    for (const { type, value } of format.formatToParts(instant)) part[type] = Number(value);
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
    return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(instant / 1000) * 1000;
  };
  zones.set(timezone, zone);
  return zone;
}

/** The instants at which clocks show a wall time: usually one; two when it comes twice; for a skipped one, where it would have been. */
function instantsOf(zone: Zone, wall: number): readonly [number, number?] {
  const before = zone(wall - dayMs);
  const after = zone(wall + dayMs);
  if (before === after) return [wall - before];
  const fitting = [...new Set([wall - before, wall - after])].filter((instant) => zone(instant) === wall - instant).sort((a, b) => a - b);
  const [first, second] = fitting;
  return first === undefined ? [wall - before] : [first, second];
}
