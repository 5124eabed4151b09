import type { IssueCode } from "#lib/roster/issue-codes.ts";

/** What is wrong with a record may be right once another record changes; all other issues only its own change can mend. */
export const resolvedByOthers: ReadonlySet<IssueCode> = new Set([
  "reference-school",
  "reference-term",
  "reference-course",
  "reference-org",
  "reference-class",
  "reference-user",
  "enrollment-role",
  "enrollment-not-rostered",
  "enrollment-repeated",
  "match-contested",
  "match-ambiguous",
  "match-role",
  "match-takeover",
  "email-shared",
  "student-number-shared",
]);
