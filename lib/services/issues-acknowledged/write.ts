import type { DistrictScope } from "#lib/platform/access.ts";
import { appendAudit } from "#lib/platform/audit.ts";
import { isAdminWhoMay } from "#lib/platform/db/admins-who-may.ts";
import { type Tx, withDistrict } from "#lib/platform/db/tx.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import { parseOrRefuse } from "#lib/platform/parse.ts";
import { isUuid } from "#lib/platform/uuid.ts";
import type { Services } from "#lib/services/services.ts";
import { Acknowledgement, CauseCode } from "./schema.ts";

/**
 * Says that a cause of an integration's open issues is known, and who sees to it; what was said before of the same cause is replaced. It ends by
 * itself with the last open issue of the cause.
 * @throws ServiceError `not-found`, `precondition` when no issue of the cause is open, `invalid` with messages by field
 */
export async function acknowledgeIssues(
  services: Services,
  scope: DistrictScope<"decide">,
  integrationId: string,
  input: unknown,
): Promise<void> {
  const { code, reason, assignedTo } = parseOrRefuse(Acknowledgement, input, "The cause cannot be acknowledged.");
  await withDistrict(services.db, scope, async (tx) => {
    await requireOpen(tx, integrationId, code);
    if (assignedTo !== null) await requireAdmin(tx, assignedTo);
    const by = scope.actor.kind === "account" ? scope.actor.accountId : null;
    await tx.sql`
      insert into issue_acknowledgements (district_id, integration_id, code, acknowledged_by, assigned_to, reason)
      values (${tx.districtId}, ${integrationId}, ${code}, ${by}, ${assignedTo}, ${reason})
      on conflict (district_id, integration_id, code) do update
        set acknowledged_by = excluded.acknowledged_by, assigned_to = excluded.assigned_to, reason = excluded.reason, since = excluded.since`;
    const target = { kind: "integration", id: integrationId };
    const event = { actor: scope.actor, action: "issues-acknowledged", target, details: { code, assignedTo, reason } } as const;
    await appendAudit(tx, event, services.now());
  });
}

/**
 * Takes back that a cause is known: it asks for somebody again.
 * @throws ServiceError `not-found` when it was not acknowledged
 */
export async function releaseIssues(
  services: Services,
  scope: DistrictScope<"decide">,
  integrationId: string,
  code: unknown,
): Promise<void> {
  const cause = parseOrRefuse(CauseCode, code, "There is no such cause.");
  await withDistrict(services.db, scope, async (tx) => {
    const released = isUuid(integrationId)
      ? await tx.sql`
          delete from issue_acknowledgements
          where district_id = ${tx.districtId} and integration_id = ${integrationId} and code = ${cause} returning code`
      : [];
    if (released.length === 0) throw new ServiceError("not-found", "This cause is not acknowledged, or not any more.");
    const target = { kind: "integration", id: integrationId };
    await appendAudit(tx, { actor: scope.actor, action: "issues-released", target, details: { code: cause } }, services.now());
  });
}

async function requireOpen(tx: Tx, integrationId: string, code: string): Promise<void> {
  const [found] = isUuid(integrationId)
    ? await tx.sql<{ any: boolean }[]>`
        select exists (
          select from issues i where i.district_id = ${tx.districtId} and i.integration_id = n.id and i.code = ${code}) as any
        from integrations n where n.district_id = ${tx.districtId} and n.id = ${integrationId} and n.state <> 'removed' for share`
    : [];
  if (!found) throw new ServiceError("not-found", "There is no such integration.");
  if (!found.any) throw new ServiceError("precondition", "No issue of this cause is open any more: a sync settled it.");
}

async function requireAdmin(tx: Tx, id: string): Promise<void> {
  const [admin] = await tx.sql`
    select from accounts where district_id = ${tx.districtId} and id = ${id} and ${tx.sql.unsafe(isAdminWhoMay("decide"))} and status = 'active'`;
  if (!admin)
    throw new ServiceError("invalid", "Choose an admin of the district.", { assignedTo: "There is no such admin in the district" });
}
