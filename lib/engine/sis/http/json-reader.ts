/**
 * JSON as it comes, in bounded memory and time: the records of a list are parsed as soon as they are there, a few at a time, and only
 * what is kept of each stays; everything around them is parsed at the end. What is too much is refused at the byte that makes it so.
 *
 * The scanner only finds where values end (strings, nesting, commas); whether they are JSON is JSON.parse's to say. Both together take
 * as long as JSON.parse alone for a page of a thousand people; a tokenizer in JavaScript (@streamparser/json 0.0.26) took 2.8 times that.
 */
import { inWords, isBlank, Pieces, TooMuch } from "./pieces.ts";

/** The list of an answer that its records stand in, by its name in the outermost object. */
export interface ListReading {
  /** Compared without case. */
  readonly names: readonly string[];
  /** Records that were asked for. */
  readonly most: number;
  /** What stays of a record. */
  readonly keep: (record: unknown) => unknown;
}

export interface JsonLimits {
  /** Of all, unpacked. */
  readonly bytes: number;
  /** Of one record, and of all that is no record. */
  readonly recordBytes: number;
  readonly stringBytes: number;
  readonly depth: number;
  /** Values, names and separators of all. */
  readonly tokens: number;
}

export const jsonLimits: JsonLimits = { bytes: 8 * 1_048_576, recordBytes: 1_048_576, stringBytes: 65_536, depth: 64, tokens: 300_000 };

export type JsonRead =
  | { readonly kind: "json"; readonly json: unknown }
  | { readonly kind: "empty" }
  /** `isPage`: it begins as a web page does. */
  | { readonly kind: "other"; readonly isPage: boolean };

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const colon = 0x3a;
const lessThan = 0x3c;
const openList = 0x5b;
const closeList = 0x5d;
const openObject = 0x7b;
const closeObject = 0x7d;
/** By byte: whether the scanner has to look at it. */
const matters = new Uint8Array(256);
for (const byte of [quote, comma, colon, openList, closeList, openObject, closeObject]) matters[byte] = 1;
const isOfByteOrderMark = (byte: number) => byte === 0xef || byte === 0xbb || byte === 0xbf;

export class JsonReader {
  readonly #limits: JsonLimits;
  readonly #list: ListReading | null;
  readonly #names: ReadonlySet<string>;
  #bytes = 0;
  #tokens = 0;
  #depth = 0;
  #isInString = false;
  #isEscaped = false;
  #stringBytes = 0;
  #hasBegun = false;
  #isPage = false;
  #isBroken = false;
  /** All but the records. */
  readonly #around = new Pieces();
  /** The records under way. */
  readonly #inside = new Pieces();
  readonly #lists = new Map<string, unknown[]>();
  /** The list being read; its name and what was kept of it. */
  #open: { readonly name: string; readonly kept: unknown[]; begun: number } | null = null;

