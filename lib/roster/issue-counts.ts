import type { Collection } from "./canonical.ts";
import type { IssueCode } from "./issue-codes.ts";

/** Issues of one cause and collection that are kept to be looked at; all of them are counted. */
export const issueSample = 10_000;

/** How many issues a run has, by cause and collection. */
export type IssueCounts = Partial<Record<IssueCode, Partial<Record<Collection, number>>>>;

export function countIssues(counts: IssueCounts): number {
  return Object.keys(counts).reduce((sum, code) => sum + countOfCause(counts, code), 0);
}

/** Of one cause, in one collection or in all. */
export function countOfCause(counts: IssueCounts, code: string, collection?: string): number {
  const byCollection = Object.entries(counts[code as IssueCode] ?? {});
  return byCollection.reduce((sum, [name, count]) => (collection === undefined || name === collection ? sum + count : sum), 0);
}

/** Counts a run's issues while they are found. */
export class IssueTally {
  readonly #counts: Map<string, number>;

  constructor(counts: ReadonlyMap<string, number> = new Map()) {
    this.#counts = new Map(counts);
  }

  add(code: IssueCode, collection: Collection, count: number): void {
    this.#counts.set(`${code} ${collection}`, this.of(code, collection) + count);
  }

  of(code: IssueCode, collection: Collection): number {
    return this.#counts.get(`${code} ${collection}`) ?? 0;
  }

  /** One that goes on from here, and leaves this one as it is. */
  copy(): IssueTally {
    return new IssueTally(this.#counts);
  }

  counts(): IssueCounts {
    const counts: Record<string, Record<string, number>> = {};
    for (const [key, count] of this.#counts) {
      const [code = "", collection = ""] = key.split(" ");
      if (count > 0) counts[code] = { ...counts[code], [collection]: count };
    }
    return counts;
  }
}
