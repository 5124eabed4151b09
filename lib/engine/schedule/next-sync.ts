import { nextRun, type Timing } from "./upcoming.ts";

/** When an integration syncs next by itself, or why it does not. */
export type NextSync = { readonly at: string } | { readonly none: "manual" | "paused" | "removed" };

/** `stored`: the time that was worked out when its schedule, its failures or its blackouts changed last. */
export function nextSync(state: "active" | "paused" | "removed", timing: Timing | null, stored: Date | null, now: Date): NextSync {
  if (state !== "active") return { none: state };
  const next = timing === null ? null : isToCome(stored, now) ? stored : nextRun(timing, now);
  return next === null ? { none: "manual" } : { at: next.toISOString() };
}

/** Whether it is a time, and still ahead. */
export function isToCome(stored: Date | null, now: Date): stored is Date {
  return stored !== null && stored.getTime() > now.getTime();
}
