import { randomUUID } from "node:crypto";
import type { Tx } from "#lib/platform/db/tx.ts";

/**
 * What stands for ids of a column that are erased: another one for each, made of it and of what nobody keeps. Not a random one, since Citus
 * takes no function in an update that answers anew for each row.
 */
export function blankId({ sql }: Pick<Tx, "sql">, column: string) {
  return sql`chr(1) || encode(sha256(convert_to(${randomUUID()}::text || ${sql.unsafe(column)}, 'UTF8')), 'hex')`;
}
