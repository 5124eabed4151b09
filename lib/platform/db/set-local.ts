import type postgres from "postgres";

/** Names and values as they may stand in a statement: what the callers have is ids, numbers, units and words. */
const plain = /^[A-Za-z0-9_.-]+$/;

/**
 * `set local` of each, in one message. Said so rather than by set_config(), because Citus hands on to its nodes what a transaction sets
 * by `set local` and nothing else; and without parameters nothing is asked twice through a pooler.
 * @throws RangeError when a name or a value would need to be quoted
 */
export function setLocal(settings: Readonly<Record<string, string>>): string {
  const statements = Object.entries(settings).map(([name, value]) => {
    if (!plain.test(name) || !plain.test(value)) throw new RangeError(`${name} cannot be set to that`);
    return `set local ${name} = '${value}';`;
  });
  return statements.join(" ");
}

/** Sets them for the rest of the transaction, in one round trip. */
export async function tune(
  sql: Pick<postgres.TransactionSql | postgres.ReservedSql, "unsafe">,
  settings: Readonly<Record<string, string>>,
): Promise<void> {
  await sql.unsafe(setLocal(settings)).simple();
}
