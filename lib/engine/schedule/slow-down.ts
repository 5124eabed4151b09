import { nextRuns } from "./occurrences.ts";

/**
 * A schedule whose syncs fail slows down, so that neither the SIS nor the district's inbox is asked the same all night:
 *
 * - From the third scheduled failure in a row on, it uses every 2nd of its times, then every 4th, every 8th and so on.
 * - One that comes several times a day goes on at least once a day; a daily one comes every second day.
 * - One that comes more rarely than once a day stays as it is.
 *
 * A sync that reads the SIS again, however it was asked for, brings the schedule back to its own times.
 */
export const slowsAfter = 3;

/** Of its times, every how manieth is used. */
export function everyNth(failuresInRow: number): number {
  return failuresInRow < slowsAfter ? 1 : 2 ** Math.min(failuresInRow - slowsAfter + 1, 10);
}

/** The next time of a schedule that has failed so often; null: it never comes. */
export function nextSlowed(cron: string, timezone: string, from: Date, failuresInRow: number): Date | null {
  const every = everyNth(failuresInRow);
  const [first = null, second] = nextRuns(cron, timezone, from, Math.min(every, 2));
  if (first === null || second === undefined) return first;
  const isWithinDay = (at: Date) => at.getTime() <= from.getTime() + dayMs;
  if (!isWithinDay(second)) return second.getTime() - first.getTime() <= dailyMs ? second : first;
  return nextRuns(cron, timezone, from, every).filter(isWithinDay).at(-1) ?? first;
}

const dayMs = 24 * 3_600_000;
/** From one day's time to the next one's, where clocks are put back in between. */
const dailyMs = 25 * 3_600_000;
