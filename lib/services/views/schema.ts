import { z } from "zod";
import { AuditFilter } from "#lib/services/audit-log/schema.ts";

/** Free of Node: pages and components import this file. */

/** What is not understood counts as left out: an old link still opens the list. */
export const ViewFilter = AuditFilter.omit({ action: true }).extend({
  /** Whose data was seen. */
  person: z.uuid().optional().catch(undefined),
});
export type ViewFilter = z.infer<typeof ViewFilter>;

export const viewPageSize = 50;
/** So many people of a view are named; of more than `mostCounted` it is said that they are more. */
export const mostNamed = 3;
export const mostCounted = 1000;

export interface ViewedPerson {
  readonly id: string;
  readonly name: string;
  readonly role: "admin" | "teacher" | "learner";
}

export interface ViewRow {
  readonly id: string;
  readonly at: string;
  readonly actorKind: "account" | "operator" | "program";
  readonly actorId: string | null;
  /** Of an account or a program that is still there. */
  readonly actorName: string | null;
  readonly door: string;
  readonly subject: string | null;
  readonly filter: Readonly<Record<string, string>> | null;
  /** Everybody who was in the district then. */
  readonly everyone: boolean;
}

/** A view in a list: whom it showed in short. */
export interface ListedView extends ViewRow {
  /** Up to `mostCounted` and one. */
  readonly count: number;
  readonly people: readonly ViewedPerson[];
}

/** A view and one of the people whom it showed; null: everybody, or somebody who was erased. */
export interface SeenRow extends ViewRow {
  readonly personId: string | null;
}

/** Who it was and where, in words. */
export type ViewWords = (view: ViewRow) => { readonly who: string; readonly where: string };

export interface PersonViews {
  /** Whether the district records who looks at people's data. */
  readonly isOn: boolean;
  /** The latest, most recent first. */
  readonly latest: readonly ViewRow[];
  readonly hasMore: boolean;
}
