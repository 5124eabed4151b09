import { log } from "#lib/platform/log.ts";
import { dueAtOnce, requestDueRuns } from "#lib/services/runs/request-due.ts";
import type { Services } from "#lib/services/services.ts";

/** Asks for all runs that are due, in batches. Each worker does this every second; two of them share what is due. */
export async function requestAllDue(services: Services): Promise<void> {
  for (;;) {
    const { due, requested } = await requestDueRuns(services);
    if (due > 0) log.info("tick", { due, requested });
    if (due < dueAtOnce) return;
  }
}
