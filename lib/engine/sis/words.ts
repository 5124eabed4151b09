import { type Collection, collections } from "#lib/roster/canonical.ts";
import { issueCodes } from "#lib/roster/issue-codes.ts";
import type { IssueDefinition } from "#lib/roster/issue-definition.ts";
import { classlinkWords } from "./classlink/words.ts";
import { cleverWords } from "./clever/words.ts";
import { oneRosterRestWords } from "./oneroster-rest/words.ts";
import type { ProviderWords } from "./provider-words.ts";
import type { ProviderId } from "./providers.ts";

const oneRosterCollections = Object.fromEntries(collections.map((name) => [name, name])) as Record<Collection, string>;

const wordsOf: Readonly<Record<ProviderId, ProviderWords>> = {
  "oneroster-csv": { idField: "sourcedId", collections: oneRosterCollections, fields: {}, issues: {} },
  "oneroster-rest": { collections: oneRosterCollections, ...oneRosterRestWords },
  classlink: { collections: oneRosterCollections, ...classlinkWords },
  clever: cleverWords,
};

export function idFieldOf(provider: ProviderId): string {
  return wordsOf[provider].idField;
}

export function collectionIn(provider: ProviderId, collection: string): string {
  return (wordsOf[provider].collections as Readonly<Record<string, string>>)[collection] ?? collection;
}

export function fieldIn(provider: ProviderId, collection: string, field: string): string {
  if (field === "sourcedId") return wordsOf[provider].idField;
  const fields = wordsOf[provider].fields as Readonly<Record<string, Readonly<Record<string, string>> | undefined>>;
  return fields[collection]?.[field] ?? field;
}

/** An issue's sentences in the provider's words; also for a code that an earlier version wrote. */
export function definitionIn(provider: ProviderId, code: string): IssueDefinition {
  const known: Readonly<Record<string, IssueDefinition>> = issueCodes;
  const definition = known[code];
  const own = (wordsOf[provider].issues as Readonly<Record<string, Partial<IssueDefinition> | undefined>>)[code];
  return definition === undefined ? { ...forgotten, title: code } : { ...definition, ...own };
}

const forgotten: Omit<IssueDefinition, "title"> = {
  severity: "notice",
  rule: "This kind of issue is no longer reported.",
  ruleSource: "an earlier version of Aivo",
  remedy: "Run the sync again.",
};
