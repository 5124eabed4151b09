import { z } from "zod";
import { gradeCodes } from "#lib/roster/grade.ts";
import type { Sight, When } from "#lib/roster/when.ts";
import type { Origin } from "#lib/services/origins/schema.ts";

/** Free of Node: pages and components import this file. */

export const personRoles = ["teacher", "learner"] as const;
export type PersonRole = (typeof personRoles)[number];
/** What an address says; what is not understood are learners. */
export const PeopleRole = z.enum(personRoles).catch("learner");

export type RecordStatus = "active" | "deactivated";
/** Which records a list shows; without it, those in use. */
export const statusFilters = ["active", "deactivated", "all"] as const;

export const rosterPageSize = 50;

export const personSorts = ["name", "email", "grade", "number"] as const;
export type PersonSort = (typeof personSorts)[number];

/** Parts of every roster address. What is not understood counts as left out: an old link still opens the list. */
export const rosterFilterShape = {
  q: z.string().trim().max(200).catch("").default(""),
  status: z.enum(statusFilters).catch("active").default("active"),
  direction: z.enum(["asc", "desc"]).catch("asc").default("asc"),
  page: z.coerce.number().int().min(1).max(100_000).catch(1).default(1),
};

/**
 * Which people a list shows; without it, those who should be in Aivo now: the active, and who never arrived. `left`: left their SIS and can still
 * sign in; `misses`: a class of the SIS did not come through for them; `absent`: a SIS has them and Aivo does not.
 */
export const peopleStatuses = ["active", "left", "misses", "absent", "deactivated", "all"] as const;

export const PeopleFilter = z.object({
  ...rosterFilterShape,
  status: z.enum(peopleStatuses).catch("active").default("active"),
  school: z.uuid().optional().catch(undefined),
  grade: z.enum(gradeCodes).optional().catch(undefined),
  sort: z.enum(personSorts).catch("name").default("name"),
});
export type PeopleFilter = z.infer<typeof PeopleFilter>;

/** One page of a list that the database cut. */
export interface Page<T> {
  readonly rows: readonly T[];
  /** Of all pages. */
  readonly total: number;
  readonly page: number;
  readonly pageSize: number;
}

export interface NamedRef {
  readonly id: string;
  readonly name: string;
}

export interface PersonRow {
  readonly id: string;
  readonly givenName: string;
  readonly middleName: string | null;
  readonly familyName: string;
  readonly email: string | null;
  readonly grade: string | null;
  readonly studentNumber: string | null;
  readonly status: RecordStatus;
  readonly isBarred: boolean;
  readonly schools: readonly NamedRef[];
  /** Active classrooms with an active membership, now and upcoming. */
  readonly classroomCount: number;
  /** No SIS lists them any more; the account is active, and they can sign in with it. */
  readonly hasLeft: boolean;
  /** Enrollments that a SIS has for them and Aivo does not. */
  readonly missedCount: number;
}

/** Somebody whom a SIS has and Aivo does not. */
export interface AbsentRow {
  /** As lib/services/why names them. */
  readonly ref: string;
  readonly givenName: string;
  readonly middleName: string | null;
  readonly familyName: string;
  readonly grade: string | null;
  readonly studentNumber: string | null;
  readonly schools: readonly NamedRef[];
  /** "users.csv, line 1190"; null: not known. */
  readonly place: string | null;
  /** Why, in an admin's words. */
  readonly cause: string;
}

/** A line of the list of teachers or learners. */
export type ListedPerson =
  | { readonly kind: "account"; readonly account: PersonRow }
  | { readonly kind: "absent"; readonly absent: AbsentRow };

export interface PeopleList extends Page<ListedPerson> {
  /** Of all that the filter finds: what an admin should know first. */
  readonly told: { readonly left: number; readonly absent: number; readonly misses: number };
  /** Where a search finds nobody: what nearly is it and does, the nearest first. */
  readonly alike: readonly AlikeSearch[];
}

/** A search that finds somebody. */
export interface AlikeSearch {
  readonly q: string;
  /** As lib/services/why names people: who is nearly called so. */
  readonly refs: readonly string[];
}

export interface PersonClassroom {
  readonly id: string;
  readonly name: string;
  readonly classroomStatus: RecordStatus;
  readonly role: "teacher" | "co-teacher" | "learner";
  /** Of the membership. */
  readonly status: RecordStatus;
  /** Of the membership: its own dates within those of the classroom. */
  readonly when: When;
  /** The first and the last day of the classroom's terms; null: none tells. */
  readonly beginsOn: string | null;
  readonly endsOn: string | null;
  readonly beginDate: string | null;
  readonly endDate: string | null;
  readonly schoolName: string | null;
  readonly periods: readonly string[];
  /** "R. Alvarez", the responsible one first; of many the first three. */
  readonly teachers: readonly string[];
  readonly terms: readonly string[];
}

export interface PersonDetail {
  readonly id: string;
  readonly role: PersonRole;
  readonly givenName: string;
  readonly middleName: string | null;
  readonly familyName: string;
  readonly email: string | null;
  readonly username: string | null;
  readonly grade: string | null;
  readonly studentNumber: string | null;
  readonly status: RecordStatus;
  readonly deactivatedBy: "sync" | "admin" | null;
  /** Since when an admin does not let the person sign in; null: they do. */
  readonly barredAt: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly deactivatedAt: string | null;
  readonly schools: readonly NamedRef[];
  readonly classrooms: readonly PersonClassroom[];
  readonly origins: readonly Origin[];
}

export interface OwnClassroom {
  readonly id: string;
  readonly name: string;
  /** Of the membership: its own dates within those of the classroom. */
  readonly when: When;
  readonly sight: Sight;
  /** The first and the last day on which it is theirs; null: open. */
  readonly beginsOn: string | null;
  readonly endsOn: string | null;
  /** The class's own, or those of its course. */
  readonly subjects: readonly string[];
  readonly periods: readonly string[];
  readonly schoolName: string | null;
  readonly terms: readonly { readonly name: string; readonly beginDate: string; readonly endDate: string }[];
  readonly teachers: readonly string[];
  /** For teachers; a learner does not see who else is in the class. */
  readonly learners: readonly string[] | null;
  /** The ids of all who are named. */
  readonly people: readonly string[];
}
