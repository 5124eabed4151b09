import { workerScope } from "#lib/platform/access.ts";
import { appendAudit } from "#lib/platform/audit.ts";
import { smallestUuidv7 } from "#lib/platform/db/partitions.ts";
import { incomingColumns } from "#lib/platform/db/staging.ts";
import { asReadColumns } from "#lib/platform/db/staging-columns.ts";
import { type Tx, withOwner } from "#lib/platform/db/tx.ts";
import { collections } from "#lib/roster/canonical.ts";
import type { District } from "#lib/services/districts/read.ts";
import type { Services } from "#lib/services/services.ts";
import { keptIds } from "./expired.ts";

/** So many rows are emptied in one transaction, in which nobody waits for the others. */
const batchSize = 10_000;
const content = [
  ...new Set([...collections.flatMap((collection) => Object.keys(incomingColumns[collection])), ...Object.keys(asReadColumns)]),
];

/**
 * Takes from the mirror what a SIS said of records that it has no longer for longer than the district's period, and from issues and from
 * the history of syncs what they say of them: names, addresses, numbers. What the SIS calls a record, what became of it, where it leads and
 * since when stay; the hash goes, so that a record that comes back is another one. The same of integrations that were removed before
 * the period began. Of rows without an id nothing but issues and history is left to empty. Returns how many records were emptied.
 */
export async function forgetWithdrawn(services: Pick<Services, "db" | "now">, district: District): Promise<number> {
  const deadline = new Date(services.now().getTime() - district.retentionDays * 86_400_000);
  const inTurn = <T>(work: (tx: Tx) => Promise<T>) => withOwner(services.db, district.id, work);
  let all = 0;
  for (let count = batchSize; count === batchSize; all += count) {
    count = await inTurn(async (tx) => {
      const emptied = await emptyRecords(tx, deadline);
      if (emptied > 0) await audit(tx, services, district, emptied);
      return emptied;
    });
  }
  await inTurn((tx) => emptyNobodys(tx, deadline));
  return all;
}

/** Removed before the deadline, as SQL; the removal is the last change of its row. */
const removed = (tx: Tx, deadline: Date) => tx.sql`
  select id from integrations where district_id = ${tx.districtId} and state = 'removed' and updated_at < ${deadline.toISOString()}`;

/** Rows of the mirror that are due to be emptied, but for what is kept with somebody who is held. */
export const isForgotten = (tx: Tx, deadline: Date) => tx.sql`
  district_id = ${tx.districtId} and hash is not null
    and (fate = 'withdrawn' and run_id < ${smallestUuidv7(deadline)} or integration_id in (${removed(tx, deadline)}))
    and (record_id is null or record_id not in (${keptIds(tx)}))`;

/** A row that is withdrawn names the run that withdrew it, whose id tells when. Rows that a sync has at the moment are left for another day. */
async function emptyRecords(tx: Tx, deadline: Date): Promise<number> {
  // Of a role whose it was stays: it leads to them, and goes with them (purge-accounts.ts).
  const leftOf = (column: string) => (column === "person_external_id" ? `case when m.collection = 'roles' then m.${column} end` : "null");
  const blank = tx.sql.unsafe(["hash", ...content].map((column) => `${column} = ${leftOf(column)}`).join(", "));
  const before = smallestUuidv7(deadline);
  const [row] = await tx.sql<{ count: number }[]>`
    with old as materialized (
      select district_id, integration_id, collection, external_id from source_records
      where ${isForgotten(tx, deadline)}
      limit ${batchSize} for update skip locked),
    emptied as (
      update source_records m set ${blank} from old o
      where m.district_id = ${tx.districtId} and m.integration_id = o.integration_id and m.collection = o.collection and m.external_id = o.external_id
      returning m.integration_id, m.collection, m.external_id),
    open as (
      update issues i set value = null, conflict = null from emptied e
      where i.district_id = ${tx.districtId} and i.integration_id = e.integration_id and i.collection = e.collection and i.key = e.external_id),
    closed as (
      update closed_issues i set value = null, conflict = null from emptied e
      where i.district_id = ${tx.districtId} and i.integration_id = e.integration_id and i.collection = e.collection and i.key = e.external_id),
    history as (
      update source_record_changes c set before = null from emptied e
      join sync_runs r on r.district_id = ${tx.districtId} and r.integration_id = e.integration_id
      where c.district_id = ${tx.districtId} and c.run_id < ${before} and c.run_id = r.id
        and c.collection = e.collection and c.external_id = e.external_id and c.before is not null)
    select count(*)::int as count from emptied`;
  return row?.count ?? 0;
}

/** What is said of those who never became a record, where the mirror has no row of them any more. */
async function emptyNobodys(tx: Tx, deadline: Date): Promise<void> {
  await tx.sql`
    update closed_issues set value = null, conflict = null
    where district_id = ${tx.districtId} and closed_at < ${deadline.toISOString()} and key >= chr(1) and key < chr(2)
      and (value is not null or conflict is not null)`;
  for (const table of ["issues", "closed_issues"])
    await tx.sql`
      update ${tx.sql(table)} set value = null, conflict = null
      where district_id = ${tx.districtId} and integration_id in (${removed(tx, deadline)}) and (value is not null or conflict is not null)
        and not coalesce(record_ids && array(${keptIds(tx)}), false)
        and (external_id is null or external_id not in (
          select external_id from source_records where district_id = ${tx.districtId} and record_id in (${keptIds(tx)})))`;
  await tx.sql`
    update source_record_changes set before = null
    where district_id = ${tx.districtId} and run_id < ${smallestUuidv7(deadline)} and record_id is null and before is not null`;
}

async function audit(tx: Tx, services: Pick<Services, "now">, district: District, records: number): Promise<void> {
  const { actor } = workerScope(district.id);
  const details = { records, retentionDays: district.retentionDays };
  const target = { kind: "district", id: district.id };
  await appendAudit(tx, { actor, action: "withdrawn-records-emptied", target, details }, services.now());
}
