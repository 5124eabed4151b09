import type { Entity } from "./canonical.ts";
import type { EntityTotals, RunTotals } from "./totals.ts";

/** Limits beyond which a plan waits for an admin. Percentages of what was active before. */
export interface SafetySettings {
  readonly maxDeactivatedPercent: number;
  /** A plan that deactivates no more than this many records of an entity is never held for it. */
  readonly minDeactivated: number;
}

export const defaultSafety: SafetySettings = { maxDeactivatedPercent: 10, minDeactivated: 10 };

/** Whether a plan may be applied, or waits for an admin, with a sentence for each entity that is beyond its limit. */
export type Verdict = { readonly verdict: "apply" } | { readonly verdict: "hold"; readonly reasons: readonly string[] };

/** Terms and courses end with every school year and take nothing away from anybody, so they are never a reason to hold a plan. */
const guardedNames: Readonly<Record<Entity, string | null>> = {
  school: "schools",
  term: null,
  course: null,
  classroom: "classrooms",
  teacher: "teachers",
  learner: "learners",
  membership: "class memberships",
};

/**
 * Holds a plan that deactivates more of an entity than the integration's safety settings allow: more than `minDeactivated`
 * records, and more than `maxDeactivatedPercent` of those that were active before the plan.
 */
export function guard(totals: RunTotals, activeBefore: Readonly<Record<Entity, number>>, safety: SafetySettings): Verdict {
  const reasons: string[] = [];
  for (const [entity, name] of Object.entries(guardedNames) as [Entity, string | null][]) {
    const { deactivated } = totals[entity];
    const active = activeBefore[entity];
    if (name === null || !isBeyond(deactivated, active, safety)) continue;
    const share = percentAbove((100 * deactivated) / active, safety.maxDeactivatedPercent);
    reasons.push(
      `The sync would deactivate ${count(deactivated)} of ${count(active)} ${name} (${share}%); the limit is ${safety.maxDeactivatedPercent}%.`,
    );
  }
  return reasons.length === 0 ? { verdict: "apply" } : { verdict: "hold", reasons };
}

function isBeyond(deactivated: number, active: number, safety: SafetySettings): boolean {
  return deactivated > safety.minDeactivated && 100 * deactivated > safety.maxDeactivatedPercent * active;
}

/** Rounded, but never so far that "10% of a limit of 10%" would read as a contradiction. */
function percentAbove(percent: number, limit: number): string {
  for (let digits = 0; digits < 4; digits++) {
    const rounded = Number(percent.toFixed(digits));
    if (rounded > limit) return String(rounded);
  }
  return `just over ${limit}`;
}

function count(value: number): string {
  return value.toLocaleString("en-US");
}

export type { EntityTotals, RunTotals };
