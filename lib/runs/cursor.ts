import type { PendingQuery, Row } from "postgres";
import type { Tx } from "#lib/db/tx.ts";

/**
 * Rows of a query in batches, through a cursor of the database, so that a result of any size takes the memory of one batch.
 * The driver's own cursor keeps the connection to itself; with this one the transaction can look up names between batches.
 */
export async function* eachBatch<T extends Row>(tx: Tx, query: PendingQuery<T[]>, size = 1000): AsyncGenerator<readonly T[]> {
  await tx.sql`declare rows_shown no scroll cursor for ${query}`;
  for (;;) {
    // Not prepared: a prepared statement keeps the columns of the first cursor that it met.
    const rows = await tx.sql.unsafe<T[]>(`fetch ${size} from rows_shown`);
    if (rows.length === 0) break;
    yield rows;
  }
  await tx.sql`close rows_shown`;
}
