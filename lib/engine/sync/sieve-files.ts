import { createReadStream } from "node:fs";
import { appendFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** So much is gathered, of all files together, before it is written: little enough that what is gathered does not grow old in memory. */
const writeAtOnce = 512 * 1024;
/** A longer text would lie among what V8 looks through seldom, dozens of them at once. */
const readAtOnce = 64 * 1024;

/** Files of a run's own folder, for what would be too much to hold in memory while it is read. */
export class SieveFiles {
  readonly #directory: string;
  readonly #gathered = new Map<string, string[]>();
  #length = 0;

  private constructor(directory: string) {
    this.#directory = directory;
  }

  static async in(directory: string): Promise<SieveFiles> {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    return new SieveFiles(directory);
  }

  /** A line without its end. It is in the file after `flush`. */
  addLine(name: string, line: string): void {
    const lines = this.#gathered.get(name);
    if (lines === undefined) this.#gathered.set(name, [line]);
    else lines.push(line);
    this.#length += line.length;
  }

  /** Writes what has gathered, if that is much, or all the same. */
  async flush(always = false): Promise<void> {
    if (this.#length === 0 || (this.#length < writeAtOnce && !always)) return;
    for (const [name, lines] of this.#gathered) await appendFile(this.#path(name), `${lines.join("\n")}\n`, { mode: 0o600 });
    this.#gathered.clear();
    this.#length = 0;
  }

  /** The lines of a file, some hundred at a time; none where there is no such file. */
  async *lines(name: string): AsyncGenerator<readonly string[]> {
    let rest = "";
    try {
      for await (const chunk of createReadStream(this.#path(name), { encoding: "utf8", highWaterMark: readAtOnce })) {
        const lines = (rest + chunk).split("\n");
        rest = lines.pop() ?? "";
        yield lines;
      }
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }

  async append(name: string, bytes: Uint8Array): Promise<void> {
    await appendFile(this.#path(name), bytes, { mode: 0o600 });
  }

  /** Null where there is no such file. */
  async bytes(name: string): Promise<Uint8Array | null> {
    return readFile(this.#path(name)).catch((error: unknown) => {
      if (isMissing(error)) return null;
      throw error;
    });
  }

  /** Writes arrays of numbers as they lie in memory. */
  async save(name: string, arrays: readonly (Uint32Array | Uint8Array)[]): Promise<void> {
    const lengths = new Uint32Array(arrays.map(({ length }) => length));
    const views = [lengths, ...arrays].map(({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength));
    await writeFile(this.#path(name), views, { mode: 0o600 });
  }

  /** What was saved last by this name, of so many arrays of which the last has bytes; null where nothing was. */
  async saved(name: string, count: number): Promise<readonly Uint8Array[] | null> {
    const bytes = await this.bytes(name);
    if (bytes === null) return null;
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    let at = 4 * count;
    return Array.from({ length: count }, (_, n) => {
      const from = at;
      at += view.getUint32(4 * n, true) * (n < count - 1 ? 4 : 1);
      return bytes.subarray(from, at);
    });
  }

  async drop(name: string): Promise<void> {
    await rm(this.#path(name), { force: true });
  }

  async end(): Promise<void> {
    await rm(this.#directory, { recursive: true, force: true });
  }

  #path(name: string): string {
    return join(this.#directory, name);
  }
}

const isMissing = (error: unknown) => error instanceof Error && "code" in error && error.code === "ENOENT";
