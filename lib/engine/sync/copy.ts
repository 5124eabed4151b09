import { once } from "node:events";
import type { Writable } from "node:stream";
import postgres from "postgres";
import { endOf, type Told } from "#lib/platform/db/copy-end.ts";

export type CopyValue = string | number | null | readonly string[];

const mustEscape = /[\\\t\n\r]/;
const escapes: Record<string, string> = { "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r" };
const escapeText = (text: string) => (mustEscape.test(text) ? text.replace(/[\\\t\n\r]/g, (char) => escapes[char] ?? char) : text);

/**
 * One row in the text format of COPY (PostgreSQL manual, COPY, "Text Format"); NUL, which text cannot hold, is dropped.
 */
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

/**
 * An open COPY into one table, on a connection of its own. Rows are visible after end(). It ends by itself with its
 * connection, with the server's refusal, or with the run: whoever waits for it is told why, and the connection goes
 * back to the pool when the server is done with it, or with its end.
 */
export class CopyStream {
  readonly #writable: Writable;
  readonly #over: Promise<void>;
  readonly #failed = Promise.withResolvers<never>();
  #failure: { readonly reason: unknown } | null = null;

  private constructor(writable: Writable, over: Promise<void>, signal: AbortSignal) {
    this.#writable = writable;
    this.#over = over;
    this.#failed.promise.catch(() => {});
    // What ends it is told by `over`; without a listener the stream's own word would end the process.
    writable.on("error", () => {});
    const giveUp = () => this.#giveUp(signal.reason);
    signal.addEventListener("abort", giveUp, { once: true });
    over.catch((reason: unknown) => this.#fail(reason)).finally(() => signal.removeEventListener("abort", giveUp));
    if (signal.aborted) giveUp();
  }

  /**
   * @param prepare runs first, in the same transaction
   * @throws the signal's reason when it is aborted, meanwhile too; whatever the server answers to COPY
   */
  static async open(
    sql: postgres.Sql,
    table: string,
    columns: readonly string[],
    signal: AbortSignal,
    prepare: (tx: postgres.ReservedSql) => Promise<void> = async () => {},
  ): Promise<CopyStream> {
    signal.throwIfAborted();
    const connection = await sql.reserve();
    // One that was lost has left the reservation by itself.
    const undo = async (reason: unknown): Promise<never> => {
      if (reason instanceof postgres.PostgresError && !fatal.has(reason.severity)) {
        await connection.unsafe("rollback").then(
          () => connection.release(),
          () => {},
        );
      }
      throw reason;
    };
    try {
      await connection.unsafe("begin");
      await prepare(connection);
    } catch (error) {
      return undo(error);
    }
    const query = connection.unsafe(`copy ${table} (${columns.join(", ")}) from stdin`);
    const over = endOf(query)
      .then(async () => {
        await connection.unsafe("commit");
        connection.release();
      })
      .catch(undo);
    over.catch(() => {});
    using _ = cancelOnAbort(sql, signal, query);
    const writable = await query.writable();
    return new CopyStream(writable, over, signal);
  }

  /** Waits while the database is behind, so that memory stays flat. */
  async write(rows: string): Promise<void> {
    if (this.#failure) throw this.#failure.reason;
    if (!this.#writable.write(rows)) await Promise.race([once(this.#writable, "drain"), this.#failed.promise]);
  }

  async end(): Promise<void> {
    if (this.#failure) throw this.#failure.reason;
    this.#writable.end();
    await Promise.race([this.#over, this.#failed.promise]);
  }

  /** Gives up what was written. */
  abort(): void {
    this.#giveUp(new Error("the COPY was given up"));
  }

  #giveUp(reason: unknown): void {
    this.#fail(reason);
    this.#writable.destroy();
  }

  #fail(reason: unknown): void {
    if (this.#failure) return;
    this.#failure = { reason };
    this.#failed.reject(reason);
  }
}

/** After these the server closes the connection (PostgreSQL manual, "Message Severity Levels"). */
const fatal = new Set(["FATAL", "PANIC"]);

/** A COPY that waits for a lock on its table is not waited for. */
function cancelOnAbort(sql: postgres.Sql, signal: AbortSignal, query: object): Disposable {
  const cancel = () => {
    const pid = (query as Told).state?.pid;
    if (pid) sql`select pg_cancel_backend(${pid})`.catch(() => {});
  };
  signal.addEventListener("abort", cancel, { once: true });
  return { [Symbol.dispose]: () => signal.removeEventListener("abort", cancel) };
}
