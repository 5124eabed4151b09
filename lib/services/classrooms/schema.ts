import { z } from "zod";
import { gradeCodes } from "#lib/roster/grade.ts";
import type { Origin } from "#lib/services/origins/schema.ts";
import { type NamedRef, type RecordStatus, rosterFilterShape } from "#lib/services/people/schema.ts";

export const classroomSorts = ["name", "school", "code"] as const;
export type ClassroomSort = (typeof classroomSorts)[number];

export const ClassroomsFilter = z.object({
  ...rosterFilterShape,
  school: z.uuid().optional().catch(undefined),
  grade: z.enum(gradeCodes).optional().catch(undefined),
  sort: z.enum(classroomSorts).catch("name").default("name"),
});
export type ClassroomsFilter = z.infer<typeof ClassroomsFilter>;

export interface ClassroomRow {
  readonly id: string;
  readonly name: string;
  readonly code: string | null;
  readonly status: RecordStatus;
  readonly school: NamedRef | null;
  /** The class's own, or those of its course. */
  readonly subjects: readonly string[];
  /** The class's own, or those of its course. */
  readonly grades: readonly string[];
  readonly terms: readonly string[];
  /** Family names of its active teachers, the responsible one first. */
  readonly teachers: readonly string[];
  readonly learnerCount: number;
}

export interface ClassroomPerson {
  readonly accountId: string;
  readonly accountRole: "admin" | "teacher" | "learner";
  readonly givenName: string;
  readonly middleName: string | null;
  readonly familyName: string;
  readonly email: string | null;
  readonly grade: string | null;
  readonly accountStatus: RecordStatus;
  readonly role: "teacher" | "co-teacher" | "learner";
  /** Of the membership. */
  readonly status: RecordStatus;
  readonly beginDate: string | null;
  readonly endDate: string | null;
}

export interface ClassroomDetail {
  readonly id: string;
  readonly name: string;
  readonly code: string | null;
  readonly classType: "homeroom" | "scheduled";
  readonly status: RecordStatus;
  readonly school: NamedRef | null;
  readonly course: { readonly name: string; readonly code: string | null } | null;
  readonly subjects: readonly string[];
  readonly subjectsAreOfCourse: boolean;
  readonly grades: readonly string[];
  readonly gradesAreOfCourse: boolean;
  readonly periods: readonly string[];
  readonly terms: readonly { readonly name: string; readonly beginDate: string; readonly endDate: string }[];
  /** Teachers first, then learners by name; of those with a deactivated membership too. */
  readonly people: readonly ClassroomPerson[];
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly deactivatedAt: string | null;
  readonly origins: readonly Origin[];
}
