/**
 * Pages on their way from the SIS to the database, in the run's own folder: of each a line with its number and a line per record. So
 * a collection is only used once it was read completely, a second reading replaces the first, and memory holds a page at a time.
 */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { RunFailure } from "#lib/platform/errors.ts";
import type { Collection } from "#lib/roster/canonical.ts";
import type { RawBatch, RawRecord } from "#lib/roster/raw.ts";
import type { RawFields } from "./records.ts";

export class PageSpool {
  readonly path: string;
  readonly #file: FileHandle;
  readonly #hash = createHash("sha256");

  private constructor(path: string, file: FileHandle) {
    this.path = path;
    this.#file = file;
  }

  /** Begins anew, whatever was there. */
  static async create(path: string): Promise<PageSpool> {
    return new PageSpool(path, await open(path, "w", 0o600));
  }

  /** `records` are JSON texts of RawFields. @throws RunFailure `disk-full` */
  async write(page: number, records: readonly string[]): Promise<void> {
    if (records.length === 0) return;
    const lines = Buffer.from(`${records.join("\n")}\n`);
    // Pages may be cut differently next time; the records are what must be equal.
    this.#hash.update(lines);
    await this.#file.writev([Buffer.from(`${pageMark}${page}\n`), lines]).catch((error: NodeJS.ErrnoException) => {
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

/** The pages as batches, each record with its endpoint and page. */
export async function* readSpool(path: string, collection: Collection, part: string): AsyncGenerator<RawBatch> {
  let records: RawRecord[] = [];
  let position = 0;
  for await (const line of linesOf(path)) {
    if (!line.startsWith(pageMark)) {
      records.push({ place: { part, position }, fields: JSON.parse(line) as RawFields });
      continue;
    }
    if (records.length > 0) yield { collection, records, rejected: [] };
    records = [];
    position = Number(line.slice(pageMark.length));
  }
  if (records.length > 0) yield { collection, records, rejected: [] };
}

/** Begins the line that begins a page; no JSON begins like that. */
const pageMark = "#";

/** By \n alone: node's readline also cuts at U+2028 and U+2029, which may stand in a name. */
async function* linesOf(path: string): AsyncGenerator<string> {
  let rest = "";
  for await (const chunk of createReadStream(path, { encoding: "utf8", highWaterMark: 262_144 }) as AsyncIterable<string>) {
    let begin = 0;
    for (let end = chunk.indexOf("\n"); end !== -1; end = chunk.indexOf("\n", begin)) {
      yield rest + chunk.slice(begin, end);
      rest = "";
      begin = end + 1;
    }
    rest += chunk.slice(begin);
  }
}
