import { and, asc, eq, gt, isNotNull, isNull, ne, sql } from "drizzle-orm";
import { z } from "zod";
import { type AnyScope, type DistrictScope, isAllowed, type OwnScope } from "#lib/platform/access.ts";
import { type AuditAction, appendAudit } from "#lib/platform/audit.ts";
import { hashPassword, oneTimePassword } from "#lib/platform/crypto/password.ts";
import { planAgain } from "#lib/platform/db/plan-again.ts";
import { raiseRosterRevision } from "#lib/platform/db/roster-revision.ts";
import { districts } from "#lib/platform/db/schema/districts.ts";
import { accounts } from "#lib/platform/db/schema/roster.ts";
import { passwordLinks, sessions } from "#lib/platform/db/schema/sessions.ts";
import { type Tx, withDistrict } from "#lib/platform/db/tx.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import { parseOrRefuse } from "#lib/platform/parse.ts";
import { roleOf } from "#lib/platform/roles.ts";
import { isUuid } from "#lib/platform/uuid.ts";
import { noteAndAudit } from "#lib/services/edits/history.ts";
import type { Services } from "#lib/services/services.ts";
import { gotOut } from "./breached.ts";
import { assertConfirmed } from "./confirm.ts";
import { columnsOfRole, givenRole } from "./given-role.ts";
import { assertHardToGuess } from "./guessable.ts";
import { NewPassword } from "./own-password-schema.ts";
import { nextStep } from "./steps.ts";

export const NewAdmin = z.object({
  ...givenRole,
  email: z.string({ error: "Enter an email address" }).trim().toLowerCase().pipe(z.email("Enter a valid email address")),
  givenName: z.string().trim().max(100).default("District"),
  familyName: z.string().trim().max(100).default("Admin"),
});

/** Days that a password signs in which was made to be handed over. */
export const oneTimeDays = 7;

/**
 * Creates an admin, who signs in with `password`, or else with the one-time password that is returned once and has to be changed
 * at the first sign-in. For the operator: admins invite each other (password-links.ts).
 * @throws ServiceError `invalid`, `forbidden` for an account, `conflict` when an active account of the district has the email
 */
export async function createAdmin(
  services: Services,
  scope: DistrictScope<"operate">,
  input: z.input<typeof NewAdmin> & { readonly password?: string | undefined },
): Promise<{ id: string; password: string }> {
  if (scope.actor.kind === "account") throw new ServiceError("forbidden", onlyTheOperator);
  const { email, givenName, familyName, ...given } = parseOrRefuse(NewAdmin, input, "The admin is not complete.");
  const made = await passwordFor(services, input.password, [email, givenName, familyName], email);
  return withDistrict(services.db, scope, async (tx) => {
    const id = await insertAdmin(tx, services, scope, { email, givenName, familyName, ...given, ...made.columns });
    return { id, password: made.password };
  });
}

/** In the caller's transaction, an admin who cannot sign in yet. @throws ServiceError `invalid`, `conflict` as above */
export function addInvitedAdmin(
  tx: Tx,
  services: Services,
  scope: DistrictScope<"manage-admins">,
  input: z.input<typeof NewAdmin>,
): Promise<string> {
  return insertAdmin(tx, services, scope, parseOrRefuse(NewAdmin, input, "The admin is not complete."));
}

async function insertAdmin(
  tx: Tx,
  services: Services,
  scope: AnyScope,
  {
    role,
    schools,
    ...values
  }: z.output<typeof NewAdmin> & Partial<Pick<typeof accounts.$inferInsert, "passwordHash" | "passwordExpiresAt">>,
): Promise<string> {
  const { email } = values;
  // Two who add the same email at once follow each other; the column cannot be unique, because families share addresses.
  await tx.sql`select pg_advisory_xact_lock(hashtextextended('admin:' || ${tx.districtId}::text || ${email}::text, 0))`;
  const [taken] = await tx.orm
    .select({ id: accounts.id })
    .from(accounts)
    .where(and(eq(accounts.districtId, tx.districtId), eq(accounts.email, email), eq(accounts.status, "active")));
  if (taken) throw new ServiceError("conflict", "An account of this district already has this email address.", { email: "Already in use" });
  const [created] = await tx.orm
    .insert(accounts)
    .values({ districtId: tx.districtId, role: "admin", ...(await columnsOfRole(tx, { role, schools })), ...values })
    .returning({ id: accounts.id });
  const id = created?.id ?? "";
  // A plan made before knows nothing of this email, which could now match.
  await raiseRosterRevision(tx);
  const target = { kind: "account", id };
  await appendAudit(tx, { actor: scope.actor, action: "admin-created", target, details: { role, schools } }, services.now());
  return id;
}

/** Leave for the accounts of admins or for people's; whose an account is decides which it takes. */
export type AccountScope = DistrictScope<"manage-admins"> | DistrictScope<"edit-people">;

