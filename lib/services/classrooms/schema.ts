import { z } from "zod";
import { gradeCodes } from "#lib/roster/grade.ts";
import { type When, whens } from "#lib/roster/when.ts";
import type { Origin } from "#lib/services/origins/schema.ts";
import { type NamedRef, type Page, type RecordStatus, rosterFilterShape } from "#lib/services/people/schema.ts";

export const classroomSorts = ["name", "school", "code"] as const;
export type ClassroomSort = (typeof classroomSorts)[number];

/** Without a choice: now and upcoming; of a list that is not of active classrooms alone, all. */
export const whenFilters = [...whens, "all"] as const;

export const ClassroomsFilter = z.object({
  ...rosterFilterShape,
  when: z.enum(whenFilters).optional().catch(undefined),
  /** Only those that began or ended on this day, as noted then (lib/services/terms), whenever they are now. */
  turned: z.iso.date().optional().catch(undefined),
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
  readonly when: When;
  /** The first and the last day of its terms; null: none tells. */
  readonly beginsOn: string | null;
  readonly endsOn: string | null;
  readonly school: NamedRef | null;
  /** The class's own, or those of its course. */
  readonly subjects: readonly string[];
  /** The class's own, or those of its course. */
  readonly grades: readonly string[];
  readonly terms: readonly string[];
  /** Family names of its active teachers, the responsible one first. */
  readonly teachers: readonly string[];
  /** Of those whose membership counts at present (lib/platform/db/class-days.ts). */
  readonly learnerCount: number;
}

/** One page, and how many there are of each when, whichever is chosen. */
export interface ClassroomsPage extends Page<ClassroomRow> {
  readonly counts: Readonly<Record<When, number>>;
  /** Where a search finds none: what nearly is it and does, the nearest first. */
  readonly alike: readonly string[];
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
  /** Of the membership: its own dates within those of the classroom. */
  readonly when: When;
  /** Whether the membership is one of those that the classroom is said to have at present. */
  readonly counts: boolean;
  readonly beginDate: string | null;
  readonly endDate: string | null;
}

export interface ClassroomTerm {
  readonly name: string;
  readonly beginDate: string;
  readonly endDate: string;
  /** A term that is deactivated says nothing about when the classroom is. */
  readonly status: RecordStatus;
}

export interface ClassroomDetail {
  readonly id: string;
  readonly name: string;
  readonly code: string | null;
  readonly classType: "homeroom" | "scheduled";
  readonly status: RecordStatus;
  readonly deactivatedBy: "sync" | "admin" | null;
  readonly when: When;
  readonly beginsOn: string | null;
  readonly endsOn: string | null;
  readonly school: NamedRef | null;
  readonly course: { readonly name: string; readonly code: string | null } | null;
  readonly subjects: readonly string[];
  readonly subjectsAreOfCourse: boolean;
  readonly grades: readonly string[];
  readonly gradesAreOfCourse: boolean;
  readonly periods: readonly string[];
  readonly terms: readonly ClassroomTerm[];
  /** Teachers first, then learners by name; of those with a deactivated membership too. */
  readonly people: readonly ClassroomPerson[];
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly deactivatedAt: string | null;
  readonly origins: readonly Origin[];
}
