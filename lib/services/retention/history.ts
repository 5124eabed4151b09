import { workerScope } from "#lib/platform/access.ts";
import { appendAudits } from "#lib/platform/audit.ts";
import {
  addMonths,
  dropPartitions,
  makePartitions,
  type Partition,
  type PartitionsDone,
  runChangesByMonth,
  startOfMonth,
} from "#lib/platform/db/partitions.ts";
import type { Tx } from "#lib/platform/db/tx.ts";
import type { Services } from "#lib/services/services.ts";

export interface HistoryKept {
  readonly made: PartitionsDone;
  readonly dropped: PartitionsDone;
}

/** A plan waits for an admin for 30 days at most (worker/sweep.ts), counted from the end of its run; approving it copies its changes. */
const planMayWaitDays = 32;

/**
 * Makes the partitions of the history of syncs that will be needed, and drops the months that are past AIVO_HISTORY_MONTHS, for all
 * districts at once; each district that had changes in one finds that in its audit log. Runs, their totals and their issues stay.
 */
export async function keepHistory(services: Pick<Services, "db" | "env" | "now">): Promise<HistoryKept> {
  const { db, env } = services;
  const now = services.now();
  const made = await makePartitions(db, runChangesByMonth, now);
  const begins = historyBegins(now, env.historyMonths);
  const dropped = await dropPartitions(db, runChangesByMonth, begins, (tx, partition) => audit(tx, partition, env.historyMonths));
  return { made, dropped };
}

/** Months that end by then are dropped: what a month holds is older than so many whole months. */
export function historyBegins(now: Date, months: number): Date {
  const waiting = now.getTime() - planMayWaitDays * 86_400_000;
  return new Date(Math.min(addMonths(startOfMonth(now), -months).getTime(), waiting));
}

async function audit(tx: Tx, { name, month }: Partition, keptMonths: number): Promise<void> {
  // One look into the key for each district, however many changes the month has.
  const districts = await tx.sql<{ id: string }[]>`
    select d.id from districts d where exists (select from ${tx.sql(name)} c where c.district_id = d.id)`;
  await appendAudits(
    tx,
    districts.map(({ id }) => ({
      districtId: id,
      actor: workerScope(id).actor,
      action: "history-dropped",
      target: { kind: "district", id },
      details: { month: month.toISOString().slice(0, 7), keptMonths },
    })),
  );
}
