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

/** The columns of whoever has the role whose values are left out. */
export function fieldsLeftOut(parts: readonly PartId[], role: "learner" | "teacher"): readonly string[] {
  return (["learners-move-up", "details"] as const).filter((part) => parts.includes(part)).flatMap((part) => fieldsOfParts[part][role]);
}

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
