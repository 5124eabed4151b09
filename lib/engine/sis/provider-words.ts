import type { Collection } from "#lib/roster/canonical.ts";
import type { IssueCode } from "#lib/roster/issue-codes.ts";
import type { IssueDefinition } from "#lib/roster/issue-definition.ts";

/**
 * What a provider calls the things that an issue names. lib/roster knows OneRoster CSV's names alone; an admin is to find in the own
 * SIS what a sentence speaks of. Data only: pages and components import this file.
 */
export interface ProviderWords {
  /** The field that holds a record's id. */
  readonly idField: string;
  /** The provider's own name of a collection. */
  readonly collections: Readonly<Record<Collection, string>>;
  /** By collection, the provider's field where it has another name than OneRoster CSV's column. */
  readonly fields: Readonly<Partial<Record<Collection, Readonly<Record<string, string>>>>>;
  /** What of an issue's definition is said in other words. */
  readonly issues: Readonly<Partial<Record<IssueCode, Partial<Omit<IssueDefinition, "severity">>>>>;
}
