import type { Slip } from "#lib/roster/nearest-id.ts";
import type { RunRef } from "#lib/services/record-history/schema.ts";
import type { WhyTarget } from "#lib/services/why/schema.ts";

/** Free of Node: pages and components import this file. */

/** `broken`: here it did not get on; `none`: where it never arrived, or is no longer, as was decided. */
export type CameState = "ok" | "broken" | "none";

/** One link of what the SIS says → Aivo read → matched → in Aivo. */
export interface CameLink {
  readonly word: string;
  readonly state: CameState;
  /** What is so, in few words; null: `at` is what is so. */
  readonly what: string | null;
  readonly at: string | null;
  /** Smaller: where it stood, the cause. */
  readonly detail: string | null;
  readonly since: string | null;
  readonly run: RunRef | null;
}

export interface CameRow {
  readonly name: string;
  readonly links: readonly CameLink[];
}

/** A record of the SIS whose id is one slip away from one that it names and does not have. */
export interface NearestId {
  readonly externalId: string;
  /** "Chemistry 11, Period 4" */
  readonly name: string;
  /** "two digits may be swapped" */
  readonly why: string;
  readonly slip: Slip;
  readonly recordId: string | null;
}

/** What did not come through of somebody or something. */
export interface Lost {
  readonly key: string;
  /** "Class 301-108-40", "Email address shared by several people" */
  readonly title: string;
  /** What the sentence of the page says of it: "is not in classes.csv"; null: nothing in so few words. */
  readonly short: string | null;
  /** Why it did not, with the place: "enrollments.csv, line 6,207 names it; classes.csv has no such class." */
  readonly cause: string;
  readonly remedy: string | null;
  readonly nearest: readonly NearestId[];
  /** An enrollment that is missing; else something of the record itself. */
  readonly isEnrollment: boolean;
  /** It keeps nothing out: it came through otherwise than the SIS has it. */
  readonly isMinor: boolean;
  /** An admin decided so: the integration's scope leaves it out. */
  readonly isDecided: boolean;
  readonly integrationId: string;
  readonly integrationName: string;
  readonly since: string | null;
  readonly isNew: boolean;
  /** Where more of it is, and what can be done. */
  readonly more: { readonly label: string; readonly to: WhyTarget } | null;
  /** The other side of an enrollment, where Aivo or the SIS has it. */
  readonly other: { readonly name: string; readonly to: WhyTarget | null; readonly ref: string | null } | null;
}

/** What one integration's SIS says of one field. */
export type Said = { readonly kind: "same" | "blank" | "unsaid" | "unreadable" } | { readonly kind: "differs"; readonly value: string };

export interface SaidField {
  /** The roster's column. */
  readonly field: string;
  readonly label: string;
  readonly inAivo: string | null;
  /** Whose value it is and why, where the field has an order of integrations of its own: "Second SIS, first for email"; null: as all fields. */
  readonly decidedBy: string | null;
  /** By integration, in the order of `SideBySide.integrations`. */
  readonly said: readonly Said[];
}

/** What each SIS that knows a record says of it, beside what Aivo has. */
export interface SideBySide {
  readonly integrations: readonly {
    readonly id: string;
    readonly name: string;
    readonly externalId: string;
    /** "no longer sends it", "disconnected"; null: it does. */
    readonly note: string | null;
  }[];
  /** Whose values count; null: no SIS's any more. */
  readonly decides: string | null;
  readonly fields: readonly SaidField[];
}

/** A sentence of a page: what holds, then what does not. */
export interface Sentence {
  readonly text: string;
  readonly tone: "plain" | "harm";
  readonly clauses: readonly { readonly text: string; readonly tone: "plain" | "ask" | "harm"; readonly at: "lost" | "values" | null }[];
}
