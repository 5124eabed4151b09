import { workerScope } from "#lib/platform/access.ts";
import { appendAudits } from "#lib/platform/audit.ts";
import {
  addMonths,
  closedIssuesByMonth,
  dropPartitions,
  type MonthlyTable,
  makePartitions,
  type Partition,
  type PartitionsDone,
  runChangesByMonth,
  sourceRecordChangesByMonth,
  startOfMonth,
  viewedPeopleByMonth,
  viewsByMonth,
} from "#lib/platform/db/partitions.ts";
import type { Tx } from "#lib/platform/db/tx.ts";
import type { Services } from "#lib/services/services.ts";

export interface HistoryKept {
  readonly made: PartitionsDone;
  readonly dropped: PartitionsDone;
}

/** What the history is of. */
const kept: Readonly<Record<string, MonthlyTable>> = {
  changes: runChangesByMonth,
  "changes of what the SIS said": sourceRecordChangesByMonth,
  "resolved issues": closedIssuesByMonth,
  "who looked at people's data": viewsByMonth,
  "whom they saw": viewedPeopleByMonth,
};
const nothingDone: PartitionsDone = { names: [], isBusy: false };

function and(one: PartitionsDone, other: PartitionsDone): PartitionsDone {
  return { names: [...one.names, ...other.names], isBusy: one.isBusy || other.isBusy };
}

/** A plan waits for an admin for 30 days at most (worker/sweep.ts), counted from the end of its run; approving it copies its changes. */
const planMayWaitDays = 32;

/**
 * Makes the partitions of the history of syncs (changes of the roster and of the mirror, issues that were resolved) that will be needed, and
 * drops the months that are past AIVO_HISTORY_MONTHS, for all districts at once; each district that had anything in one finds that in its audit log. Runs, their totals and open issues stay.
 */
export async function keepHistory(services: Pick<Services, "db" | "env" | "now">): Promise<HistoryKept> {
  const { db, env } = services;
  const now = services.now();
  const begins = historyBegins(now, env.historyMonths);
  const done = { made: nothingDone, dropped: nothingDone };
  for (const [of, table] of Object.entries(kept)) {
    done.made = and(done.made, await makePartitions(db, table, now));
    const record = (tx: Tx, partition: Partition) => audit(tx, partition, { of, keptMonths: env.historyMonths });
    done.dropped = and(done.dropped, await dropPartitions(db, table, begins, record));
  }
  return done;
}

/** Months that end by then are dropped: what a month holds is older than so many whole months. */
export function historyBegins(now: Date, months: number): Date {
  const waiting = now.getTime() - planMayWaitDays * 86_400_000;
  return new Date(Math.min(addMonths(startOfMonth(now), -months).getTime(), waiting));
}

async function audit(tx: Tx, { name, month }: Partition, details: { readonly of: string; readonly keptMonths: number }): Promise<void> {
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
      details: { ...details, month: month.toISOString().slice(0, 7) },
    })),
  );
}
