import { paths } from "#app/paths.ts";
import type { PersonChanged } from "#lib/services/runs/people-changed-schema.ts";
import type { RecordRef } from "#lib/services/runs/schema.ts";

/** The page of a record in the roster; null for what has none (terms, courses, admins). */
export function recordHref(record: RecordRef): string | null {
  switch (record.kind) {
    case "school":
      return paths.rosterRecord("schools", record.id);
    case "classroom":
      return paths.rosterRecord("classrooms", record.id);
    case "teacher":
      return paths.rosterRecord("teachers", record.id);
    case "learner":
      return paths.rosterRecord("learners", record.id);
    case "membership":
      return record.classroomId === null ? null : paths.rosterRecord("classrooms", record.classroomId);
    case "term":
    case "course":
    case "admin":
      return null;
  }
}

/** The page of somebody whom a run changed. */
export function personHref({ role, accountId }: Pick<PersonChanged, "role" | "accountId">): string {
  return paths.rosterRecord(role === "teacher" ? "teachers" : "learners", accountId);
}
