import { z } from "zod";
import { isUuid } from "#lib/platform/uuid.ts";
import type { Sight, When } from "#lib/roster/when.ts";
import type { PersonClassroom } from "#lib/services/people/schema.ts";

/** Free of Node: pages and components import this file. */

/** What the search finds at most of each kind; whoever is not among them is found by more words. */
export const mostHits = 50;

/** Who or what is asked about: a record in Aivo, or one that an integration's SIS has and that may never have arrived. */
export type Ref = { readonly recordId: string } | { readonly integrationId: string; readonly externalId: string };

/** As it stands in addresses and on the command line: Aivo's id, or the integration's, a colon, and the id that the SIS has. */
export function textOfRef(ref: Ref): string {
  return "recordId" in ref ? ref.recordId : `${ref.integrationId}:${ref.externalId}`;
}

const uuidLength = 36;

/** Null: the text names nothing. */
export function readRef(text: string): Ref | null {
  const id = text.slice(0, uuidLength);
  if (!isUuid(id)) return null;
  if (text.length === uuidLength) return { recordId: id };
  const externalId = text.slice(uuidLength + 1);
  return text[uuidLength] === ":" && externalId !== "" ? { integrationId: id, externalId } : null;
}

/** What the page's address says. What is not understood counts as left out. */
export const WhyQuery = z.object({
  q: z.string().trim().max(200).catch("").default(""),
  /** A person, as `textOfRef` has it. */
  who: z.string().max(400).catch("").default(""),
  /** A class, likewise. */
  sees: z.string().max(400).catch("").default(""),
  /** Words for a class that is not among the person's. */
  class: z.string().trim().max(200).catch("").default(""),
});
export type WhyQuery = z.infer<typeof WhyQuery>;

/** Where somebody has got to: in Aivo and how, or where they were left on the way. */
export const whereabouts = ["active", "barred", "deactivated", "waits", "left-out", "not-rostered", "out-of-scope", "gone"] as const;
export type Whereabouts = (typeof whereabouts)[number];

export const whereaboutsWords: Readonly<Record<Whereabouts, string>> = {
  active: "Active",
  barred: "Barred from signing in",
  deactivated: "Deactivated",
  waits: "Waits",
  "left-out": "Left out",
  "not-rostered": "Not rostered",
  "out-of-scope": "Out of scope",
  gone: "No longer sent",
};

/** One person that a search found. */
export interface WhyHit {
  /** As `textOfRef` has it. */
  readonly ref: string;
  /** Blank: nothing tells it. */
  readonly name: string;
  /** teacher, learner; of somebody who is not rostered what the SIS says they are. */
  readonly role: string | null;
  readonly email: string | null;
  readonly number: string | null;
  readonly where: Whereabouts;
  /** Why, where they never arrived; else null. */
  readonly cause: string | null;
  /** The integration whose SIS has them, and as what; null for whom Aivo has. */
  readonly integrationName: string | null;
  readonly externalId: string | null;
}

export interface WhyHits {
  readonly hits: readonly WhyHit[];
  /** There are more than are listed. */
  readonly hasMore: boolean;
  /** Integrations that leave a record with this very id out, since the person behind it was erased on request. */
  readonly erased: readonly { readonly integrationName: string; readonly barredAt: string; readonly reason: string }[];
}

/** A class that was found, in Aivo or in a SIS alone. */
export interface ClassHit {
  readonly ref: string;
  readonly name: string;
  readonly code: string | null;
  readonly schoolName: string | null;
  readonly where: Whereabouts;
}

/** `holds`: a tick; `breaks`: here the chain is broken; `told`: worth knowing, stands in nobody's way. */
export type LinkState = "holds" | "breaks" | "told";

/** A page that shows more. */
export type WhyTarget =
  | { readonly kind: "run"; readonly integrationId: string; readonly runId: string }
  | { readonly kind: "issue"; readonly integrationId: string; readonly runId: string; readonly seq: number }
  | { readonly kind: "conflict"; readonly integrationId: string; readonly seq: number }
  | { readonly kind: "scope" | "withheld" | "integration"; readonly integrationId: string }
  | { readonly kind: "teacher" | "learner" | "classroom"; readonly id: string };

/** One link of a chain. */
export interface WhyLink {
  /** What it is about, for programs. */
  readonly link: string;
  readonly title: string;
  readonly state: LinkState;
  /** A sentence for an admin. */
  readonly says: string;
  /** What to do about it; null: nothing is to be done. */
  readonly remedy: string | null;
  /** Since when, or when it happened. */
  readonly at: string | null;
  readonly more: { readonly label: string; readonly to: WhyTarget } | null;
}

/** `ok`: it came so far; `broken`: here it did not get on; `none`: where it never arrived. */
export type WordState = "ok" | "broken" | "none";

/** One of the four words of a chain: The SIS says, Aivo read, (Not) matched, (Not) in Aivo. */
export interface ChainWord extends Pick<WhyLink, "at" | "remedy" | "more"> {
  readonly word: "The SIS says" | "Aivo read" | "Matched" | "Not matched" | "In Aivo" | "Not in Aivo";
  /** A sentence, which ends with the time where there is one; null: the word says it. */
  readonly says: string | null;
  readonly state: WordState;
}

/** What one integration's SIS says of a person or class, and what became of that. */
export interface SourceChain {
  readonly integrationId: string;
  readonly integrationName: string;
  readonly externalId: string;
  readonly links: readonly WhyLink[];
}

/** A class of the person, and how much of it they see today. */
export interface WhyClass extends PersonClassroom {
  readonly sight: Sight | null;
}

/** An enrollment that a SIS has and Aivo does not. */
export interface MissingEnrollment {
  readonly integrationId: string;
  readonly integrationName: string;
  readonly externalId: string;
  /** The class, as `textOfRef` has it; null: the enrollment does not tell. */
  readonly classRef: string | null;
  readonly className: string | null;
  readonly place: string | null;
  readonly where: Whereabouts;
  readonly cause: string;
  readonly remedy: string | null;
}

export interface PersonWhy {
  readonly ref: string;
  /** Null: they never arrived. */
  readonly accountId: string | null;
  readonly name: string;
  readonly role: string | null;
  readonly where: Whereabouts;
  /** The whole in a sentence. */
  readonly answer: string;
  readonly sources: readonly SourceChain[];
  /** Of the account: its status, signing in, edits, what waits, the last change. */
  readonly inAivo: readonly WhyLink[];
  /** By when they are; those that are not in use any more beside them. */
  readonly classes: Readonly<Record<When | "earlier", readonly WhyClass[]>>;
  readonly missing: readonly MissingEnrollment[];
  /** There are more than are listed. */
  readonly hasMoreMissing: boolean;
}

/** Whether a person sees a class, link by link from the SIS on. */
export interface SeesWhy {
  readonly personRef: string;
  readonly personName: string;
  readonly classRef: string;
  readonly className: string;
  /** Null: they see nothing of it. */
  readonly sight: Sight | null;
  /** The day for which that holds, in the district's zone; null where one of the two never arrived. */
  readonly today: string | null;
  readonly answer: string;
  readonly links: readonly WhyLink[];
}
