import { createHash, randomBytes } from "node:crypto";
import { and, desc, eq, gt, isNull, lt, lte, ne, or } from "drizzle-orm";
import type { Actor, DistrictScope, OwnScope } from "#lib/platform/access.ts";
import { appendAudit } from "#lib/platform/audit.ts";
import { districts } from "#lib/platform/db/schema/districts.ts";
import { accounts } from "#lib/platform/db/schema/roster.ts";
import { type SessionStep, sessions } from "#lib/platform/db/schema/sessions.ts";
import { type Tx, withDistrict, withOwner } from "#lib/platform/db/tx.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import { fullName } from "#lib/platform/format/person-name.ts";
import { roleOf } from "#lib/platform/roles.ts";
import { isUuid } from "#lib/platform/uuid.ts";
import type { Services } from "#lib/services/services.ts";
import { mayStaySignedIn } from "./can-sign-in.ts";
import { confirmedMinutes } from "./confirm.ts";
import { deviceOf, placeOf } from "./device.ts";
import { nextStep } from "./steps.ts";

/**
 * A session is over at its absolute end, when nothing was done in it for so long, when it is ended here, and when its account's epoch is
 * raised: a new password, a bar, a deactivation. NIST SP 800-63B-4 allows 24 hours and one hour where there are two factors.
 */
export const sessionLimits = { hours: 12, idleMinutes: 60 } as const;

const seenEveryMs = 60_000;

/** What a browser keeps of its session. */
export interface SessionKey {
  readonly districtId: string;
  readonly token: string;
}

export interface Client {
  /** The client's address as the web server sees it. */
  readonly address: string;
  readonly userAgent?: string;
}

interface NewSession {
  readonly accountId: string;
  readonly sessionEpoch: number;
  /** False: a one-time password has to be changed first. */
  readonly hasOwnPassword?: boolean;
  /** Whether a provider that signs people in says that it has asked for a second factor: Aivo then asks for none. */
  readonly isFactorProved?: boolean;
  /** When they showed who they are: now, where nothing else is known. A provider may have let them in by what they showed it this morning. */
  readonly shownAt?: Date;
}

/**
 * Begins a session in the transaction that says so in the audit log, whatever the way of signing in. Whoever signs in anew gets a new one,
 * and has shown by that who they are, unless a second factor is still to be proved, or a provider let them in by what it was shown before.
 */
export async function beginSession(
  tx: Tx,
  { accountId, sessionEpoch, hasOwnPassword = true, isFactorProved = false, shownAt }: NewSession,
  client: Client,
  now: Date,
): Promise<SessionKey> {
  const token = randomBytes(32).toString("base64url");
  const step = await nextStep(tx, accountId, { hasOwnPassword, proved: isFactorProved ? "provider" : null });
  await tx.orm.insert(sessions).values({
    districtId: tx.districtId,
    tokenHash: hashOfToken(token),
    accountId,
    sessionEpoch,
    step,
    device: deviceOf(client.userAgent ?? ""),
    place: placeOf(client.address),
    signedInAt: now,
    lastSeenAt: now,
    expiresAt: new Date(now.getTime() + sessionLimits.hours * 3_600_000),
    confirmedAt: step === "prove-factor" ? null : shownAt !== undefined && shownAt < now ? shownAt : now,
  });
  return { districtId: tx.districtId, token };
}

/** Whose session it is, and where: what a page says of them in its frame. */
export interface OwnProfile {
  readonly name: string;
  readonly email: string | null;
  readonly role: "admin" | "teacher" | "learner";
  readonly districtName: string;
  readonly timezone: string;
}

export interface Session {
  readonly id: string;
  readonly actor: Extract<Actor, { kind: "account" }>;
  readonly profile: OwnProfile;
  /** What has to be done before it counts; null: nothing. */
  readonly step: SessionStep | null;
}

/** A session with its account: of an epoch that is over, none. */
const isOfItsAccount = and(
  eq(accounts.districtId, sessions.districtId),
  eq(accounts.id, sessions.accountId),
  eq(accounts.sessionEpoch, sessions.sessionEpoch),
);

/**
 * The session of a key, asked at every request: one look-up by primary keys. Null: it is over, the account was deactivated or barred, or its
 * district suspended. `isVisit`: somebody does something, rather than a page that is open asking for news; only that keeps it from being idle.
 */
export async function findSession(services: Services, { districtId, token }: SessionKey, isVisit = true): Promise<Session | null> {
  if (!isUuid(districtId) || token === "") return null;
  const now = services.now();
  const [found] = await services.db.orm
    .select({
      id: sessions.id,
      accountId: sessions.accountId,
      step: sessions.step,
      lastSeenAt: sessions.lastSeenAt,
      confirmedAt: sessions.confirmedAt,
      role: accounts.role,
      adminRole: accounts.adminRole,
      schools: accounts.schoolIds,
      status: accounts.status,
      barredAt: accounts.barredAt,
      givenName: accounts.givenName,
      familyName: accounts.familyName,
      email: accounts.email,
      districtName: districts.name,
      timezone: districts.timezone,
    })
    .from(sessions)
    .innerJoin(accounts, isOfItsAccount)
    .innerJoin(districts, and(eq(districts.id, sessions.districtId), isNull(districts.suspendedAt)))
    .where(and(eq(sessions.districtId, districtId), eq(sessions.tokenHash, hashOfToken(token)), goesOn(now)));
  if (!found || !mayStaySignedIn(found)) return null;
  if (isVisit) await noteSeen(services, districtId, found, now);
  const { id, accountId, role, schools, step, confirmedAt, email, districtName, timezone } = found;
  const isConfirmed = confirmedAt !== null && now.getTime() - confirmedAt.getTime() < confirmedMinutes * 60_000;
  return {
    id,
    actor: { kind: "account", accountId, districtId, role: roleOf(found), schools, isConfirmed },
    profile: { name: fullName({ ...found, middleName: null }), email, role, districtName, timezone },
    step,
  };
}

