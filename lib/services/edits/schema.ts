import { z } from "zod";

/** Free of Node: pages and components import this file. */

export type EditedEntity = "account" | "classroom";

const text = z.string().max(5_000).optional();
const list = z.array(z.string().max(500)).max(200).optional();

/** What of a person's values an admin gives; what is left out stays, a blank takes the value away. */
export const PersonEdit = z.strictObject({
  givenName: text,
  middleName: text,
  familyName: text,
  email: text,
  username: text,
  grade: text,
  studentNumber: text,
  schoolIds: z.array(z.string()).max(200).optional(),
});
export type PersonEdit = z.infer<typeof PersonEdit>;

/** The same of a classroom. Subjects and grades that are empty are those of its course. */
export const ClassroomEdit = z.strictObject({
  name: text,
  code: text,
  classType: text,
  subjects: list,
  grades: list,
  periods: list,
  courseId: z.string().optional(),
  schoolId: z.string().optional(),
  termIds: z.array(z.string()).max(200).optional(),
});
export type ClassroomEdit = z.infer<typeof ClassroomEdit>;

/** Each field that can be edited, with the roster's column. */
export const editColumns = {
  account: {
    givenName: "given_name",
    middleName: "middle_name",
    familyName: "family_name",
    email: "email",
    username: "username",
    grade: "grade",
    studentNumber: "student_number",
    schoolIds: "school_ids",
  },
  classroom: {
    name: "name",
    code: "code",
    classType: "class_type",
    subjects: "subjects",
    grades: "grades",
    periods: "periods",
    courseId: "course_id",
    schoolId: "school_id",
    termIds: "term_ids",
  },
} as const satisfies Record<EditedEntity, Record<string, string>>;

export const Reason = z.object({
  reason: z.string().trim().min(1, "Say why; it stands in the record's history").max(500, "At most 500 characters"),
});

/** One value that an admin decided, and what it would be without that. */
export interface KeptEdit {
  /** The column; `status`: an admin deactivated, reactivated, archived or brought back. */
  readonly field: string;
  readonly label: string;
  /** In words; null: blank. */
  readonly value: string | null;
  readonly sisValue: string | null;
  /** The SIS has come to say the same. The edit stays until it is released. */
  readonly isSame: boolean;
  /** Null: the operator, or an account that is gone. */
  readonly editedBy: string | null;
  readonly editedAt: string | null;
}

export interface HistoryEntry {
  readonly seq: number;
  readonly action: string;
  readonly at: string;
  readonly actor: string;
  readonly reason: string | null;
  readonly runId: string | null;
  readonly integrationId: string | null;
  readonly fields: readonly { readonly field: string; readonly before: string | null; readonly after: string | null }[];
}

/** What admins did to one record. */
export interface RecordEdits {
  /** Whether a SIS has or had the record, so that what is edited is kept against it. */
  readonly isFromSis: boolean;
  /** What its status would be without an admin's decision; null: no SIS knows it. */
  readonly sisStatus: "active" | "deactivated" | null;
  readonly edits: readonly KeptEdit[];
  readonly history: readonly HistoryEntry[];
}

export const editKinds = ["differs", "same"] as const;
/** What is not understood counts as left out: an old link still opens the list. */
export const EditsFilter = z.object({
  integration: z.uuid().optional().catch(undefined),
  kind: z.enum(editKinds).optional().catch(undefined),
  of: z.enum(["people", "classrooms"]).optional().catch(undefined),
  page: z.coerce.number().int().min(1).max(100_000).catch(1).default(1),
});
export type EditsFilter = z.infer<typeof EditsFilter>;

export const editsPageSize = 50;

export interface EditRow extends KeptEdit {
  readonly recordId: string;
  readonly kind: "teacher" | "learner" | "classroom" | "admin";
  readonly name: string;
  /** The integration that supplies the record's values, or did. */
  readonly integrationId: string | null;
  readonly integrationName: string | null;
}

export const actionWords: Readonly<Record<string, string>> = {
  edited: "Edited",
  released: "Given back to the SIS",
  deactivated: "Deactivated",
  reactivated: "Reactivated",
  "status-released": "Status given back to the SIS",
  barred: "Barred from signing in",
  unbarred: "Allowed to sign in",
  archived: "Archived",
  restored: "Brought back",
  said: "The SIS says something else; the edit stays",
};
