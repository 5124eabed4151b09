/**
 * The round trip to a provider that a district's admin has to authorize (Clever):
 *
 *   begun ──► sent to the provider ──► back with state and code ──► used ──► the district's token is sealed with the integration
 *
 * A state is random, works once, for ten minutes, for the admin who began, in the browser in which it was begun, and for that
 * integration alone. Whatever comes back without one is not looked at any further.
 */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { and, eq, lt, ne } from "drizzle-orm";
import { cleverCredentials } from "#lib/engine/sis/clever/credentials.ts";
import { authorizeUrl, completeWithCode } from "#lib/engine/sis/clever/oauth.ts";
import { createHttpClient } from "#lib/engine/sis/http.ts";
import { defaultPatience } from "#lib/engine/sis/patience.ts";
import type { AnyScope, DistrictScope } from "#lib/platform/access.ts";
import { appendAudit } from "#lib/platform/audit.ts";
import { seal } from "#lib/platform/crypto/keyring.ts";
import { authorizationRequests } from "#lib/platform/db/schema/authorizations.ts";
import { integrations } from "#lib/platform/db/schema/integrations.ts";
import { type Tx, withDistrict } from "#lib/platform/db/tx.ts";
import { RunFailure, type RunFailureCode, ServiceError } from "#lib/platform/errors.ts";
import { isUuid } from "#lib/platform/uuid.ts";
import { assertConfirmed } from "#lib/services/accounts/confirm.ts";
import type { Services } from "#lib/services/services.ts";
import { unsealSecrets } from "./credentials.ts";
import type { AuthorizationOutcome } from "./schema.ts";

export const authorizationMinutes = 10;
/** Kept a while after their end, so that somebody who goes back in the browser is told why. */
const keptMs = 86_400_000;
/** Somebody is looking at an empty page meanwhile. */
const longestMs = 40_000;

type IntegrationRow = typeof integrations.$inferSelect;

export interface BegunAuthorization {
  /** Where to send the browser. */
  readonly url: string;
  /** For a cookie that no script reads; the browser shows it again when it comes back. */
  readonly browserSecret: string;
}

/**
 * Begins the authorization of a Clever integration; `redirectUri` is where Clever sends the browser back to, as registered there.
 * @throws ServiceError `not-found`, `forbidden` for anyone but an account, `invalid` for a provider that needs none, `confirm`
 */
export async function beginAuthorization(
  services: Services,
  scope: DistrictScope<"change-integrations">,
  integrationId: string,
  redirectUri: string,
): Promise<BegunAuthorization> {
  const accountId = accountOf(scope);
  assertConfirmed(scope, "change-credentials");
  const [state, browserSecret] = [secret(), secret()];
  const now = services.now();
  return withDistrict(services.db, scope, async (tx) => {
    const row = await findIntegration(tx, integrationId);
    if (row === null) throw new ServiceError("not-found", "There is no such integration.");
    if (row.provider !== "clever") throw new ServiceError("invalid", "This integration needs no authorization.");
    const { clientId, districtId } = cleverCredentials.pick({ clientId: true, districtId: true }).parse(row.config);
    await tx.orm
      .delete(authorizationRequests)
      .where(
        and(eq(authorizationRequests.districtId, tx.districtId), lt(authorizationRequests.expiresAt, new Date(now.getTime() - keptMs))),
      );
    await tx.orm.insert(authorizationRequests).values({
      districtId: tx.districtId,
      integrationId,
      accountId,
      redirectUri,
      stateHash: hash(state),
      browserHash: hash(browserSecret),
      createdAt: now,
      expiresAt: new Date(now.getTime() + authorizationMinutes * 60_000),
    });
    await appendAudit(
      tx,
      { actor: scope.actor, action: "authorization-begun", target: { kind: "integration", id: integrationId }, details: {} },
      now,
    );
    return { url: authorizeUrl(services.env, { clientId, districtId, redirectUri, state }), browserSecret };
  });
}

/** What the provider sent the browser back with, and what the browser had in its cookie. */
export interface AuthorizationCallback {
  readonly state: string | null;
  readonly code: string | null;
  readonly error: string | null;
  readonly browserSecret: string | null;
}

export interface CompletedAuthorization {
  /** Null where it cannot be known for which it was. */
  readonly integrationId: string | null;
  readonly outcome: AuthorizationOutcome;
}

/**
 * Completes an authorization. How it ended is an answer, whatever it was; credentials, links and cursor stay as they are, but for the
 * token. @throws ServiceError `forbidden` for anyone but an account
 */
export async function completeAuthorization(
  services: Services,
  scope: DistrictScope<"change-integrations">,
  callback: AuthorizationCallback,
): Promise<CompletedAuthorization> {
  const accountId = accountOf(scope);
  const used = await spendState(services, scope, accountId, callback);
  if ("outcome" in used) return refuse(services, scope, used.integrationId, used.outcome);
  const { row, redirectUri } = used;
  if (callback.error !== null) return refuse(services, scope, row.id, "denied");
  if (callback.code === null || callback.code === "" || callback.code.length > 2_000)
    return refuse(services, scope, row.id, "code-refused");
  const found = await askForToken(services, row, callback.code, redirectUri);
  if (!("accessToken" in found)) return refuse(services, scope, row.id, found.outcome, found.code);
  const isKept = await keepToken(services, scope, row, found.accessToken);
  return isKept ? { integrationId: row.id, outcome: "authorized" } : refuse(services, scope, row.id, "changed");
}

type UsedState =
  | { readonly row: IntegrationRow; readonly redirectUri: string }
  | { readonly integrationId: string | null; readonly outcome: AuthorizationOutcome };

