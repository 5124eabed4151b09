import { createHash, type Hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { createGunzip } from "node:zlib";
import { z } from "zod";
import { ServiceError } from "#lib/platform/errors.ts";

/**
 * A backup: gzip of lines and blocks. The first line is the header; then for each table a line with its name and columns, blocks of COPY's text
 * format, each after a line with its length in bytes, and a line "0"; then a line "end", and one with the SHA-256 of everything before it.
 */
export const BackupHeader = z.object({
  format: z.literal("aivo-backup"),
  version: z.literal(1),
  /** By the database's clock. */
  madeAt: z.iso.datetime(),
  /** The last migration, by its time in drizzle's journal: the schema that the rows are of. */
  migration: z.number().int(),
  /** Ids of the keys that sealed what is in it; the keys are not. */
  keys: z.array(z.string()),
  /** Where each sequence stood. */
  sequences: z.array(z.object({ name: z.string(), value: z.string() })),
});
export type BackupHeader = z.infer<typeof BackupHeader>;

export const BackupTable = z.object({ schema: z.string(), table: z.string(), columns: z.array(z.string()).min(1) });
export type BackupTable = z.infer<typeof BackupTable>;

export interface BackupReader {
  readonly header: BackupHeader;
  /** Each table in turn; its rows have to be read before the next one. */
  tables(): AsyncGenerator<{ readonly table: BackupTable; readonly rows: AsyncGenerator<Buffer> }>;
}

const lineLimit = 1_000_000;

/**
 * Opens a backup and reads it as it goes; that it is whole is known when the last table was read.
 * @throws ServiceError `invalid`: it is no backup, is cut off, or was changed
 */
export async function readBackup(file: string): Promise<BackupReader> {
  const bytes = new Bytes(file);
  const header = BackupHeader.safeParse(parsed(await bytes.line()));
  if (!header.success) throw damaged("is no backup of Aivo's, or one of a version that this one does not know");
  return { header: header.data, tables: () => tablesOf(bytes) };
}

async function* tablesOf(bytes: Bytes): AsyncGenerator<{ table: BackupTable; rows: AsyncGenerator<Buffer> }> {
  for (;;) {
    const line = await bytes.line();
    if (line === "end") break;
    const table = BackupTable.safeParse(parsed(line));
    if (!table.success) throw damaged("was changed, or is damaged");
    yield { table: table.data, rows: rowsOf(bytes) };
  }
  const expected = bytes.sum();
  const { sha256 } = z
    .object({ sha256: z.string() })
    .catch({ sha256: "" })
    .parse(parsed(await bytes.line()));
  if (sha256 !== expected) throw damaged("was changed, or is damaged: its checksum is another one");
}

async function* rowsOf(bytes: Bytes): AsyncGenerator<Buffer> {
  for (;;) {
    const length = Number(await bytes.line());
    if (!Number.isSafeInteger(length) || length < 0) throw damaged("was changed, or is damaged");
    if (length === 0) return;
    yield await bytes.take(length);
  }
}

/** In COPY's text format a row is a line. */
export function rowsIn(block: Buffer): number {
  let rows = 0;
  for (let at = block.indexOf(10); at >= 0; at = block.indexOf(10, at + 1)) rows++;
  return rows;
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

function damaged(what: string): ServiceError {
  return new ServiceError("invalid", `The file ${what}. Nothing was changed.`);
}

/** The unpacked bytes of a file, taken by lines and lengths, with the hash of what was taken. */
class Bytes {
  readonly #chunks: AsyncIterator<Buffer>;
  #hash: Hash = createHash("sha256");
  #rest: Buffer = Buffer.alloc(0);

  constructor(file: string) {
    const source = createReadStream(file);
    const unpacked = createGunzip();
    source.on("error", (error) => unpacked.destroy(error));
    this.#chunks = source.pipe(unpacked)[Symbol.asyncIterator]();
  }

  async line(): Promise<string> {
    for (;;) {
      const end = this.#rest.indexOf(10);
      if (end >= 0) return this.#taken(end + 1).toString("utf8", 0, end);
      if (this.#rest.length > lineLimit) throw damaged("is no backup of Aivo's");
      await this.#more();
    }
  }

  async take(length: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    for (let left = length; left > 0; ) {
      if (this.#rest.length === 0) await this.#more();
      const part = this.#taken(Math.min(left, this.#rest.length));
      parts.push(part);
      left -= part.length;
    }
    return parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts);
  }

  sum(): string {
    return this.#hash.copy().digest("hex");
  }

  #taken(length: number): Buffer {
    const part = this.#rest.subarray(0, length);
    this.#rest = this.#rest.subarray(length);
    this.#hash.update(part);
    return part;
  }

  async #more(): Promise<void> {
    let next: IteratorResult<Buffer>;
    try {
      next = await this.#chunks.next();
    } catch (error) {
      // What the disk says is told as it is; what gzip says is that the file is not whole.
      if (error instanceof Error && "path" in error) throw error;
      throw damaged("is no backup of Aivo's, or is cut off or damaged");
    }
    if (next.done) throw damaged("is cut off");
    this.#rest = this.#rest.length === 0 ? next.value : Buffer.concat([this.#rest, next.value]);
  }
}
