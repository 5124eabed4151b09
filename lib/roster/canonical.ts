/**
 * The canonical roster: what every SIS is reduced to before anything is compared or stored.
 * References between records are still the SIS's own ids ("external ids"); the plan resolves them.
 */

/** Collections of a SIS in the order in which references resolve; OneRoster's names. */
export const collections = ["orgs", "academicSessions", "courses", "classes", "users", "roles", "enrollments"] as const;
export type Collection = (typeof collections)[number];

/** Of which a record becomes one of Aivo's. A role does not: it says what somebody is, and where (fold-roles.ts). */
export const rosteredCollections = ["orgs", "academicSessions", "courses", "classes", "users", "enrollments"] as const;
export type RosteredCollection = (typeof rosteredCollections)[number];

export function isRosteredCollection(collection: Collection): collection is RosteredCollection {
  return collection !== "roles";
}

/** What Aivo stores, as counted in a run's totals and recorded in changes. */
export const entities = ["school", "term", "course", "classroom", "teacher", "learner", "membership"] as const;
export type Entity = (typeof entities)[number];

/** What an external id can point to. Teachers and learners share the accounts table. */
export const linkEntities = ["school", "term", "course", "classroom", "account", "membership"] as const;
export type LinkEntity = (typeof linkEntities)[number];

export const collectionOfLinkEntity: Record<LinkEntity, RosteredCollection> = {
  school: "orgs",
  term: "academicSessions",
  course: "courses",
  classroom: "classes",
  account: "users",
  membership: "enrollments",
};

export const linkEntityOfCollection = Object.fromEntries(linkEntities.map((entity) => [collectionOfLinkEntity[entity], entity])) as Record<
  RosteredCollection,
  LinkEntity
>;

/** Where a record stood in what the SIS sent. `part` is a file or an endpoint, `position` the line where the row starts or the page. */
export interface SourcePlace {
  readonly part: string;
  readonly position: number;
}

export interface School {
  readonly externalId: string;
  readonly name: string;
  readonly number: string | null;
  /** Canonical grade codes as the SIS states them for the school; empty where it does not (grades are then those of its learners). */
  readonly grades: readonly string[];
}

export interface Term {
  readonly externalId: string;
  readonly name: string;
  readonly type: "gradingPeriod" | "semester" | "schoolYear" | "term";
  /** `YYYY-MM-DD` */
  readonly beginDate: string;
  /** `YYYY-MM-DD` */
  readonly endDate: string;
  /** The calendar year in which the school year ends. */
  readonly schoolYear: number | null;
}

export interface Course {
  readonly externalId: string;
  readonly name: string;
  readonly code: string | null;
  readonly subjects: readonly string[];
  readonly grades: readonly string[];
}

export interface Classroom {
  readonly externalId: string;
  readonly name: string;
  readonly code: string | null;
  readonly classType: "homeroom" | "scheduled";
  /** The class's own subjects; empty means "those of its course". */
  readonly subjects: readonly string[];
  /** The class's own grades; empty means "those of its course". */
  readonly grades: readonly string[];
  readonly periods: readonly string[];
  readonly courseExternalId: string | null;
  readonly schoolExternalId: string;
  readonly termExternalIds: readonly string[];
}

export type PersonRole = "teacher" | "learner";

export interface Person {
  readonly externalId: string;
  /** Null where it is told apart from the person, by roles. */
  readonly role: PersonRole | null;
  readonly givenName: string;
  readonly middleName: string | null;
  readonly familyName: string;
  /** Trimmed and lower-cased. Not an identity where several people share it. */
  readonly email: string | null;
  readonly username: string | null;
  /** Learners only; a canonical grade code. */
  readonly grade: string | null;
  /** Learners only. */
  readonly studentNumber: string | null;
  readonly schoolExternalIds: readonly string[];
  /** Of people whose roles are told apart from them (OneRoster 1.2). Their grade and student number are as read, whatever they turn out to be. */
  readonly apart?: PersonApart;
}

/** What OneRoster 1.2 says of a person and 1.1 does not. */
export interface PersonApart {
  /** The same in all records of a person who has several. */
  readonly masterId: string | null;
  /** `type:identifier` of those types of userIds of which the connection says that they identify a person. */
  readonly personKeys: readonly string[];
  /** What the SIS called the person before its ids changed. */
  readonly legacyId: string | null;
  /** Which of the schools is listed first; no membership of its own. */
  readonly primaryOrgExternalId: string | null;
}

/** One role of a person at one org, for a time. It leads to no record: what a person is and where comes of all their roles. */
export interface Role {
  readonly externalId: string;
  readonly personExternalId: string;
  /** A word of role-words.ts, or the SIS's own, `ext:…`. */
  readonly word: string;
  readonly type: "primary" | "secondary" | null;
  readonly orgExternalId: string;
  /** `YYYY-MM-DD`, the first day; null: open. */
  readonly beginDate: string | null;
  /** `YYYY-MM-DD`, the day after the last; null: open. */
  readonly endDate: string | null;
}

export const membershipRoles = ["teacher", "co-teacher", "learner"] as const;
export type MembershipRole = (typeof membershipRoles)[number];

export interface Membership {
  readonly externalId: string;
  readonly classExternalId: string;
  readonly personExternalId: string;
  readonly role: MembershipRole;
  /** `YYYY-MM-DD`, or null: the class's terms apply. */
  readonly beginDate: string | null;
  readonly endDate: string | null;
}

export interface CanonicalByCollection {
  orgs: School;
  academicSessions: Term;
  courses: Course;
  classes: Classroom;
  users: Person;
  roles: Role;
  enrollments: Membership;
}
