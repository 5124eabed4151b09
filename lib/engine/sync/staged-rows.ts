import type { Collection } from "#lib/roster/canonical.ts";
import { few } from "./plan-context.ts";
import { SeenIds } from "./seen-ids.ts";

/** What was staged of a collection. */
export interface StagedOf {
  readonly count: number;
  /** Whether the rows are so few that what the mirror has of them is looked up. */
  readonly isFew: boolean;
  /** Whether there may be several rows of one id. */
  readonly mayRepeat: boolean;
}

/** Counts, while rows go by, what is staged of each collection, and notes whether an id came twice. */
export class StagedRows {
  readonly #all = new Map<Collection, Entry>();

  of(collection: Collection): StagedOf {
    const staged = this.#all.get(collection);
    return staged ? { count: staged.count, isFew: staged.count < few, mayRepeat: staged.isRepeated || staged.seen.mayRepeat } : none;
  }

  /** `key`: what the mirror calls it. */
  note(collection: Collection, key: string): void {
    const staged = this.#entry(collection);
    staged.count++;
    staged.seen.add(key);
  }

  /** Once all rows have gone by: nothing is remembered of them but what came of it. */
  end(): void {
    for (const staged of this.#all.values()) {
      staged.isRepeated ||= staged.seen.mayRepeat;
      staged.seen = new SeenIds();
    }
  }

  /** More rows of ids that are noted already. */
  add(collection: Collection, count: number): void {
    const staged = this.#entry(collection);
    staged.count += count;
    staged.isRepeated ||= count > 0;
  }

  #entry(collection: Collection): Entry {
    const staged = this.#all.get(collection) ?? { count: 0, seen: new SeenIds(), isRepeated: false };
    this.#all.set(collection, staged);
    return staged;
  }
}

interface Entry {
  count: number;
  seen: SeenIds;
  isRepeated: boolean;
}

const none: StagedOf = { count: 0, isFew: true, mayRepeat: false };
