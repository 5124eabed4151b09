import type { Collection, LinkEntity, SourcePlace } from "./canonical.ts";
import type { IssueCode } from "./issue-codes.ts";

/** One thing about one record that did not come through as the SIS has it. Data, never thrown. */
export interface Issue {
  readonly code: IssueCode;
  readonly collection: Collection;
  /** The record's id in the SIS, where it has one. */
  readonly externalId: string | null;
  readonly place: SourcePlace;
  /** The field of the SIS record, in the SIS's spelling. */
  readonly field: string | null;
  /** The offending value as it arrived, cut to 200 characters. Never a password. */
  readonly value: string | null;
  /** What was kept instead, in words for an admin: "grade left blank", "the record in Aivo stays as it was". */
  readonly kept: string;
}

/** What normalising one record gives. Whatever is not `rostered` or `withdrawn` protects what Aivo has for that id. */
export type Normalised<T> =
  | { readonly disposition: "rostered"; readonly record: T; readonly issues: readonly Issue[] }
  | { readonly disposition: "withdrawn"; readonly externalId: string; readonly issues: readonly Issue[] }
  /** Something this product does not roster (a parent, a department): counted, no issue. */
  | { readonly disposition: "not-rostered"; readonly externalId: string; readonly why: string; readonly issues: readonly Issue[] }
  /** A bad record. Without an id, who is missing and may be it (clues.ts) is not withdrawn in that run. */
  | { readonly disposition: "left-out"; readonly externalId: string | null; readonly issues: readonly Issue[] };

export type { Collection, LinkEntity };
