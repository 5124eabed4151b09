/** What has been seen of a collection while it is paged, and what that proves. Pure but for what it remembers. */
import { hash32, IdSet } from "./id-set.ts";
import type { KeptRecord } from "./kept-record.ts";
import type { Page } from "./page.ts";

/** How a page relates to those before it. */
export type Repetition =
  /** At least one of its records is new, or it has none. */
  | "none"
  /** Just the records with which the page before ended, and fewer of them: pages overlap there. */
  | "tail"
  /** Nothing but what earlier pages had, in any other way. */
  | "whole";

export interface TakenPage {
  /** JSON texts of the raw fields that are new or differ from what was seen under their id. */
  readonly records: readonly string[];
  readonly received: number;
  readonly repetition: Repetition;
}

export class Tally {
  readonly #ids = new IdSet();
  #previousIds: readonly string[] = [];
  /** Mixed of the ids that came again on later pages, in whatever order. */
  #repeatedMark = 0;
  #isTotalOfAll = false;
  pages = 0;
  /** Records of all pages, however often; where the next page begins. */
  received = 0;
  /** The last page that had any. */
  lastReceived = 0;
  /** The longest page. */
  mostReceived = 0;
  lastHasNext = false;
  /** The server's clock at the first page. */
  date: Date | null = null;
  bytes = 0;
  withoutId = 0;
  /** Seen again on a later page with the same content: an overlap of pages, left out. */
  overlapping = 0;
  /** Seen again on a later page with other content: changed meanwhile, or two records of the SIS's own under one id. */
  conflicting = 0;
  /** Sent twice within one page: the SIS's own duplicates. */
  duplicates = 0;
  withdrawn = 0;
  /** When the youngest of the withdrawn ones was changed, in milliseconds. */
  newestWithdrawn: number | null = null;
  /** Records that differ from what an earlier page had under their id, and repetitions out of order: signs of moving data. */
  moved = 0;
  readonly totals = new Set<number>();
  /** A total that was reached, and more came: it is not believed. */
  isTotalUntrue = false;
  /** Bounds of dateLastModified, in milliseconds. */
  oldest: number | null = null;
  newest: number | null = null;
  withoutDate = 0;
  /** Whether any dateLastModified says more than a day. */
  hasTimes = false;

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

  /**
   * Whether the total alone says that nothing comes any more: it was once larger than what had come by then, so that it is no page's;
   * it is met exactly; and the last page was not as long as others, as it would be if the total were where the server stops counting.
   */
  get isTotalMet(): boolean {
    return this.#isTotalOfAll && this.counted === this.total && this.lastReceived < this.mostReceived && !this.lastHasNext;
  }

  /** Whether another reading met the very same repetitions in as many records: then they are the SIS's own, and nothing moved. */
  repeatsAs(other: Tally): boolean {
    return (
      this.received === other.received &&
      this.counted === other.counted &&
      this.overlapping === other.overlapping &&
      this.conflicting === other.conflicting &&
      this.#repeatedMark === other.#repeatedMark
    );
  }

  /** The id of the last record of the last page that had any. */
  get lastId(): string | undefined {
    return this.#previousIds.at(-1);
  }

  /** After the last page: what was counted stays, the ids are forgotten. */
  close(): void {
    this.#ids.release();
    this.#previousIds = [];
  }

  take(page: Page): TakenPage {
    this.pages++;
    this.received += page.records.length;
    this.lastHasNext = page.hasNext;
    if (this.pages === 1) this.date = page.date;
    this.bytes += page.bytes;
    if (page.total !== null) this.#sawTotal(page.total);
    if (page.records.length === 0) return { records: [], received: 0, repetition: "none" };
    this.lastReceived = page.records.length;
    this.mostReceived = Math.max(this.mostReceived, page.records.length);
    const fresh: string[] = [];
    /** The page's ids, and whether each was new with it. */
    const here = new Map<string, boolean>();
    for (const record of page.records) {
      const { id, text } = record;
      this.#sawDate(record);
      const seen = this.#ids.add(id, text);
      const isNewHere = here.get(id);
      if (isNewHere === undefined) here.set(id, seen === "new");
      if (seen === "new" && !record.hasId) this.withoutId++;
      if (isNewHere === true) this.duplicates++;
      if (seen === "new" || isNewHere === true) {
        fresh.push(text);
        continue;
      }
      this.#repeatedMark = (this.#repeatedMark + hash32(id, 0)) >>> 0;
      if (seen === "same") this.overlapping++;
      else {
        this.conflicting++;
        this.moved++;
        fresh.push(text);
      }
    }
    if (page.total !== null && page.total > this.counted) this.#isTotalOfAll = true;
    const ids = [...here.keys()];
    const repeatedIds = ids.filter((id) => here.get(id) === false);
    const isTail = this.#beginsWithEndOfPrevious(ids, repeatedIds.length);
    if (!isTail) this.moved += repeatedIds.length;
    const isRepeated = repeatedIds.length === ids.length;
    const repetition = !isRepeated ? "none" : isTail && ids.length < this.#previousIds.length ? "tail" : "whole";
    this.#previousIds = ids;
    return { records: fresh, received: page.records.length, repetition };
  }

  /** Pages overlap where one begins with just the records that the one before ended with; anything else means that rows moved. */
  #beginsWithEndOfPrevious(ids: readonly string[], repeated: number): boolean {
    if (repeated === 0) return true;
    const tail = this.#previousIds.slice(-repeated);
    return tail.length === repeated && tail.every((id, index) => ids[index] === id);
  }

  #sawTotal(total: number): void {
    // Kept in the order of their last appearance.
    this.totals.delete(total);
    this.totals.add(total);
  }

  #sawDate({ isWithdrawn, modifiedMs, saysTime }: KeptRecord): void {
    if (isWithdrawn) this.withdrawn++;
    if (modifiedMs === null) {
      this.withoutDate++;
      return;
    }
    this.oldest = Math.min(this.oldest ?? modifiedMs, modifiedMs);
    this.newest = Math.max(this.newest ?? modifiedMs, modifiedMs);
    this.hasTimes ||= saysTime;
    if (isWithdrawn) this.newestWithdrawn = Math.max(this.newestWithdrawn ?? modifiedMs, modifiedMs);
  }
}
