import { and, asc, eq, isNotNull } from "drizzle-orm";
import type { DistrictScope, OwnScope } from "#lib/platform/access.ts";
import { districts } from "#lib/platform/db/schema/districts.ts";
import { authenticatorApps, passkeys, recoveryCodes } from "#lib/platform/db/schema/factors.ts";
import { accounts } from "#lib/platform/db/schema/roster.ts";
import { withDistrict } from "#lib/platform/db/tx.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import { isUuid } from "#lib/platform/uuid.ts";
import type { Services } from "#lib/services/services.ts";
import type { FactorList, ProofKind } from "./schema.ts";

/** The second factors of an account. @throws ServiceError `not-found` */
export function listFactors(services: Pick<Services, "db">, scope: OwnScope | DistrictScope, accountId: string): Promise<FactorList> {
  return withDistrict(services.db, scope, async (tx) => {
    const [account] = isUuid(accountId)
      ? await tx.orm
          .select({ role: accounts.role, isDemanded: districts.requiresSecondFactor })
          .from(accounts)
          .innerJoin(districts, eq(districts.id, accounts.districtId))
          .where(and(eq(accounts.districtId, tx.districtId), eq(accounts.id, accountId)))
      : [];
    if (!account) throw new ServiceError("not-found", "There is no such account.");
    const [app] = await tx.orm
      .select({ addedAt: authenticatorApps.addedAt, lastUsedAt: authenticatorApps.lastUsedAt })
      .from(authenticatorApps)
      .where(
        and(
          eq(authenticatorApps.districtId, tx.districtId),
          eq(authenticatorApps.accountId, accountId),
          isNotNull(authenticatorApps.addedAt),
        ),
      );
    const keys = await tx.orm
      .select({ id: passkeys.id, name: passkeys.name, addedAt: passkeys.addedAt, lastUsedAt: passkeys.lastUsedAt })
      .from(passkeys)
      .where(and(eq(passkeys.districtId, tx.districtId), eq(passkeys.accountId, accountId)))
      .orderBy(asc(passkeys.id));
    const codes = await tx.orm
      .select({ codeHash: recoveryCodes.codeHash })
      .from(recoveryCodes)
      .where(and(eq(recoveryCodes.districtId, tx.districtId), eq(recoveryCodes.accountId, accountId)));
    return {
      app: app?.addedAt ? { addedAt: app.addedAt.toISOString(), lastUsedAt: isoOf(app.lastUsedAt) } : null,
      passkeys: keys.map(({ id, name, addedAt, lastUsedAt }) => ({
        id,
        name,
        addedAt: addedAt.toISOString(),
        lastUsedAt: isoOf(lastUsedAt),
      })),
      recoveryCodesLeft: codes.length,
      isDemanded: account.role === "admin" && account.isDemanded,
    };
  });
}

/** By what somebody can show that it is them, the easiest first; none: only by signing in anew. */
export async function waysToProve(services: Pick<Services, "db">, scope: OwnScope): Promise<readonly ProofKind[]> {
  const { app, passkeys: keys, recoveryCodesLeft } = await listFactors(services, scope, scope.accountId);
  if (app === null && keys.length === 0) return (await hasPassword(services, scope)) ? ["password"] : [];
  return [
    ...(keys.length > 0 ? (["passkey"] as const) : []),
    ...(app === null ? [] : (["app"] as const)),
    ...(recoveryCodesLeft > 0 ? (["recovery-code"] as const) : []),
  ];
}

function hasPassword(services: Pick<Services, "db">, scope: OwnScope): Promise<boolean> {
  return withDistrict(services.db, scope, async (tx) => {
    const [account] = await tx.orm
      .select({ passwordHash: accounts.passwordHash })
      .from(accounts)
      .where(and(eq(accounts.districtId, tx.districtId), eq(accounts.id, scope.accountId)));
    return account?.passwordHash !== null && account !== undefined;
  });
}

const isoOf = (at: Date | null) => at?.toISOString() ?? null;
