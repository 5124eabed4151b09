import type { AnyScope, DistrictScope } from "#lib/platform/access.ts";
import { type AuditAction, appendAudit } from "#lib/platform/audit.ts";
import { type Tx, withDistrict } from "#lib/platform/db/tx.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import { parseOrRefuse } from "#lib/platform/parse.ts";
import { isUuid } from "#lib/platform/uuid.ts";
import type { Services } from "#lib/services/services.ts";
import { type Hold, HoldRequest } from "./schema.ts";

type Opened = Pick<Services, "db" | "now">;

/**
 * Keeps an account and what belongs to it from being erased, by the retention job and on request, until somebody releases it. Held again, the
 * new reason stands. @throws ServiceError `not-found`, `invalid` without a reason
 */
export async function holdAccount(services: Opened, scope: DistrictScope<"erase-people">, id: string, input: unknown): Promise<void> {
  const { reason } = parseOrRefuse(HoldRequest, input, "Nothing was changed.");
  await withDistrict(services.db, scope, async (tx) => {
    await lockAccount(tx, id);
    const heldBy = scope.actor.kind === "account" ? scope.actor.accountId : null;
    await tx.sql`
      insert into retention_holds (district_id, account_id, reason, held_by, held_at)
      values (${tx.districtId}, ${id}, ${reason}, ${heldBy}, ${services.now().toISOString()})
      on conflict (district_id, account_id)
        do update set reason = excluded.reason, held_by = excluded.held_by, held_at = excluded.held_at`;
    await audit(tx, services, scope, "account-held", id, { reason });
  });
}

/** Lets the retention job have the account again. @throws ServiceError `not-found` where it is not held */
export async function releaseAccount(services: Opened, scope: DistrictScope<"erase-people">, id: string): Promise<void> {
  await withDistrict(services.db, scope, async (tx) => {
    const released = isUuid(id)
      ? await tx.sql`delete from retention_holds where district_id = ${tx.districtId} and account_id = ${id} returning account_id`
      : [];
    if (released.length === 0) throw new ServiceError("not-found", "This account is not held.");
    await audit(tx, services, scope, "account-released", id, {});
  });
}

/** Who is held, the latest first. */
export function listHolds(services: Pick<Services, "db">, scope: DistrictScope<"read-settings">): Promise<readonly Hold[]> {
  return withDistrict(services.db, scope, (tx) => readHolds(tx, null));
}

/** The hold on one account; null: it is not held. */
export async function findHold(tx: Tx, accountId: string): Promise<Hold | null> {
  return (await readHolds(tx, accountId))[0] ?? null;
}

async function readHolds(tx: Tx, only: string | null): Promise<readonly Hold[]> {
  const rows = await tx.sql<(Omit<Hold, "heldAt"> & { heldAt: string })[]>`
    select
      h.account_id as "accountId",
      a.role,
      trim(a.given_name || ' ' || a.family_name) as name,
      h.reason,
      trim(b.given_name || ' ' || b.family_name) as "heldBy",
      h.held_at as "heldAt"
    from retention_holds h
    join accounts a on a.district_id = h.district_id and a.id = h.account_id
    left join accounts b on b.district_id = h.district_id and b.id = h.held_by
    where h.district_id = ${tx.districtId} ${only === null ? tx.sql`` : tx.sql`and h.account_id = ${only}`}
    order by h.held_at desc, h.account_id`;
  return rows.map((row) => ({ ...row, heldAt: new Date(row.heldAt).toISOString() }));
}

/** With the district's row first: whoever erases has it until the end, and finds the hold, or has erased the account. */
async function lockAccount(tx: Tx, id: string): Promise<void> {
  await tx.sql`select from districts where id = ${tx.districtId} for update`;
  const [found] = isUuid(id) ? await tx.sql`select from accounts where district_id = ${tx.districtId} and id = ${id}` : [];
  if (!found) throw new ServiceError("not-found", "There is no such account.");
}

function audit(tx: Tx, services: Opened, scope: AnyScope, action: AuditAction, id: string, details: Record<string, unknown>) {
  return appendAudit(tx, { actor: scope.actor, action, target: { kind: "account", id }, details }, services.now());
}
