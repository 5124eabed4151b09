import type { Tx } from "./tx.ts";

/**
 * To be called by whoever changes records that a SIS supplies and is not its sync: what the SIS says of them is planned again by the next
 * one, although it says what it said before.
 */
export async function planAgain(tx: Tx, recordIds: readonly string[]): Promise<void> {
  await tx.sql`
    update source_records set stale = true
    where district_id = ${tx.districtId} and record_id = any(${[...recordIds]}::uuid[]) and rostered and not stale
      and fate in ('rostered', 'waiting', 'withheld')`;
}
