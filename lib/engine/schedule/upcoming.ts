import { type BlackoutRange, blackoutAt, firstDayAfter } from "./blackout.ts";
import { nextRuns, startOfLocalDay } from "./occurrences.ts";
import { nextSlowed } from "./slow-down.ts";

/** All that decides when an integration syncs by itself. */
export interface Timing {
  readonly schedule: string;
  readonly timezone: string;
  /** How many scheduled syncs have failed in a row. */
  readonly failuresInRow: number;
  readonly blackouts: readonly BlackoutRange[];
}

/**
 * The next `count` times at which a sync starts by itself after `from`: by the schedule, slowed down after failures, and on no day of
 * a blackout. Pages show it and workers do it. Fewer where there are no more.
 */
export function upcomingRuns(timing: Timing, from: Date, count = 3): Date[] {
  const found: Date[] = [];
  for (let next = nextRun(timing, from); next !== null && found.length < count; next = nextRun(timing, next)) found.push(next);
  return found;
}

/** The first of them; null: never. */
export function nextRun(timing: Timing, from: Date): Date | null {
  const { schedule, timezone, failuresInRow, blackouts } = timing;
  let at = nextSlowed(schedule, timezone, from, failuresInRow);
  for (;;) {
    const range = at === null ? null : blackoutAt(blackouts, timezone, at);
    if (at === null || range === null) return at;
    // What comes at midnight sharp belongs to the day that begins.
    const before = startOfLocalDay(timezone, firstDayAfter(range)).getTime() - 1;
    at = nextRuns(schedule, timezone, new Date(before), 1)[0] ?? null;
  }
}
