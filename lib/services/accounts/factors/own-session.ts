import { and, eq, ne } from "drizzle-orm";
import type { OwnScope } from "#lib/platform/access.ts";
import { accounts } from "#lib/platform/db/schema/roster.ts";
import { sessions } from "#lib/platform/db/schema/sessions.ts";
import type { Tx } from "#lib/platform/db/tx.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import { nextStep } from "#lib/services/accounts/steps.ts";
import { admitAttempt, forgiveAttempt } from "#lib/services/accounts/throttle.ts";
import type { Services } from "#lib/services/services.ts";

/** Somebody in one of their sessions. */
export interface OwnSession {
  readonly scope: OwnScope;
  readonly sessionId: string;
}

const isOwn = (tx: Tx, { scope, sessionId }: OwnSession) =>
  and(eq(sessions.districtId, tx.districtId), eq(sessions.accountId, scope.accountId), eq(sessions.id, sessionId));

/**
 * Counts a guess like one of a password, by account; the answer takes it back once it was right.
 * @throws ServiceError `invalid` after too many
 */
export async function admitGuess(services: Services, { scope }: OwnSession, what: "factor" | "password"): Promise<() => Promise<void>> {
  const keys = { email: `${what}:${scope.accountId}`, address: `${what}:${scope.accountId}` };
  if ((await admitAttempt(services.db, keys, services.now())) === 0)
    throw new ServiceError("invalid", "Too many attempts. Wait a quarter of an hour, then try again.");
  return () => forgiveAttempt(services.db, keys);
}

/** Two who change the second factors of one account follow each other. @throws ServiceError `not-found` */
export async function lockAccount(tx: Tx, accountId: string): Promise<typeof accounts.$inferSelect> {
  const [account] = await tx.orm
    .select()
    .from(accounts)
    .where(and(eq(accounts.districtId, tx.districtId), eq(accounts.id, accountId)))
    .for("update");
  if (!account) throw new ServiceError("not-found", "There is no such account.");
  return account;
}

/** Notes in a session that it was shown who it is, and goes on from the step that waited for that. @throws ServiceError `unauthenticated` */
export async function confirmSession(tx: Tx, own: OwnSession, now: Date): Promise<void> {
  const [session] = await tx.orm.select({ step: sessions.step }).from(sessions).where(isOwn(tx, own)).for("update");
  if (!session) throw new ServiceError("unauthenticated", "Sign in to continue.");
  const { passwordExpiresAt } = await lockAccount(tx, own.scope.accountId);
  const isWaiting = session.step === "prove-factor" || session.step === "set-up-factor";
  const passed = { hasOwnPassword: passwordExpiresAt === null, proved: "aivo" } as const;
  const step = isWaiting ? await nextStep(tx, own.scope.accountId, passed) : session.step;
  await tx.orm.update(sessions).set({ step, confirmedAt: now }).where(isOwn(tx, own));
}

/** What people show who they are by has changed: what was shown before, in other sessions, counts no more. */
export async function forgetOtherConfirmations(tx: Tx, { scope, sessionId }: OwnSession): Promise<void> {
  await tx.orm
    .update(sessions)
    .set({ confirmedAt: null })
    .where(and(eq(sessions.districtId, tx.districtId), eq(sessions.accountId, scope.accountId), ne(sessions.id, sessionId)));
}

/** Minutes in which a passkey answers. */
const challengeMinutes = 5;

/** Keeps what a passkey is asked to sign; what was asked before counts no more. */
export async function keepChallenge(tx: Tx, own: OwnSession, challenge: string, now: Date): Promise<void> {
  const challengeEndsAt = new Date(now.getTime() + challengeMinutes * 60_000);
  await tx.orm.update(sessions).set({ challenge, challengeEndsAt }).where(isOwn(tx, own));
}

/** Takes it, whatever comes of the answer; null: nothing was asked, it was answered, or it is too long ago. */
export async function takeChallenge(tx: Tx, own: OwnSession, now: Date): Promise<string | null> {
  const [asked] = await tx.orm
    .select({ challenge: sessions.challenge, endsAt: sessions.challengeEndsAt })
    .from(sessions)
    .where(isOwn(tx, own))
    .for("update");
  await tx.orm.update(sessions).set({ challenge: null, challengeEndsAt: null }).where(isOwn(tx, own));
  return asked?.endsAt && asked.endsAt > now ? asked.challenge : null;
}