/** The actor behind a session that counts; null where `findSession` finds none, or a step of signing in is left. */
export async function loadSession(services: Services, key: SessionKey): Promise<Actor | null> {
  const session = await findSession(services, key);
  return session === null || session.step !== null ? null : session.actor;
}

/** Ends the session of a key, and says in the audit log that somebody signed out. Of one that is over, nothing. */
export async function signOut(services: Services, key: SessionKey): Promise<void> {
  const session = await findSession(services, key, false);
  if (session === null) return;
  await withOwner(services.db, key.districtId, async (tx) => {
    const gone = await tx.orm
      .delete(sessions)
      .where(and(eq(sessions.districtId, tx.districtId), eq(sessions.id, session.id)))
      .returning({ id: sessions.id });
    if (gone.length === 0) return;
    const { actor } = session;
    await appendAudit(tx, { actor, action: "signed-out", target: { kind: "account", id: actor.accountId } }, services.now());
  });
}

export interface SessionListItem {
  readonly id: string;
  readonly device: string | null;
  readonly place: string | null;
  readonly signedInAt: string;
  readonly lastSeenAt: string;
}

/** The sessions of an account that go on, the one that was used last first. */
export function listSessions(
  services: Pick<Services, "db" | "now">,
  scope: OwnScope | DistrictScope<"manage-admins">,
  accountId: string,
): Promise<readonly SessionListItem[]> {
  return withDistrict(services.db, scope, async (tx) => {
    const rows = await tx.orm
      .select({
        id: sessions.id,
        device: sessions.device,
        place: sessions.place,
        signedInAt: sessions.signedInAt,
        lastSeenAt: sessions.lastSeenAt,
      })
      .from(sessions)
      .innerJoin(accounts, isOfItsAccount)
      .where(and(eq(sessions.districtId, tx.districtId), eq(sessions.accountId, accountId), goesOn(services.now())))
      .orderBy(desc(sessions.lastSeenAt), sessions.id);
    return rows.map(({ signedInAt, lastSeenAt, ...row }) => ({
      ...row,
      signedInAt: signedInAt.toISOString(),
      lastSeenAt: lastSeenAt.toISOString(),
    }));
  });
}

/** Which of an account's sessions to end. */
export type WhichSessions = { readonly only: string } | { readonly allBut: string | null };

/**
 * Ends sessions of an account: one, or all but one, or all. Returns how many.
 * @throws ServiceError `not-found` where the one is none of the account's
 */
export function endSessions(
  services: Services,
  scope: OwnScope | DistrictScope<"manage-admins">,
  accountId: string,
  which: WhichSessions,
): Promise<number> {
  return withDistrict(services.db, scope, async (tx) => {
    if ("only" in which && !isUuid(which.only)) throw new ServiceError("not-found", "That session is over.");
    const ended = await tx.orm
      .delete(sessions)
      .where(
        and(
          eq(sessions.districtId, tx.districtId),
          eq(sessions.accountId, accountId),
          "only" in which ? eq(sessions.id, which.only) : which.allBut === null ? undefined : ne(sessions.id, which.allBut),
        ),
      )
      .returning({ id: sessions.id });
    if ("only" in which && ended.length === 0) throw new ServiceError("not-found", "That session is over.");
    if (ended.length > 0) {
      const event = { actor: scope.actor, action: "sessions-ended", target: { kind: "account", id: accountId } } as const;
      await appendAudit(tx, { ...event, details: { sessions: ended.length } }, services.now());
    }
    return ended.length;
  });
}

/** For the retention job: rows of sessions that are over. */
export async function forgetOldSessions(services: Pick<Services, "db" | "now">): Promise<void> {
  const now = services.now();
  const idleSince = new Date(now.getTime() - sessionLimits.idleMinutes * 60_000);
  await services.db.orm.delete(sessions).where(or(lte(sessions.expiresAt, now), lte(sessions.lastSeenAt, idleSince)));
}

function goesOn(now: Date) {
  return and(gt(sessions.expiresAt, now), gt(sessions.lastSeenAt, new Date(now.getTime() - sessionLimits.idleMinutes * 60_000)));
}

/** The condition stands in the statement, too: of many requests at once, one writes. */
async function noteSeen(
  { db }: Pick<Services, "db">,
  districtId: string,
  { id, accountId, lastSeenAt }: { readonly id: string; readonly accountId: string; readonly lastSeenAt: Date },
  now: Date,
): Promise<void> {
  const due = new Date(now.getTime() - seenEveryMs);
  if (lastSeenAt > due) return;
  await db.orm
    .update(sessions)
    .set({ lastSeenAt: now })
    .where(and(eq(sessions.districtId, districtId), eq(sessions.accountId, accountId), eq(sessions.id, id), lt(sessions.lastSeenAt, due)));
}

function hashOfToken(token: string): string {
  return createHash("sha256").update(token).digest("base64url");
}