/** @throws ServiceError `forbidden` */
function assertMayChange({ actor }: AccountScope, { role }: Pick<typeof accounts.$inferSelect, "role">): void {
  if (!isAllowed(actor, role === "admin" ? "manage-admins" : "edit-people"))
    throw new ServiceError("forbidden", "Your role does not include changing this account.");
}

/**
 * Deactivates an account by an admin's decision: it cannot sign in, its sessions end, and a sync does not bring it back. The reason stands
 * in its history.
 * @throws ServiceError `not-found`, `precondition` for oneself and for the last active admin, `confirm` for an admin
 */
export async function deactivateAccount(services: Services, scope: AccountScope, id: string, reason?: string): Promise<void> {
  await change(
    services,
    scope,
    id,
    async (tx, account) => {
      assertMayChange(scope, account);
      if (scope.actor.kind === "account" && scope.actor.accountId === id)
        throw new ServiceError("precondition", "You cannot deactivate your own account.");
      if (account.status === "deactivated" && account.deactivatedBy === "admin") return;
      if (account.role === "admin") assertConfirmed(scope, "stop-admin");
      if (isDistrictAdmin(account)) await assertAnotherAdmin(tx, id);
      await tx.orm
        .update(accounts)
        .set({
          status: "deactivated",
          deactivatedBy: "admin",
          updatedAt: services.now(),
          // Also of one whom a sync deactivated before: the retention period begins with the admin's decision, which it must outlive.
          deactivatedAt: services.now(),
          sessionEpoch: account.sessionEpoch + 1,
        })
        .where(isAccount(tx, id));
      await planAgain(tx, [id]);
      const status = { before: { status: account.status }, after: { status: "deactivated" } };
      const event = { entity: "account", recordId: id, action: "deactivated", reason: reason?.trim() || null, ...status } as const;
      await noteAndAudit(tx, scope, event, "account-deactivated", services.now());
    },
    raiseRosterRevision,
  );
}

/**
 * Lets an account be active again, also one that its SIS has no longer: until the SIS brings it back itself, or an admin gives its status
 * back (lib/services/edits/standing.ts).
 * @throws ServiceError `not-found`
 */
export async function reactivateAccount(services: Services, scope: AccountScope, id: string): Promise<void> {
  await change(
    services,
    scope,
    id,
    async (tx, account) => {
      assertMayChange(scope, account);
      if (account.status === "active") return;
      if (account.role === "admin") assertConfirmed(scope, "add-admin");
      await tx.orm
        .update(accounts)
        .set({ status: "active", deactivatedBy: null, deactivatedAt: null, updatedAt: services.now() })
        .where(isAccount(tx, id));
      await planAgain(tx, [id]);
      const event = { entity: "account", recordId: id, action: "reactivated" } as const;
      const status = { before: { status: "deactivated" }, after: { status: "active" } };
      await noteAndAudit(tx, scope, { ...event, ...status }, "account-reactivated", services.now());
    },
    raiseRosterRevision,
  );
}

export const linkIsOver = "This link has been used or is too old. Ask for another one on the sign-in page.";
const onlyTheOperator = "Only whoever runs Aivo can give somebody else a password. Send them a link with which they choose one.";

/**
 * Sets a password, or makes a one-time one that has to be changed at the next sign-in; every session of the account ends, but the one that
 * `keeps` names, which now counts. Accounts set their own alone: who could set another's could sign in as them. `spends` is the hash of the link
 * by which they do: of two at once with one link, one is too late.
 * @throws ServiceError `not-found`, `forbidden`, `invalid` at the field `next`, `precondition` where that link is no more
 */
export async function setPassword(
  services: Services,
  scope: DistrictScope<"operate"> | OwnScope,
  id: string,
  password?: string,
  { keeps, spends }: { readonly keeps?: string; readonly spends?: string } = {},
): Promise<{ password: string }> {
  if (scope.actor.kind === "account" && scope.actor.accountId !== id) throw new ServiceError("forbidden", onlyTheOperator);
  const { email, about } = await knownOf(services, scope, id);
  const made = await passwordFor(services, password, about, email, id);
  await change(services, scope, id, async (tx, account) => {
    const sessionEpoch = account.sessionEpoch + 1;
    if (spends !== undefined) await spendLink(tx, id, spends, services.now());
    await tx.orm
      .update(accounts)
      .set({ ...made.columns, sessionEpoch })
      .where(isAccount(tx, id));
    await tx.orm.delete(passwordLinks).where(and(eq(passwordLinks.districtId, tx.districtId), eq(passwordLinks.accountId, id)));
    if (keeps !== undefined) {
      const isKept = and(eq(sessions.districtId, tx.districtId), eq(sessions.accountId, id), eq(sessions.id, keeps));
      const step = await nextStep(tx, id, { hasOwnPassword: true, proved: "aivo" });
      await tx.orm.update(sessions).set({ sessionEpoch, step }).where(isKept);
    }
    await audit(tx, services, scope, "password-changed", id);
  });
  return { password: made.password };
}

