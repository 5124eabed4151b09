import type { Tx } from "./tx.ts";

/**
 * To be called in every transaction that changes the roster (schools, terms, courses, classrooms, accounts' roster
 * values and status, memberships, external links), so that a plan made before it is known not to fit any more.
 * Locks the district's row until the transaction ends. Returns the new revision.
 */
export async function raiseRosterRevision(tx: Tx): Promise<number> {
  const [row] = await tx.sql<{ revision: string }[]>`
    update districts set roster_revision = roster_revision + 1 where id = ${tx.districtId} returning roster_revision as revision`;
  if (!row) throw new Error(`district ${tx.districtId} does not exist`);
  return Number(row.revision);
}
