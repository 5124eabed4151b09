import type { DistrictScope } from "#lib/platform/access.ts";
import { appendAudit } from "#lib/platform/audit.ts";
import { type Tx, withDistrict } from "#lib/platform/db/tx.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import { parseOrRefuse } from "#lib/platform/parse.ts";
import { HoldRequest } from "#lib/services/retention/schema.ts";
import { cancelQueuedRuns } from "#lib/services/runs/write.ts";
import type { Services } from "#lib/services/services.ts";

/**
 * in use ⇄ suspended → being deleted (delete.ts; an end). While a district is suspended nobody of it signs in and sessions are over, no
 * sync is asked for or begun, and no message leaves; its data stays, and its retention goes on. What was due meanwhile is made up for by one sync
 * of each integration. For the operator alone.
 */
export async function suspendDistrict(services: Services, scope: DistrictScope<"operate">, input: unknown): Promise<{ stopping: number }> {
  const { reason } = parseOrRefuse(HoldRequest, input, "The district was not suspended.");
  return withDistrict(services.db, scope, async (tx) => {
    const { suspendedAt } = await lockDistrict(tx);
    if (suspendedAt !== null) return { stopping: await stopRuns(tx) };
    await tx.sql`update districts set suspended_at = ${services.now().toISOString()} where id = ${tx.districtId}`;
    const integrations = await tx.sql<{ id: string }[]>`
      select id from integrations where district_id = ${tx.districtId} and state <> 'removed' order by id for update`;
    for (const { id } of integrations) await cancelQueuedRuns(services, tx, scope, id);
    const stopping = await stopRuns(tx);
    await audit(tx, services, scope, "district-suspended", { reason });
    return { stopping };
  });
}

/** Lets the district be used again. @throws ServiceError `precondition` once its deletion has begun */
export function resumeDistrict(services: Services, scope: DistrictScope<"operate">): Promise<void> {
  return withDistrict(services.db, scope, async (tx) => {
    const { suspendedAt, deletingAt } = await lockDistrict(tx);
    if (deletingAt !== null) throw new ServiceError("precondition", "The district is being deleted, which cannot be taken back.");
    if (suspendedAt === null) return;
    await tx.sql`update districts set suspended_at = null where id = ${tx.districtId}`;
    await audit(tx, services, scope, "district-resumed", {});
  });
}

/** Those that read and plan end at their next step; one that is being applied ends in a moment. Returns how many there are. */
async function stopRuns(tx: Tx): Promise<number> {
  const rows = await tx.sql`
    update sync_runs set cancel_requested = true
    where district_id = ${tx.districtId} and state in ('running', 'applying')`;
  return rows.count;
}

export interface DistrictState {
  readonly name: string;
  readonly suspendedAt: string | null;
  readonly deletingAt: string | null;
}

/** @throws ServiceError `not-found` */
export async function lockDistrict(tx: Tx): Promise<DistrictState> {
  const [district] = await tx.sql<DistrictState[]>`
    select name, suspended_at as "suspendedAt", deleting_at as "deletingAt" from districts where id = ${tx.districtId} for update`;
  if (!district) throw new ServiceError("not-found", "There is no such district.");
  return district;
}

function audit(
  tx: Tx,
  services: Services,
  scope: DistrictScope<"operate">,
  action: "district-suspended" | "district-resumed",
  details: Record<string, unknown>,
) {
  return appendAudit(tx, { actor: scope.actor, action, target: { kind: "district", id: scope.districtId }, details }, services.now());
}
