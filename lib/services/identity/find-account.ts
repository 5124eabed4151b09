import { and, eq } from "drizzle-orm";
import { identities } from "#lib/platform/db/schema/identity.ts";
import { accounts } from "#lib/platform/db/schema/roster.ts";
import { sourceRecords } from "#lib/platform/db/schema/source-records.ts";
import type { Tx } from "#lib/platform/db/tx.ts";
import { mayStaySignedIn } from "#lib/services/accounts/can-sign-in.ts";
import type { Vouched } from "./judge.ts";
import type { ProviderRow } from "./provider-rows.ts";
import type { IdentityRefusal } from "./schema.ts";

export type Account = typeof accounts.$inferSelect;

export type FoundAccount =
  | { readonly ok: true; readonly account: Account; readonly isBound: boolean }
  /** `account`: whom it is about, for the audit log; null: nobody. */
  | { readonly ok: false; readonly reason: IdentityRefusal; readonly account: Account | null };

/**
 * Whose sign-in it is: the account to which the subject was bound; else the one that has the id of the SIS, or the verified address. Nobody is
 * ever made, and nothing guessed: an address that several active accounts share is nobody's, and an account that is bound to another subject
 * stays that one's.
 */
export async function findAccount(tx: Tx, provider: ProviderRow, who: Vouched): Promise<FoundAccount> {
  const bound = await accountBoundTo(tx, provider, who.subject);
  if (bound !== null) return judged(bound, true);
  const found = await match(tx, provider, who);
  if (!found.ok) return found;
  const [other] = await tx.orm
    .select({ subject: identities.subject })
    .from(identities)
    .where(
      and(eq(identities.districtId, tx.districtId), eq(identities.accountId, found.account.id), eq(identities.providerId, provider.id)),
    );
  return other === undefined ? found : { ok: false, reason: "other-subject", account: found.account };
}

async function accountBoundTo(tx: Tx, provider: ProviderRow, subject: string): Promise<Account | null> {
  const [row] = await tx.orm
    .select({ account: accounts })
    .from(identities)
    .innerJoin(accounts, and(eq(accounts.districtId, identities.districtId), eq(accounts.id, identities.accountId)))
    .where(
      and(
        eq(identities.districtId, tx.districtId),
        eq(identities.providerId, provider.id),
        eq(identities.issuer, provider.issuer),
        eq(identities.subject, subject),
      ),
    );
  return row?.account ?? null;
}

async function match(tx: Tx, provider: ProviderRow, who: Vouched): Promise<FoundAccount> {
  if (provider.matchBy === "email") return byEmail(tx, who.email);
  const found = who.sisId === null ? null : await bySisId(tx, provider, who.sisId);
  if (found !== null) return judged(found, false);
  // Admins are in no SIS. Anybody else whom the SIS's id does not lead to is not found by an address either.
  const admin = await byEmail(tx, who.email);
  return admin.ok && admin.account.role !== "admin" ? { ok: false, reason: "unknown", account: null } : admin;
}

/** By the mirror: not one whom the SIS has given away, and not one of whom a sync doubts who it is. */
async function bySisId(tx: Tx, { integrationId }: ProviderRow, sisId: string): Promise<Account | null> {
  if (integrationId === null) return null;
  const [row] = await tx.orm
    .select({ account: accounts, fate: sourceRecords.fate, rostered: sourceRecords.rostered })
    .from(sourceRecords)
    .innerJoin(accounts, and(eq(accounts.districtId, sourceRecords.districtId), eq(accounts.id, sourceRecords.recordId)))
    .where(
      and(
        eq(sourceRecords.districtId, tx.districtId),
        eq(sourceRecords.externalId, sisId),
        eq(sourceRecords.collection, "users"),
        eq(sourceRecords.integrationId, integrationId),
      ),
    );
  if (row === undefined || row.fate === "withheld") return null;
  return row.rostered || row.account.status === "deactivated" ? row.account : null;
}

async function byEmail(tx: Tx, email: string | null): Promise<FoundAccount> {
  const rows =
    email === null
      ? []
      : await tx.orm
          .select()
          .from(accounts)
          .where(and(eq(accounts.districtId, tx.districtId), eq(accounts.email, email)))
          .orderBy(accounts.status, accounts.id)
          .limit(2);
  const [first, second] = rows;
  if (first === undefined) return { ok: false, reason: "unknown", account: null };
  if (second?.status === "active") return { ok: false, reason: "ambiguous", account: first };
  return judged(first, false);
}

function judged(account: Account, isBound: boolean): FoundAccount {
  if (mayStaySignedIn(account)) return { ok: true, account, isBound };
  return { ok: false, reason: account.status === "deactivated" ? "deactivated" : "barred", account };
}
