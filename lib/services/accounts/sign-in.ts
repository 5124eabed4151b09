import { randomUUID } from "node:crypto";
import { and, eq, isNotNull, ne } from "drizzle-orm";
import { appendAudit } from "#lib/platform/audit.ts";
import { verifyPasswordAmong } from "#lib/platform/crypto/password.ts";
import { districts } from "#lib/platform/db/schema/districts.ts";
import { accounts } from "#lib/platform/db/schema/roster.ts";
import { type Tx, withOwner } from "#lib/platform/db/tx.ts";
import { log } from "#lib/platform/log.ts";
import { counter } from "#lib/platform/metrics.ts";
import { roleOf } from "#lib/platform/roles.ts";
import type { Services } from "#lib/services/services.ts";
import { mayStaySignedIn } from "./can-sign-in.ts";
import { beginSession, type Client, type SessionKey } from "./sessions.ts";
import { forgiveTry, noteFailedTry } from "./sprays.ts";
import { admitAttempt, forgiveAttempt } from "./throttle.ts";

export interface SignInAttempt extends Client {
  readonly email: string;
  readonly password: string;
}

export interface SignedIn {
  readonly accountId: string;
  readonly districtId: string;
  readonly role: "admin" | "teacher" | "learner";
  readonly givenName: string;
  readonly familyName: string;
}

/**
 * wrong: unknown email or wrong password, which nobody can tell apart. deactivated, barred by an admin, ambiguous (several accounts share the
 * address), suspended (the whole district), own-accounts-only (the district has ended passwords), expired (a one-time password that was not used in time): said only to whoever knows the
 * password. throttled: too many failures; try again in a quarter of an hour.
 */
export type SignInRefusal = "wrong" | "deactivated" | "barred" | "ambiguous" | "suspended" | "own-accounts-only" | "expired" | "throttled";
export type SignInResult =
  | { readonly ok: true; readonly account: SignedIn; readonly session: SessionKey }
  | { readonly ok: false; readonly reason: SignInRefusal };

const refusals = counter({
  name: "aivo_sign_in_refusals_total",
  help: "Sign-ins with a password that were refused",
  labelNames: ["reason"],
});

// Of a count that begins at one, nobody sees that it grew.
for (const reason of ["wrong", "throttled"] as const) refusals.inc({ reason }, 0);

/** Addresses are unique to nobody. Comparing costs nothing, deriving happens once; so this only bounds what is read. */
const candidatesCompared = 100;

/** Signs in by email and password, across districts. Either outcome is in the audit log of the account's district. */
export async function signIn(services: Services, attempt: SignInAttempt): Promise<SignInResult> {
  const now = services.now();
  const keys = { email: attempt.email.trim().toLowerCase(), address: attempt.address };
  const attempts = await admitAttempt(services.db, keys, now);
  if (attempts === 0) {
    await noteFailedTry(services, { ...keys, password: attempt.password, districtIds: [], isKnown: null });
    return refusedFor("throttled");
  }

  // By the index accounts_sign_in, which holds only who can sign in at all: those whom a SIS rosters are millions.
  const candidates = await services.db.orm
    .select()
    .from(accounts)
    .where(and(eq(accounts.email, keys.email), isNotNull(accounts.passwordHash)))
    .orderBy(accounts.status, accounts.id)
    .limit(candidatesCompared);
  const hashes = candidates.map((candidate) => candidate.passwordHash);
  const opened = await verifyPasswordAmong(attempt.password, hashes, attempts - 1);
  const fitting = candidates.filter((_, index) => opened[index]);
  const decision = await decide(services, fitting, now);
  if (!decision.ok) {
    if (decision.reason === "wrong")
      await noteFailedTry(services, {
        ...keys,
        password: attempt.password,
        districtIds: candidates.map(({ districtId }) => districtId),
        isKnown: candidates.length > 0,
      });
    await recordRefusal(services, fitting[0] ?? candidates[0] ?? null, decision.reason, now);
    return refusedFor(decision.reason);
  }
  const session = await withOwner(services.db, decision.account.districtId, (tx) =>
    beginSignedIn(tx, decision.account, attempt, now, "password"),
  );
  await forgiveAttempt(services.db, keys);
  await forgiveTry(services, keys);
  const { id, districtId, role, givenName, familyName } = decision.account;
  return { ok: true, account: { accountId: id, districtId, role, givenName, familyName }, session };
}

