import type { PartId } from "#lib/roster/plan-parts.ts";
import type { ChangeFilter } from "./filters-schema.ts";
import type { RunTotals } from "./schema.ts";

/** What a plan that waits looks like: a new year, ids given anew, accounts that are there already, or something missing. */
export type HeldLook = "new-year" | "ids" | "matches" | "harm";

export interface HeldSign {
  readonly figure: string;
  readonly words: string;
}

/** What a plan brings beside what can be left out of it; goes with every approval. */
export type FixedPart = "arrivals" | "links" | "classes" | "places";

export interface HeldPart {
  readonly id: PartId | FixedPart;
  readonly title: string;
  readonly note: string | null;
  readonly count: number;
  /** Why it cannot be left out, in a sentence; null: it can. */
  readonly whyWithAll: string | null;
  /** What becomes of it where it is left out: "The 34 keep their accounts". */
  readonly leftOut: string;
  /** Not what the look explains: left out unless somebody chooses it. */
  readonly isOdd: boolean;
  /** Its changes in the list of all. */
  readonly filter: Pick<ChangeFilter, "entity" | "action">;
}

/** Learners and classes, as they are and as they would be. Of whom who is at more than one school the first counts. */
export interface Impact {
  readonly now: number;
  readonly stay: number;
  readonly moveIn: number;
  readonly arrive: number;
  readonly leave: number;
  readonly after: number;
  readonly classesBefore: number;
  readonly classesAfter: number;
}

export interface SchoolImpact extends Impact {
  /** Null: of no school. */
  readonly schoolId: string | null;
  readonly name: string;
  /** Among the schools of the district by name, from 0; null for one that the plan would bring. */
  readonly place: number | null;
}

export interface HeldExample {
  readonly id: string;
  /** Null while it does not exist. */
  readonly role: "learner" | "teacher" | null;
  readonly name: string;
  /** What kind of change it stands for: "goes on to another school". */
  readonly kind: string;
  readonly isOdd: boolean;
  readonly before: readonly [string, string | null];
  readonly after: readonly [string, string | null];
}

/** All that a decision about a plan that waits needs to see. Times are ISO 8601. */
export interface HeldPlan {
  readonly look: HeldLook;
  /** What it looks like, as a sentence. */
  readonly headline: string;
  /** What it would do and why it waits, as sentences. */
  readonly because: string;
  readonly signs: readonly HeldSign[];
  readonly parts: readonly HeldPart[];
  /** Those that most happens to. */
  readonly schools: readonly SchoolImpact[];
  readonly schoolCount: number;
  readonly district: Impact;
  readonly examples: readonly HeldExample[];
  /** How many learners and teachers arrive, change or leave. */
  readonly people: number;
  /** When it is dropped; null: a plan of an older version. */
  readonly expiresAt: string | null;
  /** Whether a school year begins then. */
  readonly expiresAtYear: boolean;
  /** Stands for the parts that are shown. */
  readonly hash: string;
}

/** What the words of a plan are made of. */
export interface HeldFacts {
  readonly number: number;
  readonly totals: RunTotals;
  readonly district: Impact;
  readonly schoolCount: number;
  /** Of learners whose grade or school changes. */
  readonly gradesUp: number;
  readonly otherSchools: number;
  readonly newTerms: number;
  /** A day; null: no new term. */
  readonly newBegins: string | null;
}
