import { log } from "#lib/platform/log.ts";
import { carry } from "#lib/services/audit-shipping/carry.ts";
import type { Destination } from "#lib/services/audit-shipping/destinations.ts";
import type { Services } from "#lib/services/services.ts";
import { auditCarried, auditCarryFailures } from "./metrics.ts";

/** What a destination has not got goes there; where it does not take it, the next turn says how that stands. */
export async function carryAudit(services: Services, destination: Destination, signal: AbortSignal): Promise<void> {
  const became = await carry(services, destination, signal);
  if (became === null) return;
  const { label } = destination;
  auditCarried.inc({ destination: label }, became.items);
  if (became.failedWith !== null) {
    auditCarryFailures.inc({ destination: label });
    log.warn("audit-not-carried", { destination: label, code: became.failedWith, items: became.items });
  } else if (became.items > 0) log.info("audit-carried", { destination: label, items: became.items });
}
