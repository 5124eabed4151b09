import { and, eq } from "drizzle-orm";
import type { DistrictScope } from "#lib/platform/access.ts";
import { appendAudit } from "#lib/platform/audit.ts";
import { districts } from "#lib/platform/db/schema/districts.ts";
import { authenticatorApps, passkeys, recoveryCodes } from "#lib/platform/db/schema/factors.ts";
import { accounts } from "#lib/platform/db/schema/roster.ts";
import { sessions } from "#lib/platform/db/schema/sessions.ts";
import { type Tx, withDistrict } from "#lib/platform/db/tx.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import { isUuid } from "#lib/platform/uuid.ts";
import { assertConfirmed } from "#lib/services/accounts/confirm.ts";
import { hasFactor } from "#lib/services/accounts/steps.ts";
import type { Services } from "#lib/services/services.ts";
import { tellOf } from "./mail.ts";
import { forgetOtherConfirmations, lockAccount, type OwnSession } from "./own-session.ts";

/** Removes one's own app. @throws ServiceError `confirm`, `not-found`, `precondition` for the last one where the district demands one */
export function removeApp(services: Services, own: OwnSession): Promise<void> {
  return remove(services, own, "app", async (tx) => {
    const gone = await tx.orm
      .delete(authenticatorApps)
      .where(and(eq(authenticatorApps.districtId, tx.districtId), eq(authenticatorApps.accountId, own.scope.accountId)))
      .returning({ id: authenticatorApps.accountId });
    return gone.length;
  });
}

/** Removes one of one's own passkeys. @throws ServiceError as above */
export function removePasskey(services: Services, own: OwnSession, id: string): Promise<void> {
  return remove(services, own, "passkey", async (tx) => {
    if (!isUuid(id)) return 0;
    const gone = await tx.orm
      .delete(passkeys)
      .where(and(eq(passkeys.districtId, tx.districtId), eq(passkeys.accountId, own.scope.accountId), eq(passkeys.id, id)))
      .returning({ id: passkeys.id });
    return gone.length;
  });
}

async function remove(services: Services, own: OwnSession, factor: "app" | "passkey", take: (tx: Tx) => Promise<number>): Promise<void> {
  const { scope } = own;
  assertConfirmed(scope, "change-sign-in");
  await withDistrict(services.db, scope, async (tx) => {
    const { role } = await lockAccount(tx, scope.accountId);
    if ((await take(tx)) === 0) throw new ServiceError("not-found", "It was removed already.");
    if (!(await hasFactor(tx, scope.accountId))) {
      const [district] = await tx.orm
        .select({ isDemanded: districts.requiresSecondFactor })
        .from(districts)
        .where(eq(districts.id, tx.districtId));
      if (role === "admin" && district?.isDemanded)
        throw new ServiceError("precondition", "Your district has every admin use a second factor. Add another one first.");
      await forgetCodes(tx, scope.accountId);
    }
    const target = { kind: "account", id: scope.accountId };
    await appendAudit(tx, { actor: scope.actor, action: "factor-removed", target, details: { factor } }, services.now());
    await tellOf(tx, services, scope.accountId, `${factor}-removed`);
    await forgetOtherConfirmations(tx, own);
  });
}

/**
 * Takes all second factors and recovery codes of somebody away who has lost them, and ends their sessions. Whoever knows their password
 * signs in with it alone, so this is for the operator, and for another admin.
 * @throws ServiceError `confirm`, `not-found`, `precondition` for oneself, and where there is nothing to take
 */
export async function resetSecondFactor(services: Services, scope: DistrictScope<"manage-admins">, accountId: string): Promise<void> {
  assertConfirmed(scope, "reset-factor");
  if (scope.actor.kind === "account" && scope.actor.accountId === accountId)
    throw new ServiceError("precondition", "Remove your own under Your sign-in. Whoever has lost them asks another admin.");
  await withDistrict(services.db, scope, async (tx) => {
    if (!isUuid(accountId)) throw new ServiceError("not-found", "There is no such account.");
    const { sessionEpoch } = await lockAccount(tx, accountId);
    if (!(await hasFactor(tx, accountId))) throw new ServiceError("precondition", "This account has no second factor.");
    for (const table of [authenticatorApps, passkeys] as const)
      await tx.orm.delete(table).where(and(eq(table.districtId, tx.districtId), eq(table.accountId, accountId)));
    await forgetCodes(tx, accountId);
    await tx.orm
      .update(accounts)
      .set({ sessionEpoch: sessionEpoch + 1 })
      .where(and(eq(accounts.districtId, tx.districtId), eq(accounts.id, accountId)));
    const ended = await tx.orm
      .delete(sessions)
      .where(and(eq(sessions.districtId, tx.districtId), eq(sessions.accountId, accountId)))
      .returning({ id: sessions.id });
    const target = { kind: "account", id: accountId };
    const details = { sessions: ended.length };
    await appendAudit(tx, { actor: scope.actor, action: "second-factor-reset", target, details }, services.now());
    await tellOf(tx, services, accountId, "second-factor-reset");
  });
}

async function forgetCodes(tx: Tx, accountId: string): Promise<void> {
  await tx.orm.delete(recoveryCodes).where(and(eq(recoveryCodes.districtId, tx.districtId), eq(recoveryCodes.accountId, accountId)));
}
