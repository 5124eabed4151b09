import { randomUUID } from "node:crypto";
import type { Tx } from "#lib/platform/db/tx.ts";

/**
 * What stands for ids of a column that are erased: another one for each, made of it and of what nobody keeps. Not a random one, since Citus
 * takes in an update only functions that always answer the same: convert_to() is none, so backslashes are doubled for bytea.
 */
export function blankId({ sql }: Pick<Tx, "sql">, column: string) {
  return sql`chr(1) || encode(sha256((${randomUUID()}::text || replace(${sql.unsafe(column)}, '\\', '\\\\'))::bytea), 'hex')`;
}
