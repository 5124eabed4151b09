import type { Collection, Entity } from "#lib/roster/canonical.ts";
import type { RunTotals } from "#lib/roster/totals.ts";

/**
 * What the detectors look at: totals and small aggregates of a plan, made by SQL (lib/engine/sync/guard-facts.ts). A part that cannot
 * matter, because the plan has nothing of the kind, is empty.
 */
export interface GuardFacts {
  readonly totals: RunTotals;
  /** Active records of the district before the plan. */
  readonly activeBefore: Readonly<Record<Entity, number>>;
  /** Nothing was rostered by the integration before. */
  readonly isFirst: boolean;
  /** Accounts that Aivo has already and that the plan links for the first time, by email or student number. */
  readonly firstMatches: number;
  /** Records that lead to the account of somebody else and wait for an admin. */
  readonly takeovers: number;
  /** Records that the plan leads to by another id than before, of the same integration. Of a first sync none. */
  readonly reissued: Readonly<Record<Exclude<Entity, "membership">, number>>;
  /** Classrooms that Aivo has already and that a first sync links. */
  readonly firstClassrooms: number;
  readonly leaving: Leaving;
  readonly week: readonly WeekGroup[];
  readonly leftWithout: LeftWithout;
  readonly people: Readonly<Record<"teacher" | "learner", PeopleChanges | null>>;
  readonly classes: ClassChanges | null;
  readonly memberships: MembershipChanges | null;
  /** By collection that was read in full now and before. */
  readonly rows: Readonly<Partial<Record<Collection, RowCount>>>;
  readonly rollover: RolloverFacts | null;
  /** Lists read in full of which nothing but an empty page tells that they are whole. */
  readonly unproven: readonly Collection[];
}

/** Active people or classrooms of a school (of one of its grades), and how many of them the plan deactivates. */
export interface SchoolGroup {
  readonly kind: "teacher" | "learner" | "classroom";
  readonly schoolId: string;
  readonly schoolName: string;
  /** Learners only; null: all of the school. */
  readonly grade: string | null;
  readonly active: number;
  readonly gone: number;
  /** Of `gone`: learners of the oldest grade; classrooms of terms that end with this plan. */
  readonly goneAtRollover: number;
  /** Of `gone`: classrooms whose terms are all over by the calendar. */
  readonly goneOver: number;
}

export interface ClassGroup {
  readonly classroomId: string;
  readonly name: string;
  readonly active: number;
  /** Members who stay in the district and get no other class. */
  readonly lost: number;
}

export interface Leaving {
  readonly schools: readonly SchoolGroup[];
  /** Learners of the oldest grade who go. */
  readonly graduates: number;
  /** Classrooms that go, whose terms are all over by the calendar, and the memberships in them. */
  readonly over: { readonly classrooms: number; readonly memberships: number };
  /** Classrooms that go and whose terms are over or end with this plan, and the memberships in them. */
  readonly ofEndedTerms: { readonly classrooms: number; readonly memberships: number };
  /** Teachers' memberships in classes that stay: active before, and gone without another of that teacher. */
  readonly teaching: { readonly active: number; readonly gone: number };
  /** Classes that stay and lose most of their members: those hit hardest, and how many there are. */
  readonly emptied: readonly ClassGroup[];
  readonly emptiedCount: number;
  /** The most such classes that a sync of the last weeks had. */
  readonly emptiedUsually: number;
}

/** Seven days of applied runs, without what an admin approved and without a rollover. */
export interface WeekGroup {
  readonly kind: "teacher" | "learner";
  /** Null: the whole district. */
  readonly schoolId: string | null;
  readonly schoolName: string | null;
  readonly active: number;
  readonly gone: number;
  readonly arrived: number;
  /** What this plan takes and brings; of `taken`: learners of the oldest grade. */
  readonly taken: number;
  readonly takenAtRollover: number;
  readonly brought: number;
}

/**
 * Records that stay, or leave and are withheld, and whose school, term or course this plan deactivates, leaving them none. A class is
 * without a school only where it is withheld: one that says no school is not planned.
 */
export interface LeftWithout {
  readonly peopleWithoutSchool: number;
  readonly classesWithoutSchool: number;
  readonly classesWithoutTerm: number;
  readonly classesWithoutCourse: number;
}

/** One field: who had it, whose value changes, and to what. */
export interface FieldChanges {
  /** Records that have a value now. */
  readonly had: number;
  readonly changed: number;
  readonly blanked: number;
  /** Different values among those that changed. */
  readonly distinct: number;
  /** Whose new value is the old one of the record before or after it. */
  readonly shifted: number;
}

export interface PeopleChanges {
  /** Active people whom the integration rosters. */
  readonly known: number;
  readonly email: FieldChanges & { readonly domain: number };
  readonly givenName: FieldChanges;
  readonly familyName: FieldChanges;
  readonly grade: FieldChanges & { readonly promoted: number };
  readonly number: FieldChanges;
  readonly school: FieldChanges & { readonly promoted: number };
  /** Given and family name exchanged. */
  readonly exchanged: number;
  /** The same name in capitals, of which some were small. */
  readonly capitals: number;
}

export interface ClassChanges {
  readonly known: number;
  readonly name: FieldChanges;
  readonly term: FieldChanges;
  readonly course: FieldChanges;
  readonly school: FieldChanges;
}

export interface MembershipChanges {
  readonly known: number;
  readonly datesChanged: number;
  /** Whose end is now before today, and was not. */
  readonly ended: number;
}

export interface RowCount {
  readonly now: number;
  readonly last: number;
  /** The largest loss between two earlier reads that nobody had to approve. */
  readonly usualLoss: number;
  /** How many records of it go. */
  readonly missing: number;
  /** Of `missing`: roles of people who go as well, whom the list of people tells. */
  readonly withTheirPeople: number;
  /** Whether these all stood at the end of the order in which they were read before. */
  readonly isTail: boolean;
}

export interface RolloverFacts {
  /** Active classrooms that the integration rosters before the plan. */
  readonly classrooms: number;
  readonly newTerms: number;
  /** Classrooms that the plan creates in terms that it creates. */
  readonly newClassrooms: number;
  /** `YYYY-MM-DD` */
  readonly oldEnds: string;
  readonly newBegins: string;
  /** In the district. */
  readonly today: string;
}
