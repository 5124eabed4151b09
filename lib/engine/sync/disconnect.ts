import { endIntegration, endItsIncidents } from "#lib/engine/disconnect/end-integration.ts";
import { type Actor, operatorScope } from "#lib/platform/access.ts";
import { appendAudit } from "#lib/platform/audit.ts";
import type { Tx } from "#lib/platform/db/tx.ts";
import type { ClaimedRun } from "./lease.ts";

/** The end of a run that disconnects its integration: part of the transaction that applies it. */
export async function disconnect(tx: Tx, run: ClaimedRun, deactivated: number): Promise<void> {
  await endIntegration(tx, run.integrationId);
  await appendAudit(tx, {
    actor: requesterOf(run),
    action: "integration-removed",
    target: { kind: "integration", id: run.integrationId },
    details: { people: "deactivate", reason: run.disconnectReason, runId: run.id, deactivated },
  });
  await endItsIncidents(tx, run.integrationId);
}

function requesterOf({ districtId, requestedBy }: ClaimedRun): Actor {
  if (requestedBy === null) return operatorScope(districtId).actor;
  return { kind: "account", accountId: requestedBy, districtId, role: "admin" };
}
