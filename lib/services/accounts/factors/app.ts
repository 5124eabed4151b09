import { and, eq, isNull, lt, or } from "drizzle-orm";
import { z } from "zod";
import { isStale, seal, unseal } from "#lib/platform/crypto/keyring.ts";
import { authenticatorApps } from "#lib/platform/db/schema/factors.ts";
import { type Tx, withDistrict, withOwner } from "#lib/platform/db/tx.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import { parseOrRefuse } from "#lib/platform/parse.ts";
import { assertConfirmed } from "#lib/services/accounts/confirm.ts";
import type { Services } from "#lib/services/services.ts";
import { newAppSecret, timeStepOf } from "./app-code.ts";
import { noteAdded } from "./changed.ts";
import { admitGuess, lockAccount, type OwnSession } from "./own-session.ts";
import { AppCode } from "./schema.ts";

const context = (accountId: string) => ({ integrationId: accountId, field: "authenticator-app" });
const isApp = (tx: Tx, accountId: string) =>
  and(eq(authenticatorApps.districtId, tx.districtId), eq(authenticatorApps.accountId, accountId));

/**
 * Begins to set an authenticator app up: a secret, which proves nothing until a first code of it was right.
 * @throws ServiceError `confirm`, `conflict` where there is one already
 */
export async function beginApp(services: Services, { scope }: OwnSession): Promise<{ readonly secret: string; readonly uri: string }> {
  assertConfirmed(scope, "change-sign-in");
  return withDistrict(services.db, scope, async (tx) => {
    const account = await lockAccount(tx, scope.accountId);
    const made = newAppSecret(account.email ?? account.givenName);
    const [app] = await tx.orm.select({ addedAt: authenticatorApps.addedAt }).from(authenticatorApps).where(isApp(tx, scope.accountId));
    if (app?.addedAt) throw new ServiceError("conflict", "You use an authenticator app already. Remove it first.");
    const values = { sealedSecret: seal(services.keyring, context(scope.accountId), made.secret), createdAt: services.now() };
    await tx.orm
      .insert(authenticatorApps)
      .values({ districtId: tx.districtId, accountId: scope.accountId, ...values })
      .onConflictDoUpdate({ target: [authenticatorApps.districtId, authenticatorApps.accountId], set: { ...values, lastTimeStep: null } });
    return made;
  });
}

/**
 * The first code of the app that is being set up. Answers with recovery codes, shown once, where there were none.
 * @throws ServiceError `confirm`, `invalid` at the field `code`, `precondition` where none is being set up
 */
export async function finishApp(
  services: Services,
  own: OwnSession,
  input: unknown,
): Promise<{ readonly codes: readonly string[] | null }> {
  assertConfirmed(own.scope, "change-sign-in");
  const { code } = parseOrRefuse(z.object({ code: AppCode }), { code: input }, "The app was not added.");
  const forgive = await admitGuess(services, own, "factor");
  const done = await withDistrict(services.db, own.scope, async (tx) => {
    await lockAccount(tx, own.scope.accountId);
    const [app] = await tx.orm.select().from(authenticatorApps).where(isApp(tx, own.scope.accountId));
    if (!app || app.addedAt !== null) throw new ServiceError("precondition", "No authenticator app is being set up. Begin again.");
    const now = services.now();
    const timeStep = timeStepOf(unseal(services.keyring, context(own.scope.accountId), app.sealedSecret), code, now);
    if (timeStep === null) throw new ServiceError("invalid", "The app was not added.", { code: wrongCode });
    await tx.orm
      .update(authenticatorApps)
      .set({ addedAt: now, lastUsedAt: now, lastTimeStep: timeStep })
      .where(isApp(tx, own.scope.accountId));
    return noteAdded(tx, services, own, "app-added");
  });
  await forgive();
  return done;
}

const wrongCode = "This is not the code that the app shows now. Look whether the clock of the device is right";

/** Whether a code is one of the account's app, and the first time that it is used: of two at once, one is. */
export async function useAppCode(tx: Tx, services: Services, accountId: string, code: string): Promise<boolean> {
  const [app] = await tx.orm.select().from(authenticatorApps).where(isApp(tx, accountId));
  if (!app || app.addedAt === null) return false;
  const now = services.now();
  const timeStep = timeStepOf(unseal(services.keyring, context(accountId), app.sealedSecret), code, now);
  if (timeStep === null) return false;
  const used = await tx.orm
    .update(authenticatorApps)
    .set({ lastTimeStep: timeStep, lastUsedAt: now })
    .where(and(isApp(tx, accountId), or(isNull(authenticatorApps.lastTimeStep), lt(authenticatorApps.lastTimeStep, timeStep))))
    .returning({ accountId: authenticatorApps.accountId });
  return used.length > 0;
}

/** Of every district, for `keys rotate`. */
export function appSecrets({ db }: Pick<Services, "db">): Promise<{ accountId: string; districtId: string; sealed: string }[]> {
  const { accountId, districtId, sealedSecret } = authenticatorApps;
  return db.orm.select({ accountId, districtId, sealed: sealedSecret }).from(authenticatorApps);
}

/**
 * Puts a secret under the first key of the keyring, unless another was made meanwhile. Returns how many.
 * @throws RunFailure `configuration` where it cannot be opened
 */
export async function resealApp(
  { db, keyring }: Pick<Services, "db" | "keyring">,
  { accountId, districtId, sealed }: { readonly accountId: string; readonly districtId: string; readonly sealed: string },
): Promise<number> {
  if (!isStale(keyring, sealed)) return 0;
  const sealedSecret = seal(keyring, context(accountId), unseal(keyring, context(accountId), sealed));
  return withOwner(db, districtId, async (tx) => {
    const changed = await tx.orm
      .update(authenticatorApps)
      .set({ sealedSecret })
      .where(and(isApp(tx, accountId), eq(authenticatorApps.sealedSecret, sealed)))
      .returning({ accountId: authenticatorApps.accountId });
    return changed.length;
  });
}
