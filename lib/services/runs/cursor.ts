import type { PendingQuery } from "postgres";
import type { Tx } from "#lib/platform/db/tx.ts";

/**
 * The sequence numbers of the rows that a query shows, in its order. A download remembers them and then takes the rows part by part, each in
 * a short transaction: a reader who does not read holds some bytes for each row, and no connection.
 */
export async function collectSeqs(tx: Tx, query: PendingQuery<{ seq: string }[]>): Promise<readonly number[]> {
  const seqs: number[] = [];
  // Through a cursor, so that a million of them are not a million objects at once.
  await tx.sql`declare seqs_shown no scroll cursor for ${query}`;
  for (;;) {
    // Not prepared: a prepared statement keeps the columns of the first cursor that it met.
    const rows = await tx.sql.unsafe<{ seq: string }[]>("fetch 10000 from seqs_shown");
    if (rows.length === 0) break;
    for (const { seq } of rows) seqs.push(Number(seq));
  }
  await tx.sql`close seqs_shown`;
  return seqs;
}

/** A list in parts of `size`. */
export function* inParts<T>(all: readonly T[], size: number): Generator<readonly T[]> {
  for (let from = 0; from < all.length; from += size) yield all.slice(from, from + size);
}
