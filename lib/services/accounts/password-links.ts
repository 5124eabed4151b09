/**
 * Links in emails with which somebody chooses a password:
 *
 *   asked for (a row and a job, in one transaction) ──► sent by a worker, which makes the token and keeps its hash ──► used, once
 *
 * A link works for an hour, or for a week where it invites, until another password is set. Whether anybody has an address, the answer to
 * asking for one does not tell.
 */
import { createHash, randomBytes, randomUUID } from "node:crypto";
import { and, eq, gt, isNotNull, isNull, lte } from "drizzle-orm";
import type { z } from "zod";
import { type DistrictScope, requireSelf } from "#lib/platform/access.ts";
import { appendAudit } from "#lib/platform/audit.ts";
import { districts } from "#lib/platform/db/schema/districts.ts";
import { accounts } from "#lib/platform/db/schema/roster.ts";
import { passwordLinks } from "#lib/platform/db/schema/sessions.ts";
import { type Tx, withDistrict, withOwner } from "#lib/platform/db/tx.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import { type Payload, soon } from "#lib/platform/jobs.ts";
import { parseOrRefuse } from "#lib/platform/parse.ts";
import { isUuid } from "#lib/platform/uuid.ts";
import { sendEmail } from "#lib/services/notices/mail.ts";
import type { Services } from "#lib/services/services.ts";
import { mayStaySignedIn } from "./can-sign-in.ts";
import { assertConfirmed } from "./confirm.ts";
import { type LinkKind, linkMail } from "./link-mail.ts";
import { PasswordChoice } from "./own-password-schema.ts";
import type { Client } from "./sessions.ts";
import { admitAttempt } from "./throttle.ts";
import { addInvitedAdmin, linkIsOver, type NewAdmin, setPassword } from "./write.ts";

export const linkHours: Readonly<Record<LinkKind, number>> = { invitation: 7 * 24, reset: 1 };
/** Emails to one account within an hour; more are nobody's wish. */
const perHour = 3;
/** An address of several districts has an account in each. */
const accountsMeant = 5;

const noPasswords = "This district signs in with its own accounts only, so there is no password to choose.";

const emailIsOff =
  "Email is not set up, so no link can be sent. Whoever runs Aivo for you can make a one-time password with the command line.";

/**
 * Creates a district admin, who is sent a link to choose a password; not where the district's own accounts are the only way in.
 * @throws ServiceError `confirm`, `invalid`, `conflict` when an active account of the district has the email, `precondition` without email
 */
export async function inviteAdmin(
  services: Services,
  scope: DistrictScope<"manage-admins">,
  input: z.input<typeof NewAdmin>,
): Promise<{ id: string }> {
  assertConfirmed(scope, "add-admin");
  return withDistrict(services.db, scope, async (tx) => {
    const signsInWithPasswords = await hasPasswords(tx);
    if (signsInWithPasswords && services.env.mail === null) throw new ServiceError("precondition", emailIsOff);
    const id = await addInvitedAdmin(tx, services, scope, input);
    if (signsInWithPasswords) await ask(tx, services, id, "invitation");
    return { id };
  });
}

/**
 * Sends an account a link to choose a password: an invitation, where it has none yet. What it has goes on until the link is used.
 * @throws ServiceError `not-found`, `precondition` without email, for who has no address or cannot sign in, and after three in an hour
 */
