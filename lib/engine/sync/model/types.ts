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
  /** When it last ceased to be rostered, or to point to the record that it pointed to. */
  endedAt?: number;
}
/**
 * A record that was read and could not be placed, or is one of several that count together. Null: nobody and nothing to
 * roster; an enrollment that, as last sent, cannot be used.
 */
export interface ModelWaiting {
  readonly integration: string;
  readonly collection: Collection;
  readonly externalId: string;
  readonly record: Record<string, unknown> | null;
  /** It is somebody else than the account that its id leads to, by all that is known. */
  readonly withheld?: boolean;
}
export interface Model {
  records: ModelRecord[];
  links: ModelLink[];
  waiting: ModelWaiting[];
  /** By integration and collection, the optional values that were carried; what is not named may have carried all. */
  carried: Record<string, Partial<Record<Collection, readonly string[]>>>;
  /** By integration, when it last synced. */
  lastSync: Record<string, number>;
  clock: number;
}
