import { and, asc, eq, isNotNull, ne, sql } from "drizzle-orm";
import { z } from "zod";
import type { DistrictScope } from "#lib/platform/access.ts";
import { type AuditAction, appendAudit } from "#lib/platform/audit.ts";
import { hashPassword, oneTimePassword } from "#lib/platform/crypto/password.ts";
import { planAgain } from "#lib/platform/db/plan-again.ts";
import { raiseRosterRevision } from "#lib/platform/db/roster-revision.ts";
import { accounts } from "#lib/platform/db/schema/roster.ts";
import { type Tx, withDistrict } from "#lib/platform/db/tx.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import { parseOrRefuse } from "#lib/platform/parse.ts";
import { isUuid } from "#lib/platform/uuid.ts";
import { noteAndAudit } from "#lib/services/edits/history.ts";
import type { Services } from "#lib/services/services.ts";

const NewAdmin = z.object({
  email: z.string({ error: "Enter an email address" }).trim().toLowerCase().pipe(z.email("Enter a valid email address")),
  givenName: z.string().trim().max(100).default("District"),
  familyName: z.string().trim().max(100).default("Admin"),
  password: z.string().min(12, "A password has at least 12 characters").max(200, "A password has at most 200 characters").optional(),
});

/**
 * Creates a district admin, who signs in with `password`, or else with the one-time password that is returned once.
 * @throws ServiceError `invalid`, `conflict` when an active account of the district has the email
 */
export async function createAdmin(
  services: Services,
  scope: DistrictScope,
  input: z.input<typeof NewAdmin>,
): Promise<{ id: string; password: string }> {
  const { email, givenName, familyName, ...rest } = parseOrRefuse(NewAdmin, input, "The admin is not complete.");
  const password = rest.password ?? oneTimePassword();
  const passwordHash = await hashFor(services, email, password);
  return withDistrict(services.db, scope, async (tx) => {
    // Two operators adding the same email at once follow each other; the column cannot be unique, because families share addresses.
    await tx.sql`select pg_advisory_xact_lock(hashtextextended('admin:' || ${tx.districtId}::text || ${email}::text, 0))`;
    const [taken] = await tx.orm
      .select({ id: accounts.id })
      .from(accounts)
      .where(and(eq(accounts.districtId, tx.districtId), eq(accounts.email, email), eq(accounts.status, "active")));
    if (taken)
      throw new ServiceError("conflict", "An account of this district already has this email address.", { email: "Already in use" });
    const [created] = await tx.orm
      .insert(accounts)
      .values({ districtId: tx.districtId, role: "admin", givenName, familyName, email, passwordHash })
      .returning({ id: accounts.id });
    const id = created?.id ?? "";
    // A plan made before knows nothing of this email, which could now match.
    await raiseRosterRevision(tx);
    await audit(tx, services, scope, "admin-created", id);
    return { id, password };
  });
}

/**
 * Deactivates an account by an admin's decision: it cannot sign in, its sessions end, and a sync does not bring it back. The reason stands
 * in its history.
 * @throws ServiceError `not-found`, `precondition` for oneself and for the last active admin
 */
export async function deactivateAccount(services: Services, scope: DistrictScope, id: string, reason?: string): Promise<void> {
  await change(
    services,
    scope,
    id,
    async (tx, account) => {
      if (scope.actor.kind === "account" && scope.actor.accountId === id)
        throw new ServiceError("precondition", "You cannot deactivate your own account.");
      if (account.status === "deactivated" && account.deactivatedBy === "admin") return;
      if (account.role === "admin") await assertAnotherAdmin(tx, id);
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
export async function reactivateAccount(services: Services, scope: DistrictScope, id: string): Promise<void> {
  await change(
    services,
    scope,
    id,
    async (tx, account) => {
      if (account.status === "active") return;
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

/** Sets a password, or makes a one-time one; every session of the account ends. @throws ServiceError `not-found`, `invalid` */
export async function setPassword(services: Services, scope: DistrictScope, id: string, password?: string): Promise<{ password: string }> {
  const checked =
    parseOrRefuse(NewAdmin.pick({ password: true }), { password }, "The password cannot be used.").password ?? oneTimePassword();
  const passwordHash = await hashFor(services, await emailOf(services, scope, id), checked, id);
  await change(services, scope, id, async (tx, account) => {
    await tx.orm
      .update(accounts)
      .set({ passwordHash, sessionEpoch: account.sessionEpoch + 1 })
      .where(isAccount(tx, id));
    await audit(tx, services, scope, "password-changed", id);
  });
  return { password: checked };
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

async function emailOf(services: Services, scope: DistrictScope, id: string): Promise<string | null> {
  if (!isUuid(id)) return null;
  const [account] = await withDistrict(services.db, scope, (tx) =>
    tx.orm.select({ email: accounts.email }).from(accounts).where(isAccount(tx, id)),
  );
  return account?.email ?? null;
}

async function change(
  services: Services,
  scope: DistrictScope,
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

async function assertAnotherAdmin(tx: Tx, id: string): Promise<void> {
  await tx.sql`select pg_advisory_xact_lock(hashtextextended('admins:' || ${tx.districtId}::text, 0))`;
  const [other] = await tx.orm
    .select({ count: sql<number>`count(*)::int` })
    .from(accounts)
    .where(and(eq(accounts.districtId, tx.districtId), eq(accounts.role, "admin"), eq(accounts.status, "active"), ne(accounts.id, id)));
  if ((other?.count ?? 0) === 0) throw new ServiceError("precondition", "This is the district's last admin. Create another one first.");
}

function isAccount(tx: Tx, id: string) {
  return and(eq(accounts.districtId, tx.districtId), eq(accounts.id, id));
}

function audit(tx: Tx, services: Services, scope: DistrictScope, action: AuditAction, id: string): Promise<void> {
  return appendAudit(tx, { actor: scope.actor, action, target: { kind: "account", id } }, services.now());
}
