/** Who signs in to a OneRoster interface: OAuth 2.0 or OAuth 1.0a, as chosen, as remembered, or as found out. */
import { z } from "zod";
import { type Explanation, type HttpClient, HttpFailure } from "#lib/engine/sis/http.ts";
import { type Authority, queryOf } from "#lib/engine/sis/oneroster/api.ts";
import { signatureMethods } from "#lib/engine/sis/oneroster/oauth1.ts";
import { signedAuthority } from "#lib/engine/sis/oneroster/signed-authority.ts";
import { RunFailure } from "#lib/platform/errors.ts";
import { type OneRosterVersion, oneRosterVersions } from "#lib/roster/version-change.ts";
import { type RosterAddress, tokenPlaces } from "./address.ts";
import type { OneRosterRestCredentials } from "./credentials.ts";
import { discoverTokenUrl } from "./discovery.ts";
import {
  askToken,
  findToken,
  type Scopes,
  scopeChoices,
  secretPlaces,
  type Token,
  type TokenRequest,
  type TokenWay,
  tokenRefused,
} from "./token.ts";

/** What an earlier connection found out. No secret is among it. */
export const Learned = z.object({
  version: z.enum(oneRosterVersions).optional(),
  authentication: z.enum(["oauth2", "oauth1"]).optional(),
  tokenUrl: z.string().optional(),
  secretIn: z.enum(secretPlaces).optional(),
  scopes: z.string().optional(),
  signature: z.enum(signatureMethods).optional(),
});
export type Learned = z.infer<typeof Learned>;

export interface FoundAuthority extends Authority {
  readonly learned: () => Learned;
}

export interface AuthorityRequest {
  readonly http: HttpClient;
  readonly credentials: OneRosterRestCredentials;
  readonly address: RosterAddress;
  /** Which version is to be read; null where that is to be found out. */
  readonly version: OneRosterVersion | null;
  readonly learned: Learned;
  readonly now: () => Date;
}

/** Without a version, that of 1.1: what is only signed is that. */
const rootOf = ({ address, version }: AuthorityRequest) => address.roots[version ?? "1.1"][0];

/**
 * @throws RunFailure `sign-in` where neither way is let in, `configuration` for signatures of 1.2, and whatever the connection has;
 * RunCancelled
 */
export async function findAuthority(request: AuthorityRequest): Promise<FoundAuthority> {
  const { credentials, learned } = request;
  const chosen = credentials.authentication ?? learned.authentication;
  const isTwelve = request.version === "1.2";
  if (isTwelve && credentials.authentication === "oauth1") throw signedTwelve();
  if (chosen === "oauth1" && !isTwelve) return signed(request);
  // A token address typed by hand is a choice too.
  if (isTwelve || chosen === "oauth2" || credentials.tokenUrl !== undefined) return withToken(request, true);
  let refusal: RunFailure;
  try {
    return await withToken(request, false);
  } catch (error) {
    // A server that only knows signatures may fail in any way at an address for tokens that it does not have.
    if (!(error instanceof RunFailure) || (error.code !== "sign-in" && error.code !== "server-error")) throw error;
    refusal = error;
  }
  const authority = signed(request);
  try {
    await request.http.json({
      url: new URL(`${rootOf(request)}/orgs?${queryOf({ limit: 1 })}`),
      step: "sign in",
      authorization: (method, url) => authority.authorization(method, url),
      onUnauthorized: (used, answer) => authority.onUnauthorized(used, answer),
      // Past the door, whatever lies behind it. 404 is no door at all: web servers say it to everybody.
      expect: [400, 422],
      explain: ({ status }) => (status === 404 ? noSuchAddress : null),
    });
    return authority;
  } catch (error) {
    if (!(error instanceof HttpFailure) || (error.status !== 401 && error.status !== 403)) throw error;
    throw refusal.code === "server-error" ? refusal : neitherWay(rootOf(request), refusal, error.status);
  }
}

function signed({ credentials, learned, now }: AuthorityRequest): FoundAuthority {
  const authority = signedAuthority({ ...credentials, method: learned.signature ?? null, now });
  return { ...authority, learned: () => ({ authentication: "oauth1", signature: authority.method() }) };
}

async function withToken(request: AuthorityRequest, isChosen: boolean): Promise<FoundAuthority> {
  const { credentials, learned, http, now } = request;
  const asking: TokenRequest = { http, now, clientId: credentials.clientId, clientSecret: credentials.clientSecret };
  const found = (await fromMemory(asking, request)) ?? (await search(asking, request)) ?? (await discover(asking, request));
  if (found === null) throw noTokenAddress(request, isChosen);
  if (found instanceof URL) throw tokenElsewhere(request, found);
  const { way } = found;
  let token = found.token;
  let renewing: Promise<void> | null = null;
  const renew = () => {
    renewing ??= askToken(asking, way)
      .then((answer) => {
        if (!("value" in answer)) throw tokenRefused(way.tokenUrl, answer.status);
        token = answer;
      })
      .finally(() => {
        renewing = null;
      });
    return renewing;
  };
  return {
    describe: () => {
      const granted = token.granted === null ? "" : `; granted: ${shortScopes(token.granted)}`;
      return `OAuth 2.0 at ${new URL(way.tokenUrl).host}${new URL(way.tokenUrl).pathname}, client secret in the ${way.secretIn}${granted}`;
    },
    authorization: async () => {
      if (now() >= token.renewAt) await renew();
      return `Bearer ${token.value}`;
    },
    onUnauthorized: async (used) => {
      if (used === `Bearer ${token.value}`) await renew();
      return true;
    },
    refused: () => ({
      code: "sign-in",
      because: "The server gave a token and does not accept it, not even a fresh one.",
      remedy: "Check that token URL and base URL belong to the same system, and that Aivo may use this interface.",
    }),
    learned: () => ({
      ...pickLearned(learned),
      authentication: "oauth2",
      tokenUrl: way.tokenUrl,
      secretIn: way.secretIn,
      scopes: way.scopes,
    }),
  };
}

