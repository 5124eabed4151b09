import { programNamed } from "#lib/services/audit-log/labels.ts";
import type { ViewRow, ViewWords } from "./schema.ts";

/** Free of Node: pages import this file. */

/** Where it was, after "in" or "on". Commands and operations of the API stand as they are. */
const places: Readonly<Record<string, string>> = {
  "/home": "the own classes",
  "/overview": "Overview",
  "/roster/teachers": "the list of teachers",
  "/roster/learners": "the list of learners",
  "/roster/schools/[id]": "a school’s page",
  "/roster/classrooms/[id]": "a class’s page",
  "/roster/teachers/[id]": "a teacher’s page",
  "/roster/learners/[id]": "a learner’s page",
  "/roster/edits": "the list of edits",
  "/why": "a search in Why",
  "/why/person": "Why, of one person",
  "/conflicts": "the list of conflicts",
  "/conflicts/[integration]/[seq]": "a conflict",
  "/integrations/[id]/withheld": "what waits for a decision",
  "/integrations/[id]/runs/[runId]": "a sync’s page",
  "/integrations/[id]/runs/[runId]/changes": "the changes of a sync",
  "/integrations/[id]/runs/[runId]/issues": "the issues of a sync",
  "/integrations/[id]/runs/[runId]/issues/[seq]": "an issue of a sync",
  "/audit-log": "the audit log",
  "/audit-log/views": "the list of views",
  "/settings/retention": "Retention",
  "/settings/team": "Team",
  lookAtPersonSync: "what a sync of one person changed",
  lookAtUndo: "what an undo would leave alone",
  "POST /api/find": "a search",
  "GET /api/find/about": "a search, beside what was found",
  "GET /api/roster/people": "a download of the list",
  "GET /api/people/[id]/export": "a download of one person’s data",
  "GET /api/roster/edits": "a download of edits",
  "POST /api/runs/[runId]/parts": "a part of a plan",
  "GET /api/runs/[runId]/changes": "a download of changes",
  "GET /api/runs/[runId]/issues": "a download of issues",
  "GET /api/audit-log/export": "a download of the audit log",
  "GET /api/audit-log/views": "a download of views",
};
export const placed: ReadonlySet<string> = new Set(Object.keys(places));

/** "the list of learners (status: active)"; "sis person export"; "GET /api/v1/issues". */
export function placeOf({ door, filter }: Pick<ViewRow, "door" | "filter">): string {
  const narrowed = Object.entries(filter ?? {}).map(([key, value]) =>
    value === "…" ? `${labels[key] ?? key} given` : `${labels[key] ?? key}: ${value}`,
  );
  return `${places[door] ?? door}${narrowed.length === 0 ? "" : ` (${narrowed.join(", ")})`}`;
}

const labels: Readonly<Record<string, string>> = {
  q: "words to search for",
  search: "words to search for",
  actor: "who",
  from: "from",
  to: "to",
};

export const wordsOf: ViewWords = (view) => ({ who: viewerOf(view), where: placeOf(view) });

export function viewerOf({ actorKind, actorName }: Pick<ViewRow, "actorKind" | "actorName">): string {
  if (actorKind === "operator") return "The operator";
  return actorKind === "program" ? programNamed(actorName) : (actorName ?? "An account that was removed");
}
