import { nextRuns } from "#lib/engine/schedule/occurrences.ts";
import type { UnitCosts } from "./costs.ts";
import type { District } from "./districts.ts";
import { seededRandom, shuffled } from "./random.ts";
import type { Job } from "./simulate.ts";
import { type Assumptions, workOf } from "./work.ts";

export interface Night {
  readonly jobs: readonly Job[];
  /** How many are due at the same moment, the first first. */
  readonly peaks: readonly { readonly at: string; readonly districts: number }[];
}

/**
 * The syncs of a night, each due when its schedule says so (lib/engine/schedule). Nothing spreads them: all districts of a time zone with
 * one schedule are due at the same second. In which order those are taken is chance.
 */
export function nightOf(
  districts: readonly District[],
  { cron, from, costs, assumed, seed }: { cron: string; from: Date; costs: UnitCosts; assumed: Assumptions; seed: number },
): Night {
  const due = new Map<string, Date>();
  for (const { timezone } of districts) {
    if (due.has(timezone)) continue;
    const [first] = nextRuns(cron, timezone, from, 1);
    if (first) due.set(timezone, first);
  }
  const counts = new Map<number, number>();
  const jobs = shuffled(districts, seededRandom(seed + 1)).flatMap((district) => {
    const at = due.get(district.timezone);
    if (!at) return [];
    counts.set(at.getTime(), (counts.get(at.getTime()) ?? 0) + 1);
    return [{ dueAt: (at.getTime() - from.getTime()) / 1000, ...workOf(district, costs, assumed) }];
  });
  const peaks = [...counts].sort(([a], [b]) => a - b).map(([at, count]) => ({ at: new Date(at).toISOString(), districts: count }));
  return { jobs, peaks };
}
