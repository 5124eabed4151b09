/** How a record was found when the SIS's id was linked to it. */
export const matchReasons = [
  "created",
  "legacy-id",
  "email",
  "student-number",
  "school-number",
  "same-values",
  "same-name",
  "same-dates",
  "same-code",
  "same-class",
  "decided",
  "person-key",
  "classroom-and-person",
] as const;
export type MatchReason = (typeof matchReasons)[number];

export const matchReasonLabels: Readonly<Record<MatchReason, string>> = {
  created: "Created in Aivo for it",
  "legacy-id": "Linked by the id that it had in the version of before",
  email: "Matched by email address",
  "student-number": "Matched by student number",
  "school-number": "Matched by school number",
  "same-values": "Matched by equal values",
  "same-name": "Matched by name",
  "same-dates": "Matched by dates",
  "same-code": "Matched by code",
  "same-class": "Recognized by school, code, teacher and members",
  decided: "Decided by an admin",
  "person-key": "Matched by another id of the same person",
  "classroom-and-person": "Matched by classroom and person",
};
