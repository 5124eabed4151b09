import type { VersionChange } from "#lib/roster/version-change.ts";
import type { RecordRef } from "./schema.ts";

/** What a change of version means for the people, with some of those of whom two records became one. */
export interface VersionChangeView extends Omit<VersionChange, "mergedAccounts"> {
  readonly mergedAccounts: readonly { readonly ends: RecordRef; readonly stays: RecordRef }[];
}
