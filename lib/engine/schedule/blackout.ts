import { addDays, localDay } from "./occurrences.ts";

/** Days, both included and as the district's clocks have them, on which no scheduled sync starts. `YYYY-MM-DD`, which sorts as time does. */
export interface BlackoutRange {
  readonly firstDay: string;
  readonly lastDay: string;
}

/** The range that the moment lies in; null: none. */
export function blackoutAt<Range extends BlackoutRange>(ranges: readonly Range[], timezone: string, at: Date): Range | null {
  if (ranges.length === 0) return null;
  const day = localDay(timezone, at);
  return ranges.find((range) => range.firstDay <= day && day <= range.lastDay) ?? null;
}

export function firstDayAfter({ lastDay }: BlackoutRange): string {
  return addDays(lastDay, 1);
}
