import type { SourcePlace } from "#lib/roster/canonical.ts";
import type { ContentHash } from "./content-hash.ts";
import { freeNow } from "./free-now.ts";

/**
 * Rows of the mirror that one thing became of: of each its hash in eight bytes, and where it lies in the table in six
 * (`int8send`, `tidsend`).
 */
export interface KnownGroup {
  /** Any number below 8. */
  readonly kind: number;
  readonly rows: Uint8Array;
}
const bytesOfRow = 14;

/** A row that a read has not met. */
export interface Unmet {
  readonly hash: ContentHash;
  /** Block and place in it, as PostgreSQL writes a tid. */
  readonly at: string;
}

/** A row as a read met it. */
export interface Sighting {
  readonly place: SourcePlace;
  /** Whether it counts as a teacher, which the hash of a row that is not used does not tell. */
  readonly isTeacher: boolean;
}

/** How many rows in one go. */
export interface KnownCount {
  readonly kind: number;
  readonly isTeacher: boolean;
  readonly count: number;
}

/** Names of parts, which rows have by number. */
export class PartNames {
  readonly #names: string[] = [];
  readonly #numbers = new Map<string, number>();

  numberOf(part: string): number {
    let number = this.#numbers.get(part);
    if (number === undefined) {
      number = this.#names.push(part) - 1;
      this.#numbers.set(part, number);
    }
    return number;
  }

  of(number: number): string {
    return this.#names[number] ?? "";
  }
}

/** Rows by column, in the order of their buckets. */
export interface KnownColumns {
  /** Where each bucket begins; one more at the end. */
  readonly begins: Uint32Array;
  readonly high: Uint32Array;
  readonly low: Uint32Array;
  /** The kind, and what is known of the row by now. */
  readonly marks: Uint8Array;
  /** Where it lies in the mirror, until it is met: then where that was. */
  readonly parts: Uint32Array;
  readonly positions: Uint32Array;
}

/**
 * What the mirror has of a collection, as hashes in memory, and which of them a read has met: some 18 bytes a row,
 * whatever the row says. A read asks it for each of its rows; who says what the mirror has need not be brought to the
 * database.
 *
 * Rows lie in buckets by the first bits of their hash, a few in each, so that finding one looks at a few neighbours.
 */
export class KnownRows {
  readonly size: number;
  readonly #shift: number;
  readonly #begins: Uint32Array;
  readonly #high: Uint32Array;
  readonly #low: Uint32Array;
  readonly #marks: Uint8Array;
  readonly #parts: Uint32Array;
  readonly #positions: Uint32Array;
  readonly #names: PartNames;

  /** @param rows of the mirror, or what `columns` gave, with the same names */
  constructor(rows: readonly KnownGroup[] | KnownColumns, names = new PartNames()) {
    const known = "begins" in rows ? rows : emptyColumns(rows.reduce((sum, group) => sum + group.rows.length / bytesOfRow, 0));
    this.#names = names;
    this.size = known.low.length;
    this.#shift = 32 - Math.log2(known.begins.length - 1);
    this.#begins = known.begins;
    this.#high = known.high;
    this.#low = known.low;
    this.#marks = known.marks;
    this.#parts = known.parts;
    this.#positions = known.positions;
    if ("begins" in rows) return;
    this.#fill(rows);
    this.#markTwins();
  }

  /** All that it knows. */
  columns(): KnownColumns {
    return {
      begins: this.#begins,
      high: this.#high,
      low: this.#low,
      marks: this.#marks,
      parts: this.#parts,
      positions: this.#positions,
    };
  }

  /** Gives its memory back: it is not used any more. */
  free(): void {
    freeNow(this.#begins, this.#high, this.#low, this.#marks, this.#parts, this.#positions);
  }

  #fill(groups: readonly KnownGroup[]): void {
    const views = groups.map(({ kind, rows }) => ({ kind, view: new DataView(rows.buffer, rows.byteOffset, rows.byteLength) }));
    const begins = this.#begins;
    for (const { view } of views) {
      for (let byte = 0; byte < view.byteLength; byte += bytesOfRow) {
        const bucket = view.getUint32(byte) >>> this.#shift;
        begins[bucket + 1] = at(begins, bucket + 1) + 1;
      }
    }
    for (let bucket = 1; bucket < begins.length; bucket++) begins[bucket] = at(begins, bucket) + at(begins, bucket - 1);
    const next = begins.slice();
    for (const { kind, view } of views) {
      for (let byte = 0; byte < view.byteLength; byte += bytesOfRow) {
        const high = view.getUint32(byte);
        const bucket = high >>> this.#shift;
        const row = at(next, bucket);
        next[bucket] = row + 1;
        this.#high[row] = high;
        this.#low[row] = view.getUint32(byte + 4);
        this.#parts[row] = view.getUint32(byte + 8);
        this.#positions[row] = view.getUint16(byte + 12);
        this.#marks[row] = kind;
      }
    }
  }

