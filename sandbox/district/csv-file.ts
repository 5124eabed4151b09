import { closeSync, openSync, renameSync, rmSync, writeSync } from "node:fs";

const flushAtChars = 256 * 1024;

/** A CSV file written row by row, RFC 4180, CRLF. It appears under its name only when it is whole. */
export class CsvFile {
  readonly #path: string;
  readonly #file: number;
  #pending = "";
  #rows = 0;

  constructor(path: string, header: readonly string[]) {
    this.#path = path;
    this.#file = openSync(`${path}.part`, "w");
    this.#pending = `${header.join(",")}\r\n`;
  }

  get rows(): number {
    return this.#rows;
  }

  write(cells: readonly string[]): void {
    let line = "";
    for (let at = 0; at < cells.length; at++) line += at === 0 ? cell(cells[at] ?? "") : `,${cell(cells[at] ?? "")}`;
    this.#pending += `${line}\r\n`;
    this.#rows++;
    if (this.#pending.length > flushAtChars) this.#flush();
  }

  close(): void {
    this.#flush();
    closeSync(this.#file);
    renameSync(`${this.#path}.part`, this.#path);
  }

  /** As if it had never been begun. */
  discard(): void {
    closeSync(this.#file);
    rmSync(`${this.#path}.part`);
  }

  #flush(): void {
    writeSync(this.#file, this.#pending);
    this.#pending = "";
  }
}

function cell(value: string): string {
  return /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}