const pickLearned = ({ signature }: Learned): Learned => (signature === undefined ? {} : { signature });

/** The way that worked the last time; null where there is none, or it does not work any more. */
async function fromMemory(
  asking: TokenRequest,
  { credentials, learned, version }: AuthorityRequest,
): Promise<{ way: TokenWay; token: Token } | null> {
  const { tokenUrl, secretIn } = learned;
  const scopes = version === null || version === (learned.version ?? "1.1") ? learned.scopes : undefined;
  if (tokenUrl === undefined || secretIn === undefined) return null;
  const way = {
    tokenUrl: credentials.tokenUrl ?? tokenUrl,
    secretIn,
    scopes: credentials.scopes ?? scopes ?? scopeChoices[version ?? "1.1"][0] ?? "",
  };
  const answer = await askToken(asking, way);
  return "value" in answer ? { way, token: answer } : null;
}

/** Once a token address is known, wrong credentials are not tried at others: vendors lock out who tries too often. */
function search(asking: TokenRequest, request: AuthorityRequest) {
  const { credentials, address, learned } = request;
  const known = credentials.tokenUrl ?? learned.tokenUrl;
  const places = known === undefined ? tokenPlaces(address, rootOf(request)) : [{ tokenUrl: known, isGuarded: false }];
  return findToken(asking, places, scopesFor(request));
}

/** Of the version that is read; a server that only knows the other's says so, and what it is shows at its root. */
export function scopesFor({ credentials, version }: Pick<AuthorityRequest, "credentials" | "version">): Scopes {
  if (credentials.scopes !== undefined) return { first: [credentials.scopes], otherwise: [] };
  const isTwelve = version === "1.2";
  return { first: scopeChoices[isTwelve ? "1.2" : "1.1"], otherwise: scopeChoices[isTwelve ? "1.1" : "1.2"] };
}

/**
 * By the server's own document, where the usual places have no token address: used where it is on the base URL's origin, and else only
 * told of, since the secret goes nowhere but where the admin says.
 */
async function discover(asking: TokenRequest, request: AuthorityRequest): Promise<{ way: TokenWay; token: Token } | URL | null> {
  const { http, address, version, credentials, learned } = request;
  if (version === "1.1" || (credentials.tokenUrl ?? learned.tokenUrl) !== undefined) return null;
  const found = await discoverTokenUrl(http, address.roots["1.2"][0]);
  if (found === null || found.origin !== new URL(address.base).origin) return found;
  return findToken(asking, [{ tokenUrl: found.href, isGuarded: false }], scopesFor(request));
}

const shortScopes = (scopes: string) => scopes.replace(/https:\/\/purl\.imsglobal\.org\/spec\/or\/v1p[12]\/scope\//g, "");

const noSuchAddress: Explanation = {
  because: "Neither a token address nor OneRoster 1.1 is to be found there, and no OneRoster 1.2.",
  remedy: "Check the base URL. If it is right, ask the SIS vendor for the token URL and enter it under Advanced.",
};

/** @param isChosen that it is to be OAuth 2.0 */
function noTokenAddress(request: AuthorityRequest, isChosen: boolean): RunFailure {
  const { host } = new URL(request.address.base);
  return new RunFailure({
    code: "sign-in",
    step: "sign in",
    message: `${host} has no token address at the usual places (${tokenPlaces(request.address, rootOf(request))
      .map(({ tokenUrl }) => new URL(tokenUrl).pathname)
      .join(", ")}).`,
    remedy: isChosen
      ? "Ask the SIS vendor for the token URL and enter it under Advanced."
      : "Ask the SIS vendor for the token URL and enter it under Advanced, or choose OAuth 1.0a.",
  });
}

function tokenElsewhere({ address }: AuthorityRequest, found: URL): RunFailure {
  const { host } = new URL(address.base);
  const named = `${found.origin}${found.pathname}`;
  return new RunFailure({
    code: "sign-in",
    step: "sign in",
    message: `${host} has no token address at the usual places. Its discovery file names ${named}, on another server, where Aivo does not send the client secret unasked.`,
    remedy: `If the vendor confirms it, enter ${named} as token URL under Advanced, then test the connection.`,
  });
}

function signedTwelve(): RunFailure {
  return new RunFailure({
    code: "configuration",
    step: "sign in",
    message: "OneRoster 1.2 has no OAuth 1.0a: its servers give a token for client ID and client secret (OAuth 2.0).",
    remedy: "Choose OAuth 2.0 under Advanced, or leave the choice to the test; for OAuth 1.0a, enter the address of OneRoster 1.1.",
  });
}

function neitherWay(root: string, refusal: RunFailure, status: number): RunFailure {
  const { host, pathname } = new URL(root);
  return new RunFailure({
    code: "sign-in",
    step: "sign in",
    message: `Neither OAuth 2.0 nor OAuth 1.0a is let in. ${refusal.message} Signed, ${host}: GET ${pathname}/orgs answered ${status}.`,
    remedy:
      "Enter client ID and client secret again as the SIS shows them. If they are right, ask the vendor for the token URL and enter it under Advanced.",
  });
}