export async function sendPasswordLink(
  services: Services,
  scope: DistrictScope<"manage-admins">,
  accountId: string,
): Promise<{ kind: LinkKind }> {
  if (services.env.mail === null) throw new ServiceError("precondition", emailIsOff);
  return withDistrict(services.db, scope, async (tx) => {
    if (!(await hasPasswords(tx))) throw new ServiceError("precondition", noPasswords);
    const [account] = isUuid(accountId)
      ? await tx.orm
          .select()
          .from(accounts)
          .where(and(eq(accounts.districtId, tx.districtId), eq(accounts.id, accountId)))
      : [];
    if (!account) throw new ServiceError("not-found", "There is no such account.");
    if (account.email === null) throw new ServiceError("precondition", "This account has no email address.");
    if (!mayStaySignedIn(account)) throw new ServiceError("precondition", "This account cannot sign in at present.");
    if (await hasEnough(tx, services, accountId))
      throw new ServiceError("precondition", `They were sent ${perHour} links within an hour. Wait until they have looked.`);
    const kind = account.passwordHash === null ? "invitation" : "reset";
    await ask(tx, services, accountId, kind);
    const target = { kind: "account", id: accountId };
    await appendAudit(tx, { actor: scope.actor, action: "password-link-sent", target, details: { kind } }, services.now());
    return { kind };
  });
}

/**
 * Somebody has forgotten a password. Whoever asks learns nothing: for an address that nobody has the same statements are made about nobody,
 * and undone.
 */
export async function requestReset(services: Services, { email, address }: Client & { readonly email: string }): Promise<void> {
  const wanted = email.trim().toLowerCase();
  const keys = { email: `reset:${wanted}`, address: `reset:${address}` };
  if (wanted === "" || wanted.length > 320 || (await admitAttempt(services.db, keys, services.now())) === 0) return;
  const found = await services.db.orm
    .select({ id: accounts.id, districtId: accounts.districtId })
    .from(accounts)
    .innerJoin(districts, and(eq(districts.id, accounts.districtId), isNull(districts.suspendedAt), isNull(districts.ownAccountsOnlySince)))
    .where(and(eq(accounts.email, wanted), isNotNull(accounts.passwordHash), eq(accounts.status, "active"), isNull(accounts.barredAt)))
    .orderBy(accounts.id)
    .limit(accountsMeant);
  const undone = Symbol("undone");
  const isNobody = found.length === 0;
  for (const { id, districtId } of isNobody ? [{ id: randomUUID(), districtId: randomUUID() }] : found) {
    await withOwner(services.db, districtId, async (tx) => {
      if (await hasEnough(tx, services, id)) return;
      await ask(tx, services, id, "reset");
      const event = { actor: { kind: "anonymous" }, action: "password-link-sent", target: { kind: "account", id } } as const;
      await appendAudit(tx, { ...event, details: { kind: "reset" } }, services.now());
      if (isNobody) throw undone;
    }).catch((error: unknown) => {
      if (error !== undone) throw error;
    });
  }
}

export type LinkSent = "sent" | "not-ours" | "refused";

/**
 * For the worker: makes the token, keeps its hash, and sends it. Sent again, it is another token, and the one before is none.
 * @throws Error when the mail server did not take it, so that the queue tries again
 */
export async function sendLinkMail(services: Services, { districtId, linkId }: Payload<"password-link">): Promise<LinkSent> {
  const token = randomBytes(32).toString("base64url");
  const now = services.now();
  const found = await withOwner(services.db, districtId, async (tx) => {
    const [link] = await tx.orm
      .select({
        kind: passwordLinks.kind,
        email: accounts.email,
        status: accounts.status,
        barredAt: accounts.barredAt,
        district: districts.name,
      })
      .from(passwordLinks)
      .innerJoin(accounts, and(eq(accounts.districtId, passwordLinks.districtId), eq(accounts.id, passwordLinks.accountId)))
      .innerJoin(districts, and(eq(districts.id, passwordLinks.districtId), isNull(districts.suspendedAt)))
      .where(and(isLink(districtId, linkId), gt(passwordLinks.expiresAt, now)));
    if (!link || link.email === null || !mayStaySignedIn(link)) return null;
    const expiresAt = new Date(now.getTime() + linkHours[link.kind] * 3_600_000);
    await tx.orm
      .update(passwordLinks)
      .set({ tokenHash: hashOfToken(token), expiresAt })
      .where(isLink(districtId, linkId));
    return { kind: link.kind, email: link.email, district: link.district };
  });
  if (found === null) return "not-ours";
  const mail = linkMail(services.env, { ...found, linkId, token: `${districtId}.${token}`, hours: linkHours[found.kind] });
  const tried = await sendEmail(services.env, mail);
  if (tried.isSent) return "sent";
  if (tried.isFinal) return "refused";
  throw new Error(`The mail server did not take it: ${tried.answer}`);
}

