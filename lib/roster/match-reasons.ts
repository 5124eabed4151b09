/** How a record was found when the SIS's id was linked to it. */
export const matchReasons = ["created", "email", "student-number", "school-number", "same-values", "classroom-and-person"] as const;
export type MatchReason = (typeof matchReasons)[number];
