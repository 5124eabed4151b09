import type { SisState } from "#lib/engine/testing/sync.ts";
import type { Collection, LinkEntity } from "#lib/roster/canonical.ts";
import type { ClassVerdict } from "#lib/roster/class-verdicts.ts";
import type { decisionVerdicts } from "#lib/roster/same-person.ts";
import type { Scope } from "#lib/roster/scope.ts";
import type { ModelApart } from "./fold.ts";
import type { Orders } from "./orders.ts";

/**
 * Matching, planning and applying once more, in memory and one record at a time, for obviousness. Test-only: the SQL is
 * compared with it.
 */
export interface ModelRecord {
  readonly id: string;
  readonly entity: LinkEntity;
  status: "active" | "deactivated";
  deactivatedBy: "sync" | "admin" | null;
  /** As they would be without what admins edited. */
  values: Record<string, unknown>;
  /** What admins edited, which the roster has instead. */
  kept?: Record<string, unknown>;
}
/** The values that the roster has. */
export const inRoster = ({ values, kept }: ModelRecord): Record<string, unknown> => ({ ...values, ...kept });
export interface ModelLink {
  readonly integration: string;
  readonly entity: LinkEntity;
  readonly externalId: string;
  recordId: string;
  rostered: boolean;
}
/** A record as its SIS last said it, and what became of it. */
export interface ModelSaid {
  readonly integration: string;
  readonly collection: Collection;
  readonly externalId: string;
  /** Null: it was left out, or is not to be rostered. */
  readonly record: Record<string, unknown> | null;
  /** What planning saw of a person whose roles are told apart. */
  readonly folded?: Record<string, unknown> | undefined;
  readonly fate: "rostered" | "waiting" | "withheld" | "out-of-scope" | "left-out" | "not-rostered";
  /** Whether it is out of the integration's scope; what cannot be read stays on the side where it was. */
  readonly isOut?: boolean;
  /** The SIS does not list it any more; it goes on for want of an id in another row, or because a takeover is not settled. */
  readonly missing?: "suspended" | "withheld";
}
/** What an admin decided about a person of a SIS, and what was shown then. */
export interface ModelDecision {
  readonly integration: string;
  readonly externalId: string;
  readonly verdict: (typeof decisionVerdicts)[number];
  /** Who it is; the accounts that were shown. */
  readonly account: string | null;
  readonly accounts: readonly string[];
  readonly shown: string;
}
/** Which class of Aivo one of a SIS is, or is not, as an admin said. */
export interface ModelClassDecision {
  readonly integration: string;
  readonly externalId: string;
  readonly classroom: string;
  readonly verdict: ClassVerdict;
}
/** What the SIS says and Aivo does not do until an admin has decided. */
export interface ModelWithheld {
  readonly integration: string;
  readonly entity: LinkEntity;
  readonly externalId: string;
  /** A column; blank: that the record leaves. */
  readonly field: string;
  readonly recordId: string;
  /** A membership, which is decided about with its person or class. */
  readonly follows: boolean;
  readonly isRefused: boolean;
  /** By the model's clock. */
  readonly since: number;
}
export interface Model {
  records: ModelRecord[];
  links: ModelLink[];
  mirror: ModelSaid[];
  /** By integration and collection, the optional values that were carried; what is not named may have carried all. */
  carried: Record<string, Partial<Record<Collection, readonly string[]>>>;
  /** Those that were not taken back. */
  decisions?: readonly ModelDecision[];
  classDecisions?: readonly ModelClassDecision[];
  /** In the order in which they supply records that several know. */
  integrations: readonly string[];
  /** Other orders, of single kinds of record and of fields. */
  orders?: Orders;
  /** What admins left out, by integration. */
  scopes?: Readonly<Record<string, Scope>>;
  withheld?: readonly ModelWithheld[];
  /** Integrations that take nothing away before an admin approves it. */
  additionsOnly?: readonly string[];
  /** Integrations that were disconnected: their links go on, and speak for nobody. */
  removed?: readonly string[];
  clock: number;
}
export interface ModelSyncOptions {
  /** What the source could read instead of changes, where it could. */
  readonly everything?: SisState | null;
  /** What an admin approved of what waits, by its keys. */
  readonly released?: ReadonlySet<string>;
  /** Where the SIS tells roles apart from people. */
  readonly apart?: ModelApart | undefined;
  /** The integration is disconnected, and its people are to be deactivated. */
  readonly withdrawsAll?: boolean;
}
