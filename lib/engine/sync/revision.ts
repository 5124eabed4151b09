import type { Tx } from "#lib/platform/db/tx.ts";

/** The roster's revision as it is now. */
export async function readRevision(tx: Tx): Promise<number> {
  const [row] = await tx.sql<{ revision: string }[]>`
    select roster_revision as revision from districts where id = ${tx.districtId}`;
  if (!row) throw new Error(`district ${tx.districtId} does not exist`);
  return Number(row.revision);
}

/** The same, and nobody changes the roster until this transaction ends. Readers are not blocked. */
export async function lockRevision(tx: Tx): Promise<number> {
  await tx.sql`select from districts where id = ${tx.districtId} for update`;
  return readRevision(tx);
}
