import { timingSafeEqual } from "node:crypto";
import { and, eq, isNull } from "drizzle-orm";
import { appendAudit } from "#lib/platform/audit.ts";
import { identities, identityProviders, identityRequests } from "#lib/platform/db/schema/identity.ts";
import { type Tx, withOwner } from "#lib/platform/db/tx.ts";
import { errorFields, log } from "#lib/platform/log.ts";
import { isUuid } from "#lib/platform/uuid.ts";
import type { Client as ClientAddress, SessionKey } from "#lib/services/accounts/sessions.ts";
import { beginSignedIn } from "#lib/services/accounts/sign-in.ts";
import { forgiveOwnAccounts } from "#lib/services/accounts/throttle.ts";
import type { Services } from "#lib/services/services.ts";
import { checksOf, hashOf, isSuspended } from "./begin.ts";
import { claimsOf, discover } from "./client.ts";
import { type Account, findAccount } from "./find-account.ts";
import { connectionFailureOf } from "./guarded-fetch.ts";
import { judgeClaims, type Vouched } from "./judge.ts";
import { clientOf, findProvider, isProvider, type ProviderRow } from "./provider-rows.ts";
import type { IdentityRefusal } from "./schema.ts";

/** What the provider sent the browser back with, and what the browser had in its cookie. */
export interface IdentityCallback extends ClientAddress {
  /** The whole address, as registered with the provider, with what stands behind it. */
  readonly url: URL;
  readonly browserSecret: string | null;
}

export type IdentityResult =
  | { readonly ok: true; readonly session: SessionKey; readonly returnTo: string }
  /** `districtId`: whose ways in to offer again; null: it cannot be known. */
  | { readonly ok: false; readonly reason: IdentityRefusal; readonly districtId: string | null; readonly returnTo: string };

/**
 * Ends a sign-in that was begun in this browser. Signed in or refused stands in the district's audit log; what belongs to no sign-in that was
 * begun is looked at no further, and no provider is asked about it.
 */
export async function completeIdentitySignIn(services: Services, callback: IdentityCallback): Promise<IdentityResult> {
  const spent = await spendState(services, callback);
  if (spent === null) return { ok: false, reason: "expired", districtId: null, returnTo: "/" };
  const { provider, returnTo, state, browserSecret } = spent;
  const { districtId } = provider;
  const refused = async (reason: IdentityRefusal, account: Account | null = null): Promise<IdentityResult> => {
    await recordRefusal(services, provider, reason, account);
    return { ok: false, reason, districtId, returnTo };
  };
  if (await isSuspended(services, districtId)) return refused("suspended");
  // Whoever went back has done nothing wrong.
  if (callback.url.searchParams.get("error") === "access_denied") return refused("canceled");
  const client = clientOf(services, provider);
  const asked = await discover(services, client)
    .then((config) => claimsOf(config, client, callback.url, checksOf(browserSecret, state)))
    .catch((error: unknown) => {
      log.warn("identity-answer-refused", { districtId, providerId: provider.id, ...errorFields(error) });
      return connectionFailureOf(error) === null ? ("not-valid" as const) : ("unreachable" as const);
    });
  if (typeof asked === "string") return refused(asked);
  const judged = judgeClaims(asked, client);
  if (!judged.ok) return refused(judged.reason);
  return signInAs(services, provider, judged.who, callback).then(async (done) => {
    if (!done.ok) return refused(done.reason, done.account);
    await forgiveOwnAccounts(services.db, callback.address);
    return { ok: true, session: done.session, returnTo };
  });
}

interface Spent {
  readonly provider: ProviderRow;
  readonly returnTo: string;
  readonly state: string;
  readonly browserSecret: string;
}

/** Takes the row away in one statement: of two that come with it, one is too late. Null: none, too old, or of another browser. */
async function spendState(services: Services, { url, browserSecret }: IdentityCallback): Promise<Spent | null> {
  const state = url.searchParams.get("state") ?? "";
  const [districtId = ""] = state.split(".");
  if (browserSecret === null || state.length > 200 || !isUuid(districtId)) return null;
  const [request] = await services.db.orm
    .delete(identityRequests)
    .where(and(eq(identityRequests.districtId, districtId), eq(identityRequests.stateHash, hashOf(state))))
    .returning();
  if (request === undefined || request.expiresAt <= services.now() || !isEqual(hashOf(browserSecret), request.browserHash)) return null;
  const provider = await findProvider(services.db.orm, districtId, request.providerId);
  return provider === null ? null : { provider, returnTo: request.returnTo, state, browserSecret };
}

type Done =
  | { readonly ok: true; readonly session: SessionKey }
  | { readonly ok: false; readonly reason: IdentityRefusal; readonly account: Account | null };

/** Finds the account, binds the subject to it where it is the first time, and begins the session, all or nothing. */
async function signInAs(services: Services, provider: ProviderRow, who: Vouched, from: ClientAddress): Promise<Done> {
  const now = services.now();
  return withOwner(services.db, provider.districtId, async (tx): Promise<Done> => {
    // Two who come with one address for the first time follow each other: the second finds the account bound.
    await tx.sql`select pg_advisory_xact_lock(hashtextextended('identity:' || ${provider.id}::text, 0))`;
    const found = await findAccount(tx, provider, who);
    if (!found.ok) return found;
    const { account, isBound } = found;
    if (isBound) await noteUsed(tx, provider, who, now);
    else await bind(tx, provider, who, account, now);
    if (account.role === "admin")
      await tx.orm
        .update(identityProviders)
        .set({ provenAt: now })
        .where(and(isProvider(tx.districtId, provider.id), isNull(identityProviders.provenAt), isAsBegun(provider)));
    return { ok: true, session: await beginSignedIn(tx, account, from, now, { providerId: provider.id, at: who.authenticatedAt }) };
  });
}

/** What was changed while somebody was at the provider is proven by nobody yet. */
const isAsBegun = ({ issuer, clientId }: ProviderRow) =>
  and(eq(identityProviders.issuer, issuer), eq(identityProviders.clientId, clientId));

async function bind(tx: Tx, provider: ProviderRow, { subject }: Vouched, account: Account, now: Date): Promise<void> {
  const { id: providerId, issuer } = provider;
  await tx.orm.insert(identities).values({
    districtId: tx.districtId,
    providerId,
    issuer,
    subject,
    accountId: account.id,
    boundAt: now,
    lastUsedAt: now,
  });
  const actor = { kind: "account", accountId: account.id, districtId: tx.districtId, role: account.role } as const;
  await appendAudit(tx, { actor, action: "identity-bound", target: { kind: "account", id: account.id }, details: { providerId } }, now);
}

async function noteUsed(tx: Tx, { id, issuer }: ProviderRow, { subject }: Vouched, now: Date): Promise<void> {
  const isTheirs = and(
    eq(identities.districtId, tx.districtId),
    eq(identities.providerId, id),
    eq(identities.issuer, issuer),
    eq(identities.subject, subject),
  );
  await tx.orm.update(identities).set({ lastUsedAt: now }).where(isTheirs);
}

async function recordRefusal(services: Services, provider: ProviderRow, reason: IdentityRefusal, account: Account | null): Promise<void> {
  const target = account === null ? { kind: "identity-provider", id: provider.id } : { kind: "account", id: account.id };
  await withOwner(services.db, provider.districtId, (tx) =>
    appendAudit(
      tx,
      { actor: { kind: "anonymous" }, action: "sign-in-refused", target, details: { reason, providerId: provider.id } },
      services.now(),
    ),
  );
}

function isEqual(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}
