import type { Tone } from "#components/ui/tone.ts";
import { formatPlace } from "#lib/platform/format/source-place.ts";
import type { Collection } from "#lib/roster/canonical.ts";
import type { IssueState } from "#lib/services/runs/filters-schema.ts";
import type { IssueRow } from "#lib/services/runs/schema.ts";

export const severityWords: Record<IssueRow["severity"], { readonly label: string; readonly tone: Tone; readonly means: string }> = {
  error: { label: "Left out", tone: "bad", means: "The record was left out" },
  warning: { label: "Degraded", tone: "warn", means: "The record came through, but not as the SIS has it" },
  notice: { label: "Notice", tone: "info", means: "Worth knowing; nothing was lost" },
};

/** What a run has to do with an issue that it lists. */
export const stateWords: Record<IssueState, string> = { new: "New", continuing: "Continuing", resolved: "Resolved" };
export const stateTones: Record<IssueState, Tone> = { new: "warn", continuing: "neutral", resolved: "good" };

export const collectionWords: Record<Collection, string> = {
  orgs: "Schools",
  academicSessions: "Terms",
  courses: "Courses",
  classes: "Classes",
  users: "People",
  roles: "Roles",
  enrollments: "Enrollments",
};

/** "users.csv, line 812"; for an endpoint its page. */
export function placeOf(issue: Pick<IssueRow, "sourcePart" | "sourcePosition">): string {
  return formatPlace(issue.sourcePart, issue.sourcePosition);
}
