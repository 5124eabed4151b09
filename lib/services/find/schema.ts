import { z } from "zod";
import type { ProviderId } from "#lib/engine/sis/providers.ts";
import type { RunListItem } from "#lib/services/runs/schema.ts";
import type { Whereabouts } from "#lib/services/why/schema.ts";

/** Free of Node: pages and components import this file. */

/** What is found at most of people, and of each other kind; more words find whoever is not among them. */
export const mostPeople = 6;
export const mostOthers = 4;

/** What the address of a search says. What is not understood counts as left out. */
export const FindQuery = z.object({
  q: z.string().trim().max(200).catch("").default(""),
  only: z.enum(["people"]).optional().catch(undefined),
});
export type FindQuery = z.infer<typeof FindQuery>;

/** Somebody whom Aivo or a SIS knows. */
export interface FoundOne {
  /** As lib/services/why names people. */
  readonly ref: string;
  /** Null: they never arrived. */
  readonly accountId: string | null;
  readonly name: string;
  readonly role: string | null;
  readonly grade: string | null;
  readonly schoolName: string | null;
  /** See lib/services/schools/places.ts. */
  readonly schoolPlace: number | null;
  /** Active ones that have not ended. */
  readonly classCount: number;
  readonly where: Whereabouts;
  /** Why they never arrived; null for whom Aivo has. */
  readonly cause: string | null;
}

export interface FoundRoom {
  /** As lib/services/why names classes. */
  readonly ref: string;
  /** Null: it never arrived. */
  readonly id: string | null;
  readonly name: string;
  readonly schoolName: string | null;
  readonly learnerCount: number;
  readonly where: Whereabouts;
}

export interface FoundSchool {
  readonly id: string;
  readonly name: string;
  readonly number: string | null;
  readonly place: number;
  readonly isActive: boolean;
}

export interface FoundIntegration {
  readonly id: string;
  readonly name: string;
  readonly provider: ProviderId;
  readonly isPaused: boolean;
}

export interface FoundRun {
  readonly integrationId: string;
  readonly integrationName: string;
  readonly runId: string;
  readonly number: number;
  readonly kind: RunListItem["kind"];
  readonly forOnePerson: boolean;
  readonly disconnects: boolean;
  readonly state: RunListItem["state"];
  /** When it was asked for. */
  readonly at: string;
  /** Somebody who was found and whom it changed, with what it did; null: it was found by its number. */
  readonly of: { readonly name: string; readonly what: string } | null;
}

export interface Found {
  /** What was looked for, in lower case. */
  readonly words: readonly string[];
  readonly people: readonly FoundOne[];
  /** Where nothing else is found: who is nearly called so, or has nearly this number or id, the nearest first. */
  readonly alike: readonly FoundOne[];
  readonly classes: readonly FoundRoom[];
  readonly schools: readonly FoundSchool[];
  readonly integrations: readonly FoundIntegration[];
  readonly syncs: readonly FoundRun[];
}
