import type { EntityTotals, RunTotals } from "./totals.ts";

/** Limits beyond which a plan waits for an admin. Percentages of what was active before. */
export interface SafetySettings {
  readonly maxDeactivatedPercent: number;
  /** A plan that deactivates no more than this many records of an entity is never held for it. */
  readonly minDeactivated: number;
}

export const defaultSafety: SafetySettings = { maxDeactivatedPercent: 10, minDeactivated: 10 };

export type { EntityTotals, RunTotals };
