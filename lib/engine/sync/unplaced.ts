import type { IssueCode } from "#lib/roster/issue-codes.ts";

/** A record with one of these is not placed, and is once others change. */
export const unplaced: ReadonlySet<IssueCode> = new Set([
  "reference-school",
  "enrollment-role",
  "enrollment-not-rostered",
  "match-contested",
  "match-ambiguous",
  "match-role",
  "match-takeover",
  "match-namesake",
  "match-ignored",
]);