  constructor(limits: JsonLimits, list: ListReading | null) {
    this.#limits = limits;
    this.#list = list;
    this.#names = new Set(list?.names.map((name) => name.toLowerCase()));
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** @returns whether more is wanted: not of what is no JSON. @throws TooMuch */
  write(chunk: Buffer): boolean {
    this.#bytes += chunk.length;
    if (this.#bytes > this.#limits.bytes)
      throw new TooMuch(`with more than ${inWords(this.#limits.bytes)}, which Aivo does not read`, true);
    if (!this.#hasBegun) this.#begin(chunk);
    if (this.#isPage || this.#isBroken) return false;
    this.#scan(chunk);
    return !this.#isBroken;
  }

  end(): JsonRead {
    if (this.#bytes === 0) return { kind: "empty" };
    if (this.#isPage || this.#isBroken || this.#open !== null) return { kind: "other", isPage: this.#isPage };
    try {
      const json = JSON.parse(this.#around.text().replace(/^\ufeff/, "")) as Record<string, unknown>;
      for (const [name, kept] of this.#lists) json[name] = kept;
      return { kind: "json", json };
    } catch {
      return { kind: "other", isPage: false };
    }
  }

  #begin(chunk: Buffer): void {
    const first = chunk.find((byte) => !isBlank(byte) && !isOfByteOrderMark(byte));
    this.#hasBegun = first !== undefined;
    this.#isPage = first === lessThan;
  }

  #scan(chunk: Buffer): void {
    /** Where what is not put aside yet begins. */
    let from = 0;
    /** Behind the last comma between two records. */
    let whole = 0;
    let at = this.#isInString ? this.#skipString(chunk, 0) : 0;
    for (; at < chunk.length; at++) {
      const byte = chunk[at] ?? 0;
      // Digits, words and blanks are most of what stands outside of strings.
      if (matters[byte] === 0) continue;
      switch (byte) {
        case quote:
          this.#isInString = true;
          this.#stringBytes = 0;
          at = this.#skipString(chunk, at + 1) - 1;
          break;
        case openObject:
        case openList:
          this.#count();
          if (++this.#depth > this.#limits.depth) throw new TooMuch(`with data nested deeper than ${this.#limits.depth} levels`);
          if (byte === openList && this.#depth === 2 && this.#list !== null && this.#open === null) {
            this.#around.add(chunk.subarray(from, at + 1), this.#limits.recordBytes);
            from = at + 1;
            whole = from;
            this.#openList();
          }
          break;
        case closeObject:
        case closeList:
          this.#depth--;
          if (this.#depth === 1 && this.#open !== null) {
            this.#inside.add(chunk.subarray(from, at), this.#limits.recordBytes);
            from = at;
            this.#closeList();
            if (this.#isBroken) return;
          }
          break;
        case comma:
          this.#count();
          if (this.#open !== null && this.#depth === 2) {
            this.#nextRecord();
            whole = at + 1;
          }
          break;
        case colon:
          this.#count();
          break;
      }
    }
    if (this.#open === null) this.#around.add(chunk.subarray(from), this.#limits.recordBytes);
    else {
      if (whole > from) {
        this.#inside.add(chunk.subarray(from, whole - 1), this.#limits.recordBytes + chunk.length);
        this.#take(this.#open.begun);
        from = whole;
      }
      this.#inside.add(chunk.subarray(from), this.#limits.recordBytes);
    }
  }

  /** @returns the place behind the string's end, or the chunk's end */
  #skipString(chunk: Buffer, from: number): number {
    const { length } = chunk;
    // What the last chunk ended with, a backslash, is followed by a character that ends nothing.
    let at = this.#isEscaped ? from + 1 : from;
    for (; at < length; at++) {
      const byte = chunk[at];
      if (byte === quote) break;
      if (byte === backslash) at++;
    }
    this.#isInString = at >= length;
    this.#isEscaped = at > length;
    this.#stringBytes += Math.min(at, length) - from;
    if (this.#stringBytes > this.#limits.stringBytes)
      throw new TooMuch(`with a text of more than ${inWords(this.#limits.stringBytes)} in it`);
    return Math.min(at + 1, length);
  }

  #count(): void {
    if (++this.#tokens > this.#limits.tokens)
      throw new TooMuch(`with more than ${this.#limits.tokens.toLocaleString("en-US")} values`, true);
  }

  /** A list has begun in the outermost object: is it the one with the records? */
  #openList(): void {
    const [, name] = /("(?:[^"\\]|\\.)*")\s*:\s*\[$/.exec(this.#around.tail(256)) ?? [];
    if (name === undefined) return;
    const key = parsed(name);
    if (typeof key !== "string" || !this.#names.has(key.toLowerCase())) return;
    this.#open = { name: key, kept: [], begun: 0 };
  }

  #nextRecord(): void {
    if (this.#open === null || this.#list === null) return;
    this.#open.begun++;
    if (this.#open.begun >= this.#list.most) {
      throw new TooMuch(`with more records than the ${this.#list.most.toLocaleString("en-US")} that were asked for`);
    }
  }

  #closeList(): void {
    if (this.#open === null) return;
    const { name, kept, begun } = this.#open;
    // Nothing between the brackets is no record; nothing behind a comma is no JSON.
    if (begun > 0 || !this.#inside.isBlank()) this.#take(begun + 1);
    this.#inside.clear();
    this.#lists.set(name, kept);
    this.#open = null;
  }

  /** Parses the records that are whole: as many as there must be by now, or something between two commas is none. */
  #take(count: number): void {
    const records = parsed(this.#inside.text(listMarks));
    this.#inside.clear();
    if (this.#open === null || this.#list === null) return;
    const { kept } = this.#open;
    if (Array.isArray(records)) for (const record of records as unknown[]) kept.push(this.#list.keep(record));
    this.#isBroken = kept.length !== count;
  }
}

const listMarks = [Buffer.from("["), Buffer.from("]")] as const;

/** Undefined for what is no JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
