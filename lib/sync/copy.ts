import { once } from "node:events";
import type { Writable } from "node:stream";
import type postgres from "postgres";

export type CopyValue = string | number | null | readonly string[];

const mustEscape = /[\\\t\n\r]/;
const escapes: Record<string, string> = { "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r" };
const escapeText = (text: string) => (mustEscape.test(text) ? text.replace(/[\\\t\n\r]/g, (char) => escapes[char] ?? char) : text);

/** One row in the text format of COPY (PostgreSQL manual, COPY, "Text Format"); NUL, which text cannot hold, is dropped. */
export function copyRow(values: readonly CopyValue[]): string {
  let row = "";
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (i > 0) row += "\t";
    if (value === null || value === undefined) row += "\\N";
    else if (typeof value === "string") row += escapeText(value);
    else if (typeof value === "number") row += value;
    else row += value.length === 0 ? "{}" : escapeText(`{${value.map((item) => `"${item.replace(/["\\]/g, "\\$&")}"`).join(",")}}`);
  }
  const line = `${row}\n`;
  return line.includes("\u0000") ? line.replaceAll("\u0000", "") : line;
}

/** An open COPY into one table, on a connection of its own. Rows are visible after end(). */
export class CopyStream {
  readonly #connection: postgres.ReservedSql;
  readonly #writable: Writable;
  #failure: Error | null = null;

  private constructor(connection: postgres.ReservedSql, writable: Writable) {
    this.#connection = connection;
    this.#writable = writable;
    writable.on("error", (error) => {
      this.#failure = error;
    });
  }

  static async open(sql: postgres.Sql, table: string, columns: readonly string[]): Promise<CopyStream> {
    const connection = await sql.reserve();
    try {
      const writable = await connection.unsafe(`copy ${table} (${columns.join(", ")}) from stdin`).writable();
      return new CopyStream(connection, writable);
    } catch (error) {
      connection.release();
      throw error;
    }
  }

  /** Waits while the database is behind, so that memory stays flat. */
  async write(rows: string): Promise<void> {
    if (this.#failure) throw this.#failure;
    if (!this.#writable.write(rows)) await once(this.#writable, "drain");
  }

  async end(): Promise<void> {
    try {
      if (this.#failure) throw this.#failure;
      this.#writable.end();
      await once(this.#writable, "finish");
    } finally {
      this.#connection.release();
    }
  }

  /** Gives up what was written. */
  async abort(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#writable.once("close", () => resolve()));
    this.#writable.destroy();
    await closed;
    this.#connection.release();
  }
}
