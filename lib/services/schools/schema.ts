import { z } from "zod";
import type { Origin } from "#lib/services/origins/schema.ts";
import { type Page, type RecordStatus, rosterFilterShape } from "#lib/services/people/schema.ts";

export const schoolSorts = ["name", "number", "learners"] as const;
export type SchoolSort = (typeof schoolSorts)[number];

export const SchoolsFilter = z.object({ ...rosterFilterShape, sort: z.enum(schoolSorts).catch("name").default("name") });
export type SchoolsFilter = z.infer<typeof SchoolsFilter>;

export interface SchoolRow {
  readonly id: string;
  readonly name: string;
  readonly number: string | null;
  /** The school's own, or those of its active learners where the SIS states none. */
  readonly grades: readonly string[];
  readonly status: RecordStatus;
  /** Those that are not over. */
  readonly classroomCount: number;
  readonly teacherCount: number;
  readonly learnerCount: number;
}

export interface SchoolDetail extends SchoolRow {
  /** Whether `grades` are those of the learners. */
  readonly gradesAreOfLearners: boolean;
  /** Active learners of each grade; null: without one. */
  readonly learnersByGrade: readonly { readonly grade: string | null; readonly count: number }[];
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly deactivatedAt: string | null;
  readonly origins: readonly Origin[];
}

export interface SchoolsPage extends Page<SchoolRow> {
  /** Where a search finds none: what nearly is it and does, the nearest first. */
  readonly alike: readonly string[];
}
