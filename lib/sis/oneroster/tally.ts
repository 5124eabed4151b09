/** What has been seen of a collection while it is paged, and what that proves. Pure but for what it remembers. */
import type { Collection } from "#lib/roster/canonical.ts";
import { IdSet } from "./id-set.ts";
import type { Page } from "./page.ts";
import { fieldsOfRecord, lastModifiedOf } from "./records.ts";

export interface TakenPage {
  /** JSON texts of the raw fields that are new or differ from what was seen under their id. */
  readonly records: readonly string[];
  readonly received: number;
  /** Every record of it was seen on an earlier page. */
  readonly isRepetition: boolean;
}

/** Page sizes at which servers like to clamp: a page of just that many may not be the last. */
const roundSizes: readonly number[] = [10, 20, 25, 50, 100, 200, 250, 300, 400, 500, 1000, 2000, 2500, 3000, 5000, 10_000];

export class Tally {
  readonly #collection: Collection;
  readonly #ids = new IdSet();
  #previousIds: readonly string[] = [];
  pages = 0;
  /** Records of all pages, however often; where the next page begins. */
  received = 0;
  /** The page before. */
  lastReceived = 0;
  lastHasNext = false;
  /** The server's clock at the first page. */
  date: Date | null = null;
  bytes = 0;
  withoutId = 0;
  /** Seen again on a later page with the same content: an overlap of pages, left out. */
  overlapping = 0;
  /** Sent twice within one page: the SIS's own duplicates. */
  duplicates = 0;
  withdrawn = 0;
  /** Records that differ from what an earlier page had under their id, and repetitions out of order: signs of moving data. */
  moved = 0;
  readonly totals = new Set<number>();
  /** A total that was reached, and more came: it is not believed. */
  isTotalUntrue = false;
  /** Bounds of dateLastModified, in milliseconds. */
  oldest: number | null = null;
  newest: number | null = null;
  withoutDate = 0;

  constructor(collection: Collection) {
    this.#collection = collection;
  }

  /** The total that counts: the last that was told. */
  get total(): number | null {
    return this.isTotalUntrue ? null : ([...this.totals].at(-1) ?? null);
  }

  /** Different ids. */
  get distinct(): number {
    return this.#ids.size - this.withoutId;
  }

  /** What is to be compared with the total: each record once, and those that the SIS itself has twice as often as it has them. */
  get counted(): number {
    return this.#ids.size + this.duplicates;
  }

  get isTotalReached(): boolean {
    return this.total !== null && this.counted >= this.total;
  }

  /** After the last page: what was counted stays, the ids are forgotten. */
  close(): void {
    this.#ids.release();
    this.#previousIds = [];
  }

  take(page: Page): TakenPage {
    this.pages++;
    this.received += page.records.length;
    this.lastReceived = page.records.length;
    this.lastHasNext = page.hasNext;
    if (this.pages === 1) this.date = page.date;
    this.bytes += page.bytes;
    if (page.total !== null) this.#sawTotal(page.total);
    const fresh: string[] = [];
    /** The page's ids, and whether each was new with it. */
    const here = new Map<string, boolean>();
    for (const record of page.records) {
      const fields = fieldsOfRecord(this.#collection, record);
      const text = JSON.stringify(fields);
      this.#sawDate(record);
      if (fields.status !== "active" && typeof fields.status === "string" && /^\s*(tobedeleted|inactive)\s*$/i.test(fields.status))
        this.withdrawn++;
      const sourcedId = typeof fields.sourcedId === "string" ? fields.sourcedId.trim() : "";
      // Without an id, a record is told from others by all that it says.
      const id = sourcedId === "" ? `\0${text}` : sourcedId;
      const seen = this.#ids.add(id, text);
      const isNewHere = here.get(id);
      if (isNewHere === undefined) here.set(id, seen === "new");
      if (seen === "new" && sourcedId === "") this.withoutId++;
      if (isNewHere === true) this.duplicates++;
      if (seen === "new" || isNewHere === true) {
        fresh.push(text);
        continue;
      }
      if (seen === "same") this.overlapping++;
      else {
        this.moved++;
        fresh.push(text);
      }
    }
    const ids = [...here.keys()];
    const repeatedIds = ids.filter((id) => here.get(id) === false);
    if (!this.#isTailOfPrevious(ids, repeatedIds)) this.moved += repeatedIds.length;
    this.#previousIds = ids;
    const isRepetition = this.pages > 1 && page.records.length > 0 && repeatedIds.length === ids.length;
    return { records: fresh, received: page.records.length, isRepetition };
  }

  /** Pages overlap where one begins with just the records that the one before ended with; anything else means that rows moved. */
  #isTailOfPrevious(ids: readonly string[], repeated: readonly string[]): boolean {
    if (repeated.length === 0) return true;
    const tail = this.#previousIds.slice(-repeated.length);
    return tail.length === repeated.length && tail.every((id, index) => ids[index] === id);
  }

  #sawTotal(total: number): void {
    // Kept in the order of their last appearance.
    this.totals.delete(total);
    this.totals.add(total);
  }

  #sawDate(record: unknown): void {
    const modified = lastModifiedOf(record);
    if (modified === null) this.withoutDate++;
    else {
      this.oldest = Math.min(this.oldest ?? modified, modified);
      this.newest = Math.max(this.newest ?? modified, modified);
    }
  }
}

/** Whether a page of that many may be one that the server cut short without saying so. */
export function mayBeClamped(received: number, limit: number): boolean {
  return received >= limit || roundSizes.includes(received);
}
