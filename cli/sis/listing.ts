import { type Cell, describe, type Listed, print, tableInParts } from "./output.ts";
import type { Terminal } from "./terminal.ts";

export interface Listing<T> {
  /** The fields of the JSON document before the list. */
  readonly json: Readonly<Record<string, unknown>>;
  /** The list's name in the JSON document. */
  readonly name: string;
  /** What people read before the table. */
  readonly lines?: readonly string[];
  readonly header: readonly string[];
  cells(row: T): readonly Cell[];
  /** What people read instead of all when there is no row. */
  readonly empty: string;
  /** Hands over all rows in parts, and waits for each part to be printed. */
  each(write: (rows: readonly T[]) => Promise<void>): Promise<void>;
}

/** A list of any length: it is printed part by part while it is read, and never held. */
export function listing<T>(list: Listing<T>): Listed {
  return {
    print: (terminal, asJson, seeing) => {
      const seen: Listing<T> = {
        ...list,
        each: (write) =>
          list.each(async (rows) => {
            await seeing(rows);
            await write(rows);
          }),
      };
      return asJson ? printDocument(terminal, seen) : printTable(terminal, seen);
    },
  };
}

/**
 * One document, a row on a line. A failure before the first row is thrown; one in the middle closes the list and stands behind it as
 * `error`, so that what was printed is a document still.
 */
async function printDocument<T>(terminal: Terminal, { json, name, each }: Listing<T>): Promise<0 | 1> {
  const head = JSON.stringify({ ...json, [name]: [] }, null, 2).slice(0, -"]\n}".length);
  let isBegun = false;
  try {
    await each(async (rows) => {
      if (rows.length === 0) return;
      const before = isBegun ? ",\n" : `${head}\n`;
      // Now, not afterwards: `each` may fail while this part is still waiting for its reader.
      isBegun = true;
      await terminal.write(before + rows.map((row) => `    ${JSON.stringify(row)}`).join(",\n"));
    });
  } catch (error) {
    if (!isBegun) throw error;
    await print(terminal, `\n  ],\n  "error": ${JSON.stringify(describe(error))}\n}`);
    return 1;
  }
  await print(terminal, isBegun ? "\n  ]\n}" : `${head}]\n}`);
  return 0;
}

async function printTable<T>(terminal: Terminal, { lines = [], header, cells, empty, each }: Listing<T>): Promise<0> {
  const linesOf = tableInParts(header);
  let isBegun = false;
  await each(async (rows) => {
    if (rows.length === 0) return;
    await print(terminal, [...(isBegun ? [] : lines), ...linesOf(rows.map(cells))].join("\n"));
    isBegun = true;
  });
  if (!isBegun) await print(terminal, empty);
  return 0;
}