  /** Two rows with one hash cannot be told apart: neither is ever found. */
  #markTwins(): void {
    for (let row = 0; row < this.size; row++) {
      const end = this.#endOf(at(this.#high, row) >>> this.#shift);
      for (let other = row + 1; other < end; other++) {
        if (at(this.#low, other) !== at(this.#low, row) || at(this.#high, other) !== at(this.#high, row)) continue;
        this.#mark(row, isTwin);
        this.#mark(other, isTwin);
      }
    }
  }

  #endOf(bucket: number): number {
    return at(this.#begins, bucket + 1);
  }

  #mark(row: number, marks: number): void {
    this.#marks[row] = at(this.#marks, row) | marks;
  }

  /** The number of the row with this hash, or -1. */
  #find({ high, low }: ContentHash): number {
    const bucket = high >>> this.#shift;
    const end = this.#endOf(bucket);
    for (let row = at(this.#begins, bucket); row < end; row++)
      if (at(this.#low, row) === low && at(this.#high, row) === high) return (at(this.#marks, row) & isTwin) === 0 ? row : -1;
    return -1;
  }

  /**
   * Where a row that a read has met is to be staged: nowhere if the mirror has it and it is met for the first time; the
   * second time also where it was first, for the two are to be compared then.
   */
  meet(hash: ContentHash, met: Sighting): readonly Sighting[] {
    const row = this.#find(hash);
    if (row === -1) return [met];
    if ((at(this.#marks, row) & isMet) === 0) {
      this.#mark(row, met.isTeacher ? isMet | isTeacher : isMet);
      this.#parts[row] = this.#names.numberOf(met.place.part);
      this.#positions[row] = met.place.position;
      return nowhere;
    }
    const first = this.#takeBack(row);
    return first === null ? [met] : [first, met];
  }

  /** Where the row with this hash was met, if it was and is staged nowhere: it counts as staged from now on. */
  takeBack(hash: ContentHash): Sighting | null {
    const row = this.#find(hash);
    return row === -1 ? null : this.#takeBack(row);
  }

  #takeBack(row: number): Sighting | null {
    const marks = at(this.#marks, row);
    if ((marks & (isMet | isStaged)) !== isMet) return null;
    this.#mark(row, isStaged);
    const place = { part: this.#names.of(at(this.#parts, row)), position: at(this.#positions, row) };
    return { place, isTeacher: (marks & isTeacher) !== 0 };
  }

  /** The rows that were met and are staged nowhere: they say what they said. */
  countSame(): readonly KnownCount[] {
    const counts = new Map<number, number>();
    for (const marks of this.#marks) if ((marks & (isMet | isStaged)) === isMet) counts.set(marks, (counts.get(marks) ?? 0) + 1);
    return [...counts].map(([marks, count]) => ({ kind: marks & kinds, isTeacher: (marks & isTeacher) !== 0, count }));
  }

  /** The rows that were not met. */
  *unmet(): Generator<Unmet> {
    for (let row = 0; row < this.size; row++) {
      if ((at(this.#marks, row) & isMet) !== 0) continue;
      const hash = { high: at(this.#high, row), low: at(this.#low, row) };
      yield { hash, at: `(${at(this.#parts, row)},${at(this.#positions, row)})` };
    }
  }
}

function emptyColumns(size: number): KnownColumns {
  const bits = Math.max(1, Math.ceil(Math.log2(Math.max(1, size / rowsInBucket))));
  return {
    begins: new Uint32Array(2 ** bits + 1),
    high: new Uint32Array(size),
    low: new Uint32Array(size),
    marks: new Uint8Array(size),
    parts: new Uint32Array(size),
    positions: new Uint32Array(size),
  };
}

type Numbers = Uint8Array | Uint32Array;
const at = (numbers: Numbers, index: number) => numbers[index] as number;

const rowsInBucket = 4;
const nowhere: readonly Sighting[] = [];

const kinds = 0b111;
const isMet = 0b1000;
const isStaged = 0b1_0000;
const isTeacher = 0b10_0000;
const isTwin = 0b100_0000;
