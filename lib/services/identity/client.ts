import * as oidc from "openid-client";
import { ServiceError } from "#lib/platform/errors.ts";
import type { Services } from "#lib/services/services.ts";
import { connectionFailureOf, guardedFetch } from "./guarded-fetch.ts";
import { type Claims, type Expected, lacks } from "./judge.ts";
import { keysFetch } from "./keys-fetch.ts";
import { presets } from "./presets-schema.ts";

/** Seconds that a provider's clock may differ from the database's. */
const toleranceSeconds = 60;

export interface Client extends Expected {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** What a discovery document says, as far as somebody who sets it up wants to see it. */
export interface Discovered {
  readonly issuer: string;
  readonly authorizationHost: string;
  readonly tokenHost: string;
  /** Null: it tells what it has to in the token alone. */
  readonly userinfoHost: string | null;
  /** Keys that sign its tokens. */
  readonly keys: number;
  /** Whether it says that it checks PKCE with S256; Aivo sends it in any case. */
  readonly saysPkce: boolean;
  /** Whether it names itself in its answers (RFC 9207). */
  readonly namesItself: boolean;
}

/**
 * Reads the provider's discovery document anew, so that changed keys and addresses count at once. The document must name the issuer that was
 * asked. @throws whatever the library or the connection throws: see `explainFailure`
 */
export async function discover({ env, now }: Pick<Services, "env" | "now">, client: Client): Promise<oidc.Configuration> {
  const metadata = {
    client_secret: client.clientSecret,
    [oidc.clockSkew]: Math.round((now().getTime() - Date.now()) / 1000),
    [oidc.clockTolerance]: toleranceSeconds,
  };
  const fetch = guardedFetch(env.trustedOrigins);
  const config = await oidc.discovery(new URL(client.issuer), client.clientId, metadata, undefined, {
    [oidc.customFetch]: fetch,
    timeout: 15,
    // Which origins go without TLS is the guard's decision: those that the operator trusts.
    execute: [oidc.allowInsecureRequests, oidc.enableNonRepudiationChecks],
  });
  const { token_endpoint_auth_methods_supported: methods } = config.serverMetadata();
  // The standard's default is basic; who lists methods without it takes the secret in the body.
  const isBasic = methods === undefined || methods.includes("client_secret_basic");
  const asked = isBasic ? withBasic(config, client, metadata) : config;
  asked[oidc.customFetch] = keysFetch(fetch, config.serverMetadata(), now);
  return asked;
}

function withBasic(config: oidc.Configuration, client: Client, metadata: Partial<oidc.ClientMetadata>): oidc.Configuration {
  const basic = new oidc.Configuration(config.serverMetadata(), client.clientId, metadata, oidc.ClientSecretBasic(client.clientSecret));
  basic.timeout = 15;
  oidc.allowInsecureRequests(basic);
  oidc.enableNonRepudiationChecks(basic);
  return basic;
}

/** What a sign-in is checked by when it comes back. */
export interface Checks {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

/** Seconds. Nobody has to sign in at the provider again for it, but one who is asked for it has to say when somebody did (OpenID Connect Core, 2). */
const anyAge = 366 * 86_400;
/** With 0 some providers ask, and do not say that they did. */
const justNow = 1;

/**
 * Where the browser is sent: authorization code with PKCE (S256), state and nonce. `isAnew`: whoever is signed in at the provider already is to
 * show there again who it is.
 */
export async function authorizationUrl(
  config: oidc.Configuration,
  client: Client,
  checks: Checks,
  { redirectUri, isAnew }: { readonly redirectUri: string; readonly isAnew: boolean },
): Promise<URL> {
  return oidc.buildAuthorizationUrl(config, {
    redirect_uri: redirectUri,
    scope: presets[client.preset].scope,
    state: checks.state,
    nonce: checks.nonce,
    code_challenge: await oidc.calculatePKCECodeChallenge(checks.verifier),
    code_challenge_method: "S256",
    max_age: String(isAnew ? justNow : anyAge),
    ...presets[client.preset].asks(client.tenant ?? ""),
  });
}

/**
 * Exchanges the code, and gives what the provider says: the token's claims, whose signature, issuer, audience, time and nonce are right, and
 * those of its userinfo endpoint where the token lacks what is needed. @throws as `discover`
 */
export async function claimsOf(config: oidc.Configuration, client: Client, callback: URL, checks: Checks): Promise<Claims> {
  const tokens = await oidc.authorizationCodeGrant(config, callback, {
    pkceCodeVerifier: checks.verifier,
    expectedState: checks.state,
    expectedNonce: checks.nonce,
    idTokenExpected: true,
  });
  const claims: Claims = { ...tokens.claims() };
  const { userinfo_endpoint: userinfo } = config.serverMetadata();
  if (!lacks(claims, client) || userinfo === undefined) return claims;
  const answer = await oidc.fetchProtectedResource(config, tokens.access_token, new URL(userinfo), "GET");
  const told = answer.ok ? ((await answer.json()) as unknown) : null;
  if (typeof told !== "object" || told === null) return claims;
  // ClassLink's has no subject: there it is the token's alone that counts, over the connection to the same provider.
  const isTheirs = "sub" in told ? told.sub === claims.sub : client.preset === "classlink";
  // What is signed wins.
  return isTheirs ? { ...told, ...claims } : claims;
}

/** The document and the keys, read and summed up for whoever sets it up. @throws ServiceError `precondition` in words that say what is wrong */
export async function describeProvider(services: Pick<Services, "env" | "now">, client: Client): Promise<Discovered> {
  try {
    const config = await discover(services, client);
    const server = config.serverMetadata();
    const hostOf = (address: string | undefined) => (address === undefined ? null : (URL.parse(address)?.host ?? null));
    const [authorizationHost, tokenHost] = [hostOf(server.authorization_endpoint), hostOf(server.token_endpoint)];
    if (authorizationHost === null || tokenHost === null || server.jwks_uri === undefined)
      throw new ServiceError("precondition", "Its discovery document names no addresses to sign in at. Check the issuer.");
    const keys = (await (await guardedFetch(services.env.trustedOrigins)(server.jwks_uri, {})).json()) as { keys?: unknown[] };
    if (!Array.isArray(keys.keys) || keys.keys.length === 0)
      throw new ServiceError("precondition", "It publishes no keys by which its answers could be checked.");
    return {
      issuer: server.issuer,
      authorizationHost,
      tokenHost,
      userinfoHost: hostOf(server.userinfo_endpoint),
      keys: keys.keys.length,
      saysPkce: server.code_challenge_methods_supported?.includes("S256") ?? false,
      namesItself: server.authorization_response_iss_parameter_supported === true,
    };
  } catch (error) {
    if (error instanceof ServiceError) throw error;
    throw new ServiceError("precondition", explainFailure(error));
  }
}

/** Why a provider cannot be used, in words that quote none of its own. */
function explainFailure(error: unknown): string {
  const connection = connectionFailureOf(error);
  if (connection !== null) return `${connection.message} ${connection.remedy}`;
  return "There is no discovery document of this issuer, or it names another one. Check the issuer letter by letter, also a / at its end.";
}
