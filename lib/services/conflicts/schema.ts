import { z } from "zod";
import type { decisionVerdicts } from "#lib/roster/same-person.ts";

/** Free of Node: pages and components import this file. */

/** The issues that ask who somebody is (docs/issues.md): nobody is placed until it is known. */
export const conflictCodes = ["match-takeover", "match-namesake", "match-contested", "match-ambiguous", "match-role"] as const;
export type ConflictCode = (typeof conflictCodes)[number];

export const conflictStates = ["open", "decided"] as const;

/** Which conflicts are listed; what is not said is any. */
export const ConflictFilter = z.object({
  state: z.enum(conflictStates).default("open"),
  integration: z.uuid().optional(),
  code: z.enum(conflictCodes).optional(),
  /** As what the SIS has the person. */
  role: z.enum(["teacher", "learner"]).optional(),
  /** A school in Aivo. */
  school: z.uuid().optional(),
  search: z.string().trim().max(200).optional(),
  page: z.coerce.number().int().min(1).max(100_000).default(1),
});
export type ConflictFilter = z.infer<typeof ConflictFilter>;

const reason = z.string().trim().min(3, "Say why, so that others can follow it later").max(500, "A reason has at most 500 characters");

/** Who the person is: an account, nobody of those that were shown, or not to be asked about while the SIS says the same. */
export const ConflictDecision = z.object({
  who: z.string().regex(/^(?:new|ignore|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i, "Choose who it is"),
  reason,
  /** Of what was looked at: what is another thing by now is not decided about. */
  shown: z.string().regex(/^[0-9a-f]{64}$/, "What was looked at is not named"),
});
export type ConflictDecision = z.infer<typeof ConflictDecision>;

export const TakeBack = z.object({ reason });

/** That all who are asked about by name alone are the same people. */
export const SamePeople = ConflictDecision.pick({ reason: true, shown: true });

/** How many records of an integration are asked about by name alone. */
export interface Namesakes {
  readonly integrationId: string;
  readonly integrationName: string;
  readonly count: number;
  /** Of all of them: a decision about others is refused. */
  readonly shown: string;
}

/** What tells who somebody is, of the record and of each account. */
export interface ShownPerson {
  readonly role: string;
  readonly givenName: string;
  readonly familyName: string;
  readonly email: string | null;
  readonly studentNumber: string | null;
}

/** Who waits in the SIS. Times are ISO 8601. */
export interface ConflictRow {
  readonly integrationId: string;
  readonly integrationName: string;
  /** What it is called by, within the integration. */
  readonly seq: number;
  readonly code: ConflictCode;
  readonly title: string;
  readonly externalId: string;
  readonly person: ShownPerson;
  readonly schoolName: string | null;
  /** The accounts that it is about: the first of them, and how many. */
  readonly accounts: readonly (ShownPerson & { readonly id: string })[];
  readonly accountCount: number;
  readonly since: string;
}

/** An account beside the record, with what helps to tell who it is. */
export interface Candidate extends ShownPerson {
  readonly id: string;
  readonly status: "active" | "deactivated";
  readonly grade: string | null;
  readonly schools: readonly string[];
  /** Names of classes, the first of them, and how many. */
  readonly classes: readonly string[];
  readonly classCount: number;
  /** What its integrations call it. */
  readonly ids: readonly { readonly integration: string; readonly externalId: string; readonly isRostered: boolean }[];
  /** Set up to sign in with a password of Aivo's; when somebody last did is not kept. */
  readonly hasPassword: boolean;
  readonly createdAt: string;
}

export interface ConflictDetail extends ConflictRow {
  readonly rule: string;
  readonly remedy: string;
  readonly grade: string | null;
  readonly schools: readonly string[];
  readonly classes: readonly string[];
  readonly classCount: number;
  readonly sourcePart: string;
  readonly sourcePosition: number;
  readonly candidates: readonly Candidate[];
  readonly shown: string;
  /** What is decided and not followed yet. */
  readonly decision: Decision | null;
  readonly isPaused: boolean;
}

export type DecisionVerdict = (typeof decisionVerdicts)[number];

/**
 * What became of a decision: `pending`, the next sync follows it; `followed`; `ignored`, the record is left out; `lapsed`, the record or an
 * account is not what was shown any more, so that it counts no more.
 */
export type DecisionState = "pending" | "followed" | "ignored" | "lapsed";

export interface Decision {
  readonly integrationId: string;
  readonly integrationName: string;
  /** What it is called by, within the integration. */
  readonly evidence: string;
  readonly externalId: string;
  /** The person in the SIS; null once it is forgotten. */
  readonly name: string | null;
  readonly role: string | null;
  readonly verdict: Exclude<DecisionVerdict, "asked-again">;
  readonly state: DecisionState;
  readonly account: { readonly id: string; readonly name: string; readonly role: string } | null;
  readonly reason: string;
  /** Null: the command line. */
  readonly decidedByName: string | null;
  readonly decidedAt: string;
}

export interface ConflictCounts {
  readonly open: number;
  readonly since: string | null;
}

/** A filter out of an address, each part by itself: one that cannot be read counts as left out. `q` is the search. */
export function readConflictFilter(given: Readonly<Record<string, string>>): ConflictFilter {
  const { q, ...rest } = given;
  const named: Readonly<Record<string, string | undefined>> = { ...rest, search: q };
  const readable = Object.entries(ConflictFilter.shape).filter(
    ([name, field]) => named[name] !== undefined && named[name] !== "" && field.safeParse(named[name]).success,
  );
  return ConflictFilter.parse(Object.fromEntries(readable.map(([name]) => [name, named[name]])));
}