/** Looks the state up and spends it, in one transaction: of two browsers that come with it, one is too late. */
async function spendState(
  services: Services,
  scope: DistrictScope<"change-integrations">,
  accountId: string,
  callback: AuthorizationCallback,
): Promise<UsedState> {
  const { state, browserSecret } = callback;
  if (state === null || state === "") return { integrationId: null, outcome: "no-state" };
  return withDistrict(services.db, scope, async (tx): Promise<UsedState> => {
    const [request] = await tx.orm
      .select()
      .from(authorizationRequests)
      .where(and(eq(authorizationRequests.districtId, tx.districtId), eq(authorizationRequests.stateHash, hash(state))))
      .for("update");
    if (request === undefined || request.accountId !== accountId) return { integrationId: null, outcome: "unknown-state" };
    const { integrationId, redirectUri } = request;
    if (request.usedAt !== null) return { integrationId, outcome: "used-state" };
    await tx.orm
      .update(authorizationRequests)
      .set({ usedAt: services.now() })
      .where(and(eq(authorizationRequests.districtId, tx.districtId), eq(authorizationRequests.id, request.id)));
    if (request.expiresAt <= services.now()) return { integrationId, outcome: "expired-state" };
    if (browserSecret === null || !isEqual(hash(browserSecret), request.browserHash)) return { integrationId, outcome: "other-browser" };
    const row = await findIntegration(tx, integrationId);
    return row === null ? { integrationId: null, outcome: "unknown-state" } : { row, redirectUri };
  });
}

type FoundToken = { readonly accessToken: string } | { readonly outcome: AuthorizationOutcome; readonly code?: RunFailureCode };

const outcomeOf: Partial<Record<RunFailureCode, AuthorizationOutcome>> = {
  "sign-in": "client-refused",
  configuration: "other-district",
  "authorization-expired": "no-token",
};

async function askForToken(services: Services, row: IntegrationRow, code: string, redirectUri: string): Promise<FoundToken> {
  const credentials = cleverCredentials.parse({
    ...row.config,
    ...unsealSecrets(services.keyring, row.id, row.secrets),
    accessToken: undefined,
  });
  const patience = { ...defaultPatience, connectTimeoutMs: 10_000, idleTimeoutMs: 10_000, attempts: 1 };
  const signal = AbortSignal.timeout(longestMs);
  const http = createHttpClient({ context: { signal, trustedOrigins: services.env.trustedOrigins, now: services.now }, patience });
  try {
    const completion = await completeWithCode(http, { credentials, patience, hosts: services.env }, { code, redirectUri });
    return "refused" in completion ? { outcome: completion.refused } : completion;
  } catch (error) {
    if (error instanceof RunFailure) return { outcome: outcomeOf[error.code] ?? "unreachable", code: error.code };
    if (signal.aborted) return { outcome: "unreachable", code: "timeout" };
    throw error;
  } finally {
    http.close();
  }
}

/** Unless somebody has pointed the integration elsewhere in the meantime. */
async function keepToken(
  services: Services,
  scope: DistrictScope<"change-integrations">,
  before: IntegrationRow,
  accessToken: string,
): Promise<boolean> {
  return withDistrict(services.db, scope, async (tx) => {
    const row = await findIntegration(tx, before.id, true);
    if (row === null || row.config.clientId !== before.config.clientId || row.config.districtId !== before.config.districtId) return false;
    const now = services.now();
    const secrets = { ...row.secrets, accessToken: seal(services.keyring, { integrationId: row.id, field: "accessToken" }, accessToken) };
    await tx.orm
      .update(integrations)
      .set({
        secrets,
        credentialsChangedAt: now,
        credentialsVersion: row.sourceVersion + 1,
        sourceVersion: row.sourceVersion + 1,
        updatedAt: now,
      })
      .where(and(eq(integrations.districtId, tx.districtId), eq(integrations.id, row.id)));
    const details = { provider: row.provider, before: "accessToken" in row.secrets ? "authorized" : "not-authorized" };
    await appendAudit(
      tx,
      { actor: scope.actor, action: "integration-authorized", target: { kind: "integration", id: row.id }, details },
      now,
    );
    return true;
  });
}

async function refuse(
  services: Services,
  scope: DistrictScope<"change-integrations">,
  integrationId: string | null,
  outcome: AuthorizationOutcome,
  code?: RunFailureCode,
): Promise<CompletedAuthorization> {
  const details = { outcome, ...(code === undefined ? {} : { code }) };
  await withDistrict(services.db, scope, (tx) =>
    appendAudit(
      tx,
      { actor: scope.actor, action: "authorization-refused", target: { kind: "integration", id: integrationId }, details },
      services.now(),
    ),
  );
  return { integrationId, outcome };
}

async function findIntegration(tx: Tx, id: string, forUpdate = false): Promise<IntegrationRow | null> {
  if (!isUuid(id)) return null;
  const query = tx.orm
    .select()
    .from(integrations)
    .where(and(eq(integrations.districtId, tx.districtId), eq(integrations.id, id), ne(integrations.state, "removed")));
  const [row] = await (forUpdate ? query.for("update") : query);
  return row ?? null;
}

function accountOf({ actor }: AnyScope): string {
  if (actor.kind !== "account") throw new ServiceError("forbidden", "An authorization is completed by an admin in the browser.");
  return actor.accountId;
}

const secret = () => randomBytes(32).toString("base64url");
const hash = (text: string) => createHash("sha256").update(text).digest("hex");
const isEqual = (a: string, b: string) => a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
