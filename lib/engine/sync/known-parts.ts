import type { Collection } from "#lib/roster/canonical.ts";
import type { ContentHash } from "./content-hash.ts";
import { freeNow } from "./free-now.ts";
import { type KnownColumns, type KnownGroup, KnownRows, PartNames, type Sighting } from "./known-rows.ts";
import type { SieveFiles } from "./sieve-files.ts";

/** Into so many parts, by the last bits of their hashes, rows of a mirror are divided. */
export const parts = 16;
/** Of which part a hash is: as `hash & 15` in SQL. */
const partOf = ({ low }: ContentHash) => low & (parts - 1);

/** What is to be staged of a row that was read, but for where it was read. */
export interface StagedRow {
  /** What the mirror calls it. */
  readonly key: string;
  /** Its columns as COPY takes them, up to those that tell where it was read. */
  readonly columns: string;
  /** Whether it is not used. */
  readonly isAside: boolean;
}

/** A row and where it is to be staged. */
export interface Passed {
  readonly row: StagedRow;
  readonly hash: ContentHash;
  readonly places: readonly Sighting[];
}

/** What the mirror has of a collection, and which of its rows a read has met: all at once, or a part at a time. */
export interface KnownParts {
  /** Looks at each part, one after the other. */
  each(look: Look): Promise<void>;
  /** Keeps what `change` does to the rows of a part. */
  change(part: number, change: Look): Promise<void>;
}

type Look = (known: KnownRows) => void | Promise<void>;

/** In memory, in one part. */
export class WholeRows implements KnownParts {
  readonly rows: KnownRows;

  constructor(groups: readonly KnownGroup[]) {
    this.rows = new KnownRows(groups);
  }

  async each(look: Look): Promise<void> {
    await look(this.rows);
  }

  async change(_part: number, change: Look): Promise<void> {
    await change(this.rows);
  }
}

/**
 * On disk, with the rows that a read has met: these wait until all of the collection is read, and are looked up a part at a time. So of the
 * mirror a sixteenth is held at once, and the rows are written and read once more.
 */
export class RowsInParts implements KnownParts {
  readonly #collection: Collection;
  readonly #files: SieveFiles;
  readonly #names = new PartNames();
  /** Kinds of which the mirror has rows. */
  readonly #kinds = new Set<number>();

  constructor(collection: Collection, files: SieveFiles) {
    this.#collection = collection;
    this.#files = files;
  }

  /** More rows of the mirror, all of one part. */
  async add({ kind, rows }: KnownGroup, part: number): Promise<void> {
    this.#kinds.add(kind);
    await this.#files.append(this.#file(`mirror-${kind}`, part), rows);
    freeNow(rows);
  }

  /** Keeps a row that a read has met until `passed`. */
  hold({ key, columns, isAside }: StagedRow, { high, low }: ContentHash, { place, isTeacher }: Sighting): void {
    const flags = (isAside ? 1 : 0) + (isTeacher ? 2 : 0);
    const numbers = `${flags}\t${high}\t${low}\t${this.#names.numberOf(place.part)}\t${place.position}`;
    // Neither JSON nor what COPY takes has a tab or the end of a line within a text.
    this.#files.addLine(this.#file("held", partOf({ high, low })), `${numbers}\t${JSON.stringify(key)}\t${columns}`);
  }

  /** The rows that are to be staged of all that were held, some at a time. */
  async *passed(): AsyncGenerator<readonly Passed[]> {
    await this.#files.flush(true);
    for (let part = 0; part < parts; part++) {
      const known = await this.#load(part);
      for await (const lines of this.#files.lines(this.#file("held", part))) {
        const passed: Passed[] = [];
        for (const line of lines) {
          const { hash, met, rest, isAside } = this.#read(line);
          const places = known.meet(hash, met);
          if (places.length > 0) passed.push({ row: rowIn(line, rest, isAside), hash, places });
        }
        if (passed.length > 0) yield passed;
      }
      await this.#files.drop(this.#file("held", part));
      await this.#keep(known, part);
    }
  }

  async each(look: Look): Promise<void> {
    for (let part = 0; part < parts; part++) {
      const known = await this.#load(part);
      await look(known);
      known.free();
    }
  }

  async change(part: number, change: Look): Promise<void> {
    const known = await this.#load(part);
    await change(known);
    await this.#keep(known, part);
  }

  async #keep(known: KnownRows, part: number): Promise<void> {
    const { begins, high, low, parts, positions, marks } = known.columns();
    await this.#files.save(this.#file("known", part), [begins, high, low, parts, positions, marks]);
    known.free();
  }

  async #load(part: number): Promise<KnownRows> {
    const saved = await this.#files.saved(this.#file("known", part), 6);
    if (saved !== null) return new KnownRows(columnsOf(saved), this.#names);
    const groups: KnownGroup[] = [];
    for (const kind of this.#kinds) {
      const rows = await this.#files.bytes(this.#file(`mirror-${kind}`, part));
      if (rows !== null) groups.push({ kind, rows });
      await this.#files.drop(this.#file(`mirror-${kind}`, part));
    }
    const known = new KnownRows(groups, this.#names);
    for (const { rows } of groups) freeNow(rows);
    return known;
  }

  /** Most rows are the same and go no further: what is to be staged of them is not even cut out. */
  #read(line: string): { readonly hash: ContentHash; readonly met: Sighting; readonly rest: number; readonly isAside: boolean } {
    let rest = 0;
    const next = () => {
      let number = 0;
      for (let code = line.charCodeAt(rest++); code !== tab; code = line.charCodeAt(rest++)) number = number * 10 + (code - zero);
      return number;
    };
    const [flags, high, low] = [next(), next(), next()];
    const place = { part: this.#names.of(next()), position: next() };
    return { hash: { high, low }, met: { place, isTeacher: (flags & 2) !== 0 }, rest, isAside: (flags & 1) !== 0 };
  }

  #file(what: string, part: number): string {
    return `${this.#collection}-${part}-${what}`;
  }
}

const [tab, zero] = ["\t".charCodeAt(0), "0".charCodeAt(0)];

function rowIn(line: string, at: number, isAside: boolean): StagedRow {
  const end = line.indexOf("\t", at);
  return { key: JSON.parse(line.slice(at, end)) as string, columns: line.slice(end + 1), isAside };
}

/** Of arrays as they were saved. They lie where an array of four bytes may begin. */
function columnsOf(saved: readonly Uint8Array[]): KnownColumns {
  const numbers = (n: number) => {
    const { buffer, byteOffset, byteLength } = saved[n] ?? new Uint8Array();
    return byteOffset % 4 === 0
      ? new Uint32Array(buffer, byteOffset, byteLength / 4)
      : new Uint32Array(buffer.slice(byteOffset, byteOffset + byteLength));
  };
  return {
    begins: numbers(0),
    high: numbers(1),
    low: numbers(2),
    parts: numbers(3),
    positions: numbers(4),
    marks: saved[5] ?? new Uint8Array(),
  };
}