async function spendLink(tx: Tx, accountId: string, tokenHash: string, now: Date): Promise<void> {
  const isIt = and(
    eq(passwordLinks.districtId, tx.districtId),
    eq(passwordLinks.accountId, accountId),
    eq(passwordLinks.tokenHash, tokenHash),
  );
  const spent = await tx.orm
    .delete(passwordLinks)
    .where(and(isIt, gt(passwordLinks.expiresAt, now)))
    .returning({ id: passwordLinks.id });
  if (spent.length === 0) throw new ServiceError("precondition", linkIsOver);
}

/** A chosen password, judged, or a one-time one; with what is stored of it. */
async function passwordFor(
  services: Services,
  chosen: string | undefined,
  about: readonly string[],
  email: string | null,
  exceptId?: string,
): Promise<{ password: string; columns: { passwordHash: string; passwordExpiresAt: Date | null } }> {
  if (chosen !== undefined) {
    parseOrRefuse(z.object({ next: NewPassword }), { next: chosen }, "The password cannot be used.");
    await assertHardToGuess(chosen, about, "next");
    if (await gotOut(services.env.breachedPasswords, chosen))
      throw new ServiceError("invalid", "The password was not changed.", {
        next: "This password was stolen somewhere and made known. Choose another one, and change it wherever else you use it",
      });
  }
  const password = chosen ?? oneTimePassword();
  const passwordExpiresAt = chosen === undefined ? new Date(services.now().getTime() + oneTimeDays * 86_400_000) : null;
  return { password, columns: { passwordHash: await hashFor(services, email, password, exceptId), passwordExpiresAt } };
}

/** People of several districts with one address share the salt, so that signing in takes one derivation whoever it is. */
async function hashFor(services: Services, email: string | null, password: string, exceptId?: string): Promise<string> {
  if (email === null) return hashPassword(password);
  const [other] = await services.db.orm
    .select({ passwordHash: accounts.passwordHash })
    .from(accounts)
    .where(and(eq(accounts.email, email), isNotNull(accounts.passwordHash), exceptId === undefined ? undefined : ne(accounts.id, exceptId)))
    .orderBy(asc(accounts.id))
    .limit(1);
  return hashPassword(password, other?.passwordHash ?? null);
}

/** What is known of an account that its password must not be. */
async function knownOf(
  services: Services,
  scope: AnyScope | OwnScope,
  id: string,
): Promise<{ readonly email: string | null; readonly about: readonly string[] }> {
  if (!isUuid(id)) return { email: null, about: [] };
  const [account] = await withDistrict(services.db, scope, (tx) =>
    tx.orm
      .select({ email: accounts.email, givenName: accounts.givenName, familyName: accounts.familyName, district: districts.name })
      .from(accounts)
      .innerJoin(districts, eq(districts.id, accounts.districtId))
      .where(isAccount(tx, id)),
  );
  if (!account) return { email: null, about: [] };
  const { email, ...names } = account;
  return { email, about: [email ?? "", ...Object.values(names)] };
}

async function change(
  services: Services,
  scope: AnyScope | OwnScope,
  id: string,
  write: (tx: Tx, account: typeof accounts.$inferSelect) => Promise<void>,
  before: (tx: Tx) => Promise<unknown> = async () => {},
): Promise<void> {
  await withDistrict(services.db, scope, async (tx) => {
    // Before the account, as a sync does that changes it: otherwise each could wait for the other.
    await before(tx);
    const [account] = isUuid(id) ? await tx.orm.select().from(accounts).where(isAccount(tx, id)).for("update") : [];
    if (!account) throw new ServiceError("not-found", "There is no such account.");
    await write(tx, account);
  });
}

export function isDistrictAdmin(account: Pick<typeof accounts.$inferSelect, "role" | "adminRole">): boolean {
  return roleOf(account) === "admin";
}

/** @throws ServiceError `precondition` where nobody else could give roles. Others who ask meanwhile wait. */
export async function assertAnotherAdmin(tx: Tx, id: string): Promise<void> {
  await tx.sql`select pg_advisory_xact_lock(hashtextextended('admins:' || ${tx.districtId}::text, 0))`;
  const [other] = await tx.orm
    .select({ count: sql<number>`count(*)::int` })
    .from(accounts)
    .where(
      and(
        eq(accounts.districtId, tx.districtId),
        eq(accounts.role, "admin"),
        isNull(accounts.adminRole),
        eq(accounts.status, "active"),
        ne(accounts.id, id),
      ),
    );
  if ((other?.count ?? 0) === 0) throw new ServiceError("precondition", "This is the last district admin. Make somebody else one first.");
}

function isAccount(tx: Tx, id: string) {
  return and(eq(accounts.districtId, tx.districtId), eq(accounts.id, id));
}

function audit(tx: Tx, services: Services, scope: AnyScope | OwnScope, action: AuditAction, id: string): Promise<void> {
  return appendAudit(tx, { actor: scope.actor, action, target: { kind: "account", id } }, services.now());
}
