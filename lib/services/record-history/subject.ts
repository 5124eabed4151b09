import type { HistoryEntry } from "#lib/services/edits/schema.ts";

/** What the history is of, with all that leads to what happened. */
export interface HistoryOf {
  readonly recordId: string;
  readonly kind: "person" | "classroom" | "school";
  readonly createdAt: string;
  readonly isByHand: boolean;
  /** What the SISs call it. */
  readonly called: readonly { readonly integrationId: string; readonly externalId: string }[];
  /** Enrollments that are not there, whose issues are its own: by integration and the key. */
  readonly lostKeys: readonly { readonly integrationId: string; readonly key: string }[];
  /** What admins did to it (lib/services/edits). */
  readonly edits: readonly HistoryEntry[];
}

/** The members of a class or the classes of a person, by membership. */
export interface Seat {
  readonly membershipId: string;
  readonly name: string;
  readonly createdAt: string;
}

/** So much of each kind is looked at: what is older is not counted. */
export const mostOfKind = 300;
