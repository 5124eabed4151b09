import { type SafetySettings, safetyKeys, safetySettings } from "./settings.ts";

/** A new school year is told by a quarter of the people (rollover.ts), which no setting lowers. */
const leastShare = 25;

/**
 * How far records have to be counted for the detectors to judge changes of `counts` of them: where there are this many, none of
 * these is more than any percentage that is asked for, so that it is the same whether there are a thousand or a million.
 * Infinity where a limit of 0 % lets every record count.
 */
export function enough(counts: readonly number[], safety: SafetySettings): number {
  const percents = safetyKeys.flatMap((key) => (safetySettings[key].kind === "percent" ? [Number(safety[key])] : []));
  const least = Math.min(leastShare, ...percents);
  const most = Math.max(0, ...counts);
  if (most === 0) return 0;
  return least > 0 ? Math.ceil((100 * most) / least) + 1 : Number.POSITIVE_INFINITY;
}
