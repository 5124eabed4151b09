import type { RunTotals } from "./totals.ts";

/**
 * The parts of a plan that can be left out when it is approved: what is left out waits by itself (withheld_records), the rest is applied.
 * They are what a withholding can keep back, withdrawals and values; what a plan creates or links goes with all.
 */
export const partIds = [
  "classes-end",
  "memberships-end",
  "learners-leave",
  "learners-finish",
  "teachers-leave",
  "learners-move-up",
  "details",
] as const;
export type PartId = (typeof partIds)[number];

/** The columns of people whose new values belong to a part, by role. */
export const fieldsOfParts = {
  "learners-move-up": { learner: ["grade", "school_ids"], teacher: [] },
  details: {
    learner: ["given_name", "middle_name", "family_name", "email", "username", "student_number"],
    teacher: ["given_name", "middle_name", "family_name", "email", "username", "student_number", "grade", "school_ids"],
  },
} as const satisfies Partial<Record<PartId, Record<"learner" | "teacher", readonly string[]>>>;

/** Of a part all, some of its records (`records`), or all but some (`except`), by their ids in Aivo. */
export interface PartSelection {
  readonly part: PartId;
  readonly records?: readonly string[];
  readonly except?: readonly string[];
}

/** So many records of a part are chosen singly at most: who means more leaves the part out, and decides on each where it waits. */
export const mostSingly = 1_000;

/**
 * Why a part cannot be left out of a plan with these totals, in a sentence; null: it can. What others depend on takes them along: whoever
 * stayed would stay without it.
 */
export function whyWithAll(part: PartId, totals: RunTotals, isNewYear: boolean): string | null {
  if (totals.school.deactivated > 0) return "Goes with all: schools end with it, and whoever stayed would have none.";
  if (part !== "classes-end") return null;
  if (isNewYear) return "Goes with all: the old classes give way to the new ones.";
  if (totals.term.deactivated + totals.course.deactivated > 0) return "Goes with all: the terms or courses of these classes end with them.";
  return null;
}
