import { and, eq } from "drizzle-orm";
import type { OwnScope } from "#lib/platform/access.ts";
import { verifyPassword } from "#lib/platform/crypto/password.ts";
import { accounts } from "#lib/platform/db/schema/roster.ts";
import { withDistrict } from "#lib/platform/db/tx.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import { parseOrRefuse } from "#lib/platform/parse.ts";
import { admitAttempt, forgiveAttempt } from "#lib/services/accounts/throttle.ts";
import { setPassword } from "#lib/services/accounts/write.ts";
import type { Services } from "#lib/services/services.ts";
import { assertConfirmed } from "./confirm.ts";
import { PasswordChange, PasswordChoice } from "./own-password-schema.ts";
import { hasFactor } from "./steps.ts";

/**
 * Changes one's own password; every session of the account ends, this one too. Whoever found an open browser could guess the
 * current password here, so guesses count like those of a sign-in.
 * @throws ServiceError `invalid` with the field, `confirm` where there is a second factor
 */
export async function changeOwnPassword(services: Services, scope: OwnScope, input: PasswordChange): Promise<void> {
  const { current, next } = parseOrRefuse(PasswordChange, input, "The password was not changed.");
  // Without a second factor the current password shows as much as would be asked for.
  if (await withDistrict(services.db, scope, (tx) => hasFactor(tx, scope.accountId))) assertConfirmed(scope, "change-sign-in");
  const keys = { email: `password-change:${scope.accountId}`, address: `password-change:${scope.accountId}` };
  if ((await admitAttempt(services.db, keys, services.now())) === 0) {
    throw new ServiceError("invalid", "Too many attempts. Wait a quarter of an hour, then try again.");
  }
  const [account] = await withDistrict(services.db, scope, (tx) =>
    tx.orm
      .select({ passwordHash: accounts.passwordHash })
      .from(accounts)
      .where(and(eq(accounts.districtId, tx.districtId), eq(accounts.id, scope.accountId))),
  );
  if (!(await verifyPassword(current, account?.passwordHash ?? null))) {
    throw new ServiceError("invalid", "The password was not changed.", { current: "This is not your current password" });
  }
  await forgiveAttempt(services.db, keys);
  await setPassword(services, scope, scope.accountId, next);
}

/**
 * The last step of signing in with a one-time password: `sessionId` counts from now on. All others end.
 * @throws ServiceError `invalid` with the field
 */
export async function chooseFirstPassword(services: Services, scope: OwnScope, sessionId: string, input: PasswordChoice): Promise<void> {
  const { next } = parseOrRefuse(PasswordChoice, input, "The password was not changed.");
  const [account] = await withDistrict(services.db, scope, (tx) =>
    tx.orm
      .select({ passwordHash: accounts.passwordHash })
      .from(accounts)
      .where(and(eq(accounts.districtId, tx.districtId), eq(accounts.id, scope.accountId))),
  );
  if (await verifyPassword(next, account?.passwordHash ?? null))
    throw new ServiceError("invalid", "The password was not changed.", { next: "Choose one that differs from the one-time password" });
  await setPassword(services, scope, scope.accountId, next, { keeps: sessionId });
}
