import type { Collection, SourcePlace } from "./canonical.ts";

/**
 * A record as a source read it: OneRoster's field names, text values exactly as they arrived (nothing trimmed),
 * lists as arrays where the wire has arrays and as one comma-separated string where the wire has that (CSV cells).
 * A field that the wire does not have, or has as null, is undefined. A source for another protocol (Clever) maps its
 * records to these names; what the values mean is decided in lib/roster alone.
 */
export interface RawRecord {
  readonly place: SourcePlace;
  readonly fields: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** What the source noticed about the record itself (a row shorter than its header); goes with what normalising finds. */
  readonly issues?: readonly import("./issues.ts").Issue[];
}

/** Records of one collection, in the order in which the SIS sent them. */
export interface RawBatch {
  readonly collection: Collection;
  /** The fields that the input has for all records of the collection, where something says so before them (a header row). */
  readonly columns?: readonly string[];
  readonly records: readonly RawRecord[];
  /** Rows that the source could not read as records (too many cells, say). */
  readonly rejected: readonly RejectedRecord[];
  /** Of people: that their roles are told apart from them, as `roles` (OneRoster 1.2). Then a person comes without role and orgs. */
  readonly rolesApart?: boolean;
  /** Fields that this SIS may leave blank although OneRoster wants them (Clever's nullable ones): a blank is no issue then. */
  readonly mayBeBlank?: readonly string[];
}

export interface RejectedRecord {
  readonly place: SourcePlace;
  /** The record's id where it could be read: what exists in Aivo for it then stays untouched. */
  readonly externalId: string | null;
  readonly issue: import("./issues.ts").Issue;
}
