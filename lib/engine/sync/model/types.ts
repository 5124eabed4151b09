import type { Collection, LinkEntity } from "#lib/roster/canonical.ts";

/**
 * Matching, planning and applying once more, in memory and one record at a time, for obviousness. Test-only: the SQL is
 * compared with it.
 */
export interface ModelRecord {
  readonly id: string;
  readonly entity: LinkEntity;
  status: "active" | "deactivated";
  deactivatedBy: "sync" | "admin" | null;
  values: Record<string, unknown>;
}
export interface ModelLink {
  readonly integration: string;
  readonly entity: LinkEntity;
  readonly externalId: string;
  recordId: string;
  rostered: boolean;
  linkedAt: number;
}
/** A record as its SIS last said it, and what became of it. */
export interface ModelSaid {
  readonly integration: string;
  readonly collection: Collection;
  readonly externalId: string;
  /** Null: it was left out, or is not to be rostered. */
  readonly record: Record<string, unknown> | null;
  readonly fate: "rostered" | "waiting" | "withheld" | "left-out" | "not-rostered";
  /** The SIS does not list it any more; it goes on for want of an id in another row, or because a takeover is not settled. */
  readonly missing?: "suspended" | "withheld";
}
export interface Model {
  records: ModelRecord[];
  links: ModelLink[];
  mirror: ModelSaid[];
  /** By integration and collection, the optional values that were carried; what is not named may have carried all. */
  carried: Record<string, Partial<Record<Collection, readonly string[]>>>;
  clock: number;
}
