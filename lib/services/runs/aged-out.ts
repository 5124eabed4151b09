import type { Tx } from "#lib/platform/db/tx.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import type { Services } from "#lib/services/services.ts";
import type { ReadServices } from "./read.ts";

/** What a reader of changes is given: how long they are kept belongs to what it says. */
export type HistoryServices = ReadServices & { readonly env: Pick<Services["env"], "historyMonths"> } & Pick<Services, "now">;

/** A run, and how many changes it made, whether they are kept or not. */
export interface CountedRun {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly queuedMs: number;
  readonly changeCount: number;
}

/** What stands in the place of a run's changes once their month was dropped (lib/services/retention/history.ts). */
export function agedOutWords({ env: { historyMonths }, now }: HistoryServices, { queuedMs }: CountedRun): string {
  const limit = new Date(now());
  limit.setUTCMonth(limit.getUTCMonth() - historyMonths);
  // Otherwise they went while fewer months were kept than today.
  const isOlder = queuedMs < limit.getTime();
  const months = historyMonths === 1 ? "1 month" : `${historyMonths} months`;
  return isOlder
    ? `The changes of this sync are older than ${months} and are no longer kept.`
    : "The changes of this sync are no longer kept.";
}

/** @throws ServiceError `precondition` when the run changed something that is no longer kept: nobody is to take that for nothing */
export async function assertKept(services: HistoryServices, tx: Tx, run: CountedRun): Promise<void> {
  if (run.changeCount === 0 || (await hasChanges(tx, run.id))) return;
  throw new ServiceError("precondition", agedOutWords(services, run));
}

/** Whether any change of a run is there. */
export async function hasChanges(tx: Tx, runId: string): Promise<boolean> {
  const [kept] = await tx.sql<{ any: boolean }[]>`
    select exists (select from run_changes where district_id = ${tx.districtId} and run_id = ${runId}) as any`;
  return kept?.any === true;
}