/**
 * Sets the password that whoever has a link has chosen; the link is used up, and every session of the account ends.
 * @throws ServiceError `precondition` for a link that was used, replaced or has ended; `invalid` with the field
 */
export async function choosePasswordByLink(services: Services, token: string, input: PasswordChoice): Promise<void> {
  const { next } = parseOrRefuse(PasswordChoice, input, "The password was not changed.");
  const [districtId = "", secret = ""] = token.split(".");
  const link = isUuid(districtId) && secret !== "" ? await findLink(services, districtId, secret) : null;
  if (link === null) throw new ServiceError("precondition", linkIsOver);
  const own = requireSelf({ kind: "account", accountId: link.accountId, districtId, role: link.role });
  // Setting it takes all links of the account away, this one first.
  await setPassword(services, own, link.accountId, next, { spends: hashOfToken(secret) });
}

/** For the retention job: links that nobody used in time. */
export async function forgetOldLinks({ db, now }: Pick<Services, "db" | "now">): Promise<void> {
  await db.orm.delete(passwordLinks).where(lte(passwordLinks.expiresAt, now()));
}

async function findLink(services: Services, districtId: string, secret: string) {
  const [link] = await services.db.orm
    .select({ accountId: accounts.id, role: accounts.role, status: accounts.status, barredAt: accounts.barredAt })
    .from(passwordLinks)
    .innerJoin(accounts, and(eq(accounts.districtId, passwordLinks.districtId), eq(accounts.id, passwordLinks.accountId)))
    .innerJoin(districts, and(eq(districts.id, passwordLinks.districtId), isNull(districts.suspendedAt)))
    .where(
      and(
        eq(passwordLinks.districtId, districtId),
        eq(passwordLinks.tokenHash, hashOfToken(secret)),
        gt(passwordLinks.expiresAt, services.now()),
      ),
    );
  return link && mayStaySignedIn(link) ? link : null;
}

/** A row that waits for its email, for as long as the queue tries to send it. */
async function ask(tx: Tx, services: Services, accountId: string, kind: LinkKind): Promise<void> {
  const [id, now] = [randomUUID(), services.now()];
  await tx.orm.insert(passwordLinks).values({
    districtId: tx.districtId,
    id,
    accountId,
    kind,
    createdAt: now,
    expiresAt: new Date(now.getTime() + 86_400_000),
  });
  const job = { id, group: { id: tx.districtId }, priority: soon };
  await services.jobs.send(tx, "password-link", { districtId: tx.districtId, linkId: id }, job);
}

async function hasPasswords(tx: Tx): Promise<boolean> {
  const [district] = await tx.orm.select({ since: districts.ownAccountsOnlySince }).from(districts).where(eq(districts.id, tx.districtId));
  return district?.since === null;
}

async function hasEnough(tx: Tx, services: Services, accountId: string): Promise<boolean> {
  const since = new Date(services.now().getTime() - 3_600_000);
  const lately = await tx.orm
    .select({ id: passwordLinks.id })
    .from(passwordLinks)
    .where(and(eq(passwordLinks.districtId, tx.districtId), eq(passwordLinks.accountId, accountId), gt(passwordLinks.createdAt, since)));
  return lately.length >= perHour;
}

const isLink = (districtId: string, id: string) => and(eq(passwordLinks.districtId, districtId), eq(passwordLinks.id, id));

function hashOfToken(token: string): string {
  return createHash("sha256").update(token).digest("base64url");
}
