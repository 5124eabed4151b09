import { randomUUID } from "node:crypto";
import { and, eq, isNotNull, isNull, ne } from "drizzle-orm";
import type { Actor } from "#lib/platform/access.ts";
import { appendAudit } from "#lib/platform/audit.ts";
import { verifyPasswordAmong } from "#lib/platform/crypto/password.ts";
import { districts } from "#lib/platform/db/schema/districts.ts";
import { accounts } from "#lib/platform/db/schema/roster.ts";
import { withOwner } from "#lib/platform/db/tx.ts";
import { isUuid } from "#lib/platform/uuid.ts";
import type { Services } from "#lib/services/services.ts";
import { mayStaySignedIn } from "./can-sign-in.ts";
import { admitAttempt, forgiveAttempt } from "./throttle.ts";

export interface SignInAttempt {
  readonly email: string;
  readonly password: string;
  /** The client's address as the web server sees it. */
  readonly address: string;
}

export interface SignedIn {
  readonly accountId: string;
  readonly districtId: string;
  readonly role: "admin" | "teacher" | "learner";
  readonly givenName: string;
  readonly familyName: string;
  readonly sessionEpoch: number;
}

/**
 * wrong: unknown email or wrong password, which nobody can tell apart. deactivated, barred by an admin, ambiguous (several accounts share the
 * address), suspended (the whole district): said only to whoever knows the password. throttled: too many failures; try again in a quarter of an hour.
 */
export type SignInRefusal = "wrong" | "deactivated" | "barred" | "ambiguous" | "suspended" | "throttled";
export type SignInResult = { readonly ok: true; readonly account: SignedIn } | { readonly ok: false; readonly reason: SignInRefusal };

/** Addresses are unique to nobody. Comparing costs nothing, deriving happens once; so this only bounds what is read. */
const candidatesCompared = 100;

/** Signs in by email and password, across districts. Either outcome is in the audit log of the account's district. */
export async function signIn(services: Services, attempt: SignInAttempt): Promise<SignInResult> {
  const now = services.now();
  const keys = { email: attempt.email.trim().toLowerCase(), address: attempt.address };
  const attempts = await admitAttempt(services.db, keys, now);
  if (attempts === 0) return { ok: false, reason: "throttled" };

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
  const decision = await decide(services, fitting);
  if (!decision.ok) {
    await recordRefusal(services, fitting[0] ?? candidates[0] ?? null, decision.reason, now);
    return { ok: false, reason: decision.reason };
  }
  await recordSignIn(services, decision.account, now);
  await forgiveAttempt(services.db, keys);
  const { id, districtId, role, givenName, familyName, sessionEpoch } = decision.account;
  return { ok: true, account: { accountId: id, districtId, role, givenName, familyName, sessionEpoch } };
}

export interface Session {
  readonly districtId: string;
  readonly accountId: string;
  readonly sessionEpoch: number;
}

/** The actor behind a session, asked at every request. Null: signed out meanwhile, the account was deactivated or barred, or its district suspended. */
export async function loadSession(services: Services, session: Session): Promise<Actor | null> {
  if (!isUuid(session.districtId) || !isUuid(session.accountId)) return null;
  const [account] = await services.db.orm
    .select({ role: accounts.role, status: accounts.status, barredAt: accounts.barredAt, sessionEpoch: accounts.sessionEpoch })
    .from(accounts)
    .innerJoin(districts, and(eq(districts.id, accounts.districtId), isNull(districts.suspendedAt)))
    .where(and(eq(accounts.districtId, session.districtId), eq(accounts.id, session.accountId)));
  if (!account || !mayStaySignedIn(account) || account.sessionEpoch !== session.sessionEpoch) return null;
  return { kind: "account", accountId: session.accountId, districtId: session.districtId, role: account.role };
}

/** Writes the sign-out of an account into its district's audit log. */
export async function recordSignOut(services: Services, session: Session): Promise<void> {
  const actor = await loadSession(services, session);
  if (actor === null) return;
  await withOwner(services.db, session.districtId, (tx) =>
    appendAudit(tx, { actor, action: "signed-out", target: { kind: "account", id: session.accountId } }, services.now()),
  );
}

type Candidate = typeof accounts.$inferSelect;
type Decision =
  | { readonly ok: true; readonly account: Candidate }
  | { readonly ok: false; readonly reason: Exclude<SignInRefusal, "throttled"> };

/** Asks about others only for whoever knows the password. */
async function decide(services: Services, fitting: readonly Candidate[]): Promise<Decision> {
  const [account, another] = fitting.filter((candidate) => mayStaySignedIn(candidate));
  if (!account) return { ok: false, reason: fitting.length === 0 ? "wrong" : fitting.some(isBarred) ? "barred" : "deactivated" };
  if (await isSuspended(services, account)) return { ok: false, reason: "suspended" };
  return another || (await isShared(services, account)) ? { ok: false, reason: "ambiguous" } : { ok: true, account };
}

const isBarred = ({ status, barredAt }: Candidate) => status === "active" && barredAt !== null;

async function isSuspended(services: Services, { districtId }: Candidate): Promise<boolean> {
  const [district] = await services.db.sql`select from districts where id = ${districtId} and suspended_at is null`;
  return district === undefined;
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

async function recordSignIn(services: Services, { districtId, id, role }: Candidate, now: Date): Promise<void> {
  const actor = { kind: "account", accountId: id, districtId, role } as const;
  await withOwner(services.db, districtId, (tx) => appendAudit(tx, { actor, action: "signed-in", target: { kind: "account", id } }, now));
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
