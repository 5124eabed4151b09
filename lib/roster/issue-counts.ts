import type { Collection } from "./canonical.ts";
import type { IssueCode } from "./issue-codes.ts";

/** How many issues are open, by cause and collection. */
export type IssueCounts = Partial<Record<IssueCode, Partial<Record<Collection, number>>>>;

export function countIssues(counts: IssueCounts): number {
  return Object.values(counts)
    .flatMap((byCollection) => Object.values(byCollection))
    .reduce((sum, count) => sum + count, 0);
}
