import { z } from "zod";

/** The roster as programs read it: records as they stand, references as ids, nothing worked out. Times are ISO 8601. */

const status = z.enum(["active", "deactivated"]);
const id = z.uuid();
const lifecycle = { status, createdAt: z.iso.datetime(), updatedAt: z.iso.datetime(), deactivatedAt: z.iso.datetime().nullable() };
const texts = z.array(z.string());

export const FeedSchool = z.object({ id, name: z.string(), number: z.string().nullable(), grades: texts, ...lifecycle });
export const FeedTerm = z.object({
  id,
  name: z.string(),
  type: z.enum(["gradingPeriod", "semester", "schoolYear", "term"]),
  beginDate: z.iso.date(),
  endDate: z.iso.date(),
  schoolYear: z.int().nullable(),
  ...lifecycle,
});
export const FeedCourse = z.object({ id, name: z.string(), code: z.string().nullable(), subjects: texts, grades: texts, ...lifecycle });
export const FeedClassroom = z.object({
  id,
  name: z.string(),
  code: z.string().nullable(),
  classType: z.enum(["homeroom", "scheduled"]),
  subjects: texts,
  grades: texts,
  periods: texts,
  courseId: id.nullable(),
  schoolId: id,
  termIds: z.array(id),
  ...lifecycle,
});
export const FeedPerson = z.object({
  id,
  role: z.enum(["teacher", "learner"]),
  givenName: z.string(),
  middleName: z.string().nullable(),
  familyName: z.string(),
  email: z.string().nullable(),
  username: z.string().nullable(),
  grade: z.string().nullable(),
  studentNumber: z.string().nullable(),
  schoolIds: z.array(id),
  isBarred: z.boolean(),
  ...lifecycle,
});
export const FeedMembership = z.object({
  id,
  classroomId: id,
  personId: id,
  role: z.enum(["teacher", "co-teacher", "learner"]),
  beginDate: z.iso.date().nullable(),
  endDate: z.iso.date().nullable(),
  ...lifecycle,
});

export const feeds = {
  schools: FeedSchool,
  terms: FeedTerm,
  courses: FeedCourse,
  classrooms: FeedClassroom,
  people: FeedPerson,
  memberships: FeedMembership,
} as const;
export type FeedName = keyof typeof feeds;
export type FeedRecord<Name extends FeedName> = z.infer<(typeof feeds)[Name]>;

export interface FeedFilter {
  readonly status?: "active" | "deactivated" | undefined;
  /** Of people. */
  readonly role?: "teacher" | "learner" | undefined;
  /** Of memberships. */
  readonly classroomId?: string | undefined;
  /** Of memberships. */
  readonly personId?: string | undefined;
}
