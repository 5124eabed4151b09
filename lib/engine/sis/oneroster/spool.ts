/**
 * Pages on their way from the SIS to the database, in the run's own folder: of each a line with its number and a line per record. So
 * a collection is only used once it was read completely, a second reading replaces the first, and memory holds a page at a time.
 */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { Pieces } from "#lib/engine/sis/http/pieces.ts";
import { RunFailure } from "#lib/platform/errors.ts";
import type { Collection } from "#lib/roster/canonical.ts";
import type { RawBatch, RawRecord } from "#lib/roster/raw.ts";
import type { RawFields } from "./records.ts";

const bufferBytes = 128 * 1024;
const lineEnd = 0x0a;

export class PageSpool {
  readonly path: string;
  readonly #file: FileHandle;
  readonly #hash = createHash("sha256");
  /** Filled and emptied over and over: the lines of a page, as one text of a megabyte and then as its bytes, take longer to allocate than to write. */
  readonly #buffer = Buffer.allocUnsafe(bufferBytes);

  private constructor(path: string, file: FileHandle) {
    this.path = path;
    this.#file = file;
  }

  /** Begins anew, whatever was there. */
  static async create(path: string): Promise<PageSpool> {
    return new PageSpool(path, await open(path, "w", 0o600));
  }

  /** `records` are JSON texts, of RawFields or of what `readSpool` is told to make such of. @throws RunFailure `disk-full` */
  async write(page: number, records: readonly string[]): Promise<void> {
    if (records.length === 0) return;
    // Not hashed: pages may be cut differently next time; the records are what must be equal.
    await this.#put(Buffer.from(`${pageMark}${page}\n`));
    const buffer = this.#buffer;
    let used = 0;
    for (const text of records) {
      const most = text.length * 3 + 1;
      if (used + most > buffer.length) {
        await this.#putLines(buffer.subarray(0, used));
        used = 0;
      }
      if (most > buffer.length) {
        await this.#putLines(Buffer.from(`${text}\n`));
        continue;
      }
      used += buffer.write(text, used);
      buffer[used++] = lineEnd;
    }
    await this.#putLines(buffer.subarray(0, used));
  }

  async #putLines(lines: Buffer): Promise<void> {
    if (lines.length === 0) return;
    this.#hash.update(lines);
    await this.#put(lines);
  }

  async #put(bytes: Buffer): Promise<void> {
    await this.#file.writeFile(bytes).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOSPC" && error.code !== "EDQUOT") throw error;
      throw new RunFailure(
        {
          code: "disk-full",
          step: "read",
          message: "Aivo's disk is full: the roster could not be put aside while it was read. Nothing was changed.",
          remedy: "Aivo's operator has to make room under the data directory.",
        },
        { cause: error },
      );
    });
  }

  /** @returns the hash of all records */
  async end(): Promise<string> {
    await this.#file.close();
    return this.#hash.digest("hex");
  }

  async abandon(): Promise<void> {
    await this.#file.close().catch(() => {});
  }
}

/** The pages as batches, each record with its endpoint and page; `several`: what was put aside stands for several records. */
export async function* readSpool<T = RawFields>(
  path: string,
  collection: Collection,
  part: string,
  several: ((aside: T) => readonly RawFields[]) | null = null,
): AsyncGenerator<RawBatch> {
  let records: RawRecord[] = [];
  let place = { part, position: 0 };
  for await (const line of linesOf(path)) {
    if (!line.startsWith(pageMark)) {
      const aside: unknown = JSON.parse(line);
      if (several === null) records.push({ place, fields: aside as RawFields });
      else for (const fields of several(aside as T)) records.push({ place, fields });
      continue;
    }
    if (records.length > 0) yield { collection, records, rejected: [] };
    records = [];
    place = { part, position: Number(line.slice(pageMark.length)) };
  }
  if (records.length > 0) yield { collection, records, rejected: [] };
}

/** Begins the line that begins a page; no JSON begins like that. */
const pageMark = "#";

/** By \n alone: node's readline also cuts at U+2028 and U+2029, which may stand in a name. */
async function* linesOf(path: string): AsyncGenerator<string> {
  const rest = new Pieces();
  for await (const chunk of createReadStream(path, { highWaterMark: 262_144 }) as AsyncIterable<Buffer>) {
    const cut = chunk.lastIndexOf(lineEnd) + 1;
    if (cut > 0) {
      rest.add(chunk.subarray(0, cut - 1), Number.POSITIVE_INFINITY);
      yield* rest.text().split("\n");
      rest.clear();
    }
    rest.add(chunk.subarray(cut), Number.POSITIVE_INFINITY);
  }
}