/** Counted and logged by its reason; of whom is told by the audit log alone. */
function refusedFor(reason: SignInRefusal): SignInResult {
  refusals.inc({ reason });
  log.info("sign-in-refused", { reason });
  return { ok: false, reason };
}

type Candidate = typeof accounts.$inferSelect;
type Decision =
  | { readonly ok: true; readonly account: Candidate }
  | { readonly ok: false; readonly reason: Exclude<SignInRefusal, "throttled"> };

/** Asks about others only for whoever knows the password. */
async function decide(services: Services, fitting: readonly Candidate[], now: Date): Promise<Decision> {
  const [account, another] = fitting.filter((candidate) => mayStaySignedIn(candidate));
  if (!account) return { ok: false, reason: fitting.length === 0 ? "wrong" : fitting.some(isBarred) ? "barred" : "deactivated" };
  const closed = await whyClosed(services, account);
  if (closed !== null) return { ok: false, reason: closed };
  if (account.passwordExpiresAt !== null && account.passwordExpiresAt <= now) return { ok: false, reason: "expired" };
  return another || (await isShared(services, account)) ? { ok: false, reason: "ambiguous" } : { ok: true, account };
}

const isBarred = ({ status, barredAt }: Candidate) => status === "active" && barredAt !== null;

/** Why a password of the district opens nothing at present; null: it does. */
async function whyClosed(services: Services, { districtId }: Candidate): Promise<"suspended" | "own-accounts-only" | null> {
  const [district] = await services.db.orm
    .select({ suspendedAt: districts.suspendedAt, onlySince: districts.ownAccountsOnlySince })
    .from(districts)
    .where(eq(districts.id, districtId));
  if (district === undefined || district.suspendedAt !== null) return "suspended";
  return district.onlySince === null ? null : "own-accounts-only";
}

/** Also with somebody who cannot sign in: a family's address is no account's own. */
async function isShared(services: Services, { districtId, email, id }: Candidate): Promise<boolean> {
  const [other] = await services.db.orm
    .select({ id: accounts.id })
    .from(accounts)
    .where(and(eq(accounts.districtId, districtId), eq(accounts.email, email ?? ""), eq(accounts.status, "active"), ne(accounts.id, id)))
    .limit(1);
  return other !== undefined;
}

/**
 * Where every session begins, whatever way somebody came in: by a password, or by an account of the district at a provider. In the caller's
 * transaction, with the entry of the audit log.
 */
export async function beginSignedIn(
  tx: Tx,
  { id, role, adminRole, sessionEpoch, passwordExpiresAt }: Candidate,
  client: Client,
  now: Date,
  by: "password" | { readonly providerId: string; readonly at: Date | null },
): Promise<SessionKey> {
  const actor = { kind: "account", accountId: id, districtId: tx.districtId, role: roleOf({ role, adminRole }) } as const;
  // Who came in without the one-time password need not change it.
  const hasOwnPassword = by !== "password" || passwordExpiresAt === null;
  const { details, shownAt } =
    by === "password" ? { details: {}, shownAt: now } : { details: { providerId: by.providerId }, shownAt: by.at ?? now };
  await appendAudit(tx, { actor, action: "signed-in", target: { kind: "account", id }, details }, now);
  return beginSession(tx, { accountId: id, sessionEpoch, hasOwnPassword, shownAt }, client, now);
}

/**
 * Stands in the log of the account that was tried. For an address that nobody has, the same statements are made about nobody and
 * undone, so that the time of the answer tells nothing. Not waited for on the disk, where undoing would be quicker.
 */
async function recordRefusal(services: Services, tried: Candidate | null, reason: SignInRefusal, now: Date): Promise<void> {
  const nobody = { districtId: randomUUID(), id: randomUUID() };
  const { districtId, id } = tried ?? nobody;
  const undone = Symbol("undone");
  try {
    await withOwner(services.db, districtId, async (tx) => {
      await tx.sql`set local synchronous_commit = off`;
      await appendAudit(
        tx,
        { actor: { kind: "anonymous" }, action: "sign-in-refused", target: { kind: "account", id }, details: { reason } },
        now,
      );
      if (tried === null) throw undone;
    });
  } catch (error) {
    if (error !== undone) throw error;
  }
}
