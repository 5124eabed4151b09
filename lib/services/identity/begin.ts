/**
 * A sign-in with an account of the district:
 *
 *   begun (a row with hashes, a secret in the browser) ──► at the provider ──► back with state and code ──► the row is spent ──► a session, or a refusal
 *
 * A state works once, for ten minutes, in the browser in which it was begun. Nonce and PKCE verifier are made of the browser's secret and the
 * state, so that neither is stored anywhere.
 */
import { createHash, randomBytes } from "node:crypto";
import { eq, lte } from "drizzle-orm";
import { districts } from "#lib/platform/db/schema/districts.ts";
import { identityRequests } from "#lib/platform/db/schema/identity.ts";
import { errorFields, log } from "#lib/platform/log.ts";
import { isUuid } from "#lib/platform/uuid.ts";
import { admitOwnAccounts } from "#lib/services/accounts/throttle.ts";
import type { Services } from "#lib/services/services.ts";
import { authorizationUrl, type Checks, discover } from "./client.ts";
import { clientOf, findProvider } from "./provider-rows.ts";
import type { IdentityRefusal } from "./schema.ts";

export const signInMinutes = 10;

export interface BeginRequest {
  readonly districtId: string;
  readonly providerId: string;
  /** Where to go afterwards; whoever renders it judges it, before and after. */
  readonly returnTo: string;
  /** Registered with the provider, to the letter. */
  readonly redirectUri: string;
  /** The client's address. */
  readonly address: string;
  /** Whether it is to confirm who it is: a session that the provider still has does not do. */
  readonly isAnew?: boolean;
}

export type Begun =
  /** Where to send the browser, and what it keeps in a cookie meanwhile. */
  { readonly ok: true; readonly url: string; readonly browserSecret: string } | { readonly ok: false; readonly reason: IdentityRefusal };

/** Begins one. Whoever asks need be nobody; so how often is bounded by the address, and what is told is the same for all. */
export async function beginIdentitySignIn(services: Services, request: BeginRequest): Promise<Begun> {
  const now = services.now();
  const { districtId, providerId } = request;
  if (!(await admitOwnAccounts(services.db, request.address, now))) return { ok: false, reason: "throttled" };
  const row = await findProvider(services.db.orm, districtId, providerId);
  if (row === null) return { ok: false, reason: "expired" };
  const [browserSecret, state] = [randomBytes(32).toString("base64url"), `${districtId}.${randomBytes(32).toString("base64url")}`];
  try {
    const client = clientOf(services, row);
    const config = await discover(services, client);
    const url = await authorizationUrl(config, client, checksOf(browserSecret, state), { isAnew: false, ...request });
    await services.db.orm.insert(identityRequests).values({
      districtId,
      providerId,
      stateHash: hashOf(state),
      browserHash: hashOf(browserSecret),
      returnTo: request.returnTo,
      expiresAt: new Date(now.getTime() + signInMinutes * 60_000),
    });
    return { ok: true, url: url.href, browserSecret };
  } catch (error) {
    log.warn("identity-provider-failed", { districtId, providerId, ...errorFields(error) });
    return { ok: false, reason: "unreachable" };
  }
}

export async function isSuspended({ db }: Pick<Services, "db">, districtId: string): Promise<boolean> {
  if (!isUuid(districtId)) return true;
  const [district] = await db.orm.select({ at: districts.suspendedAt }).from(districts).where(eq(districts.id, districtId));
  return district === undefined || district.at !== null;
}

export function checksOf(browserSecret: string, state: string): Checks {
  const made = (of: string) =>
    createHash("sha256")
      .update(JSON.stringify([of, browserSecret, state]))
      .digest("base64url");
  return { state, nonce: made("nonce"), verifier: made("verifier") };
}

export function hashOf(secret: string): string {
  return createHash("sha256").update(secret).digest("base64url");
}

/** For the retention job: sign-ins that never came back. */
export async function forgetOldIdentityRequests({ db, now }: Pick<Services, "db" | "now">): Promise<void> {
  await db.orm.delete(identityRequests).where(lte(identityRequests.expiresAt, now()));
}
