import { nextRuns } from "./occurrences.ts";

/** When an integration syncs next by itself, or why it does not. */
export type NextSync = { readonly at: string } | { readonly none: "manual" | "paused" | "removed" };

/** When an integration syncs next by itself, or why it does not. */
export function nextSync(state: "active" | "paused" | "removed", schedule: string | null, timezone: string, now: Date): NextSync {
  if (state !== "active") return { none: state };
  const [next] = schedule === null ? [] : nextRuns(schedule, timezone, now, 1);
  return next === undefined ? { none: "manual" } : { at: next.toISOString() };
}
