import { and, eq, sql } from "drizzle-orm";
import type { Actor } from "#lib/access.ts";
import { appendAudit } from "#lib/audit.ts";
import { verifyPassword } from "#lib/crypto/password.ts";
import { accounts } from "#lib/db/schema/roster.ts";
import { withOwner } from "#lib/db/tx.ts";
import type { Services } from "#lib/services.ts";
import { isUuid } from "#lib/uuid.ts";
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
 * wrong: unknown email or wrong password, which nobody can tell apart. deactivated, ambiguous (several accounts share the
 * address): said only to whoever knows the password. throttled: too many failures; try again in a quarter of an hour.
 */
export type SignInRefusal = "wrong" | "deactivated" | "ambiguous" | "throttled";
export type SignInResult = { readonly ok: true; readonly account: SignedIn } | { readonly ok: false; readonly reason: SignInRefusal };

/** Addresses are unique to nobody; more candidates than this are a shared one. */
const candidatesTried = 5;

/** Signs in by email and password, across districts. Either outcome is in the audit log of the account's district. */
export async function signIn(services: Services, attempt: SignInAttempt): Promise<SignInResult> {
  const now = services.now();
  const keys = { email: attempt.email.trim().toLowerCase(), address: attempt.address };
  if (!(await admitAttempt(services.db, keys, now))) return { ok: false, reason: "throttled" };

  const candidates = await services.db.orm
    .select()
    .from(accounts)
    .where(eq(accounts.email, keys.email))
    .orderBy(sql`${accounts.passwordHash} is null`, accounts.status, accounts.id)
    .limit(candidatesTried);
  const fitting: Candidate[] = [];
  // Always at least one verification, so that an unknown email takes as long as a known one.
  for (const candidate of candidates.length > 0 ? candidates : [null]) {
    const isRight = await verifyPassword(attempt.password, candidate?.passwordHash ?? null);
    if (isRight && candidate) fitting.push(candidate);
  }
  const decision = decide(candidates, fitting);
  await recordDecision(services, candidates, decision, now);
  if (!decision.ok) return { ok: false, reason: decision.reason };
  await forgiveAttempt(services.db, keys);
  const { id, districtId, role, givenName, familyName, sessionEpoch } = decision.account;
  return { ok: true, account: { accountId: id, districtId, role, givenName, familyName, sessionEpoch } };
}

export interface Session {
  readonly districtId: string;
  readonly accountId: string;
  readonly sessionEpoch: number;
}

/** The actor behind a session, asked at every request. Null: signed out meanwhile, or the account was deactivated. */
export async function loadSession(services: Services, session: Session): Promise<Actor | null> {
  if (!isUuid(session.districtId) || !isUuid(session.accountId)) return null;
  const [account] = await services.db.orm
    .select({ role: accounts.role, status: accounts.status, sessionEpoch: accounts.sessionEpoch })
    .from(accounts)
    .where(and(eq(accounts.districtId, session.districtId), eq(accounts.id, session.accountId)));
  if (account?.status !== "active" || account.sessionEpoch !== session.sessionEpoch) return null;
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

function decide(candidates: readonly Candidate[], fitting: readonly Candidate[]): Decision {
  const [account, another] = fitting.filter((candidate) => candidate.status === "active");
  if (!account) return { ok: false, reason: fitting.length > 0 ? "deactivated" : "wrong" };
  const sharing = candidates.filter((candidate) => candidate.districtId === account.districtId && candidate.status === "active");
  return another || sharing.length > 1 ? { ok: false, reason: "ambiguous" } : { ok: true, account };
}

async function recordDecision(services: Services, candidates: readonly Candidate[], decision: Decision, now: Date): Promise<void> {
  if (decision.ok) {
    const { districtId, id, role } = decision.account;
    await withOwner(services.db, districtId, (tx) =>
      appendAudit(
        tx,
        { actor: { kind: "account", accountId: id, districtId, role }, action: "signed-in", target: { kind: "account", id } },
        now,
      ),
    );
    return;
  }
  for (const { districtId, id } of candidates) {
    await withOwner(services.db, districtId, (tx) =>
      appendAudit(
        tx,
        { actor: { kind: "anonymous" }, action: "sign-in-refused", target: { kind: "account", id }, details: { reason: decision.reason } },
        now,
      ),
    );
  }
}
