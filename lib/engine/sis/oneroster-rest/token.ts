/** OAuth 2.0 client credentials: which address, which scopes, and where the secret goes, found out once and remembered. */

import { type HttpAnswer, type HttpClient, HttpFailure } from "#lib/engine/sis/http.ts";
import { encode } from "#lib/engine/sis/oneroster/api.ts";
import { statusInfoOf } from "#lib/engine/sis/oneroster/envelope.ts";
import { isObject } from "#lib/engine/sis/oneroster/records.ts";
import type { RunFailure } from "#lib/platform/errors.ts";
import type { OneRosterVersion } from "#lib/roster/version-change.ts";
import type { TokenPlace } from "./address.ts";

const scopesOf = (version: string): readonly string[] => {
  const [core, nested] = ["roster-core.readonly", "roster.readonly"].map(
    (name) => `https://purl.imsglobal.org/spec/or/${version}/scope/${name}`,
  );
  return [`${core} ${nested}`, `${core}`, `${nested}`];
};

/** What to ask for, best first: some vendors know only one of the two. */
export const scopeChoices: Readonly<Record<OneRosterVersion, readonly string[]>> = { "1.1": scopesOf("v1p1"), "1.2": scopesOf("v1p2") };

export interface Scopes {
  readonly first: readonly string[];
  /** Only where the server says that it is the scopes that it does not know. */
  readonly otherwise: readonly string[];
}

export const secretPlaces = ["header", "body"] as const;
export type SecretPlace = (typeof secretPlaces)[number];

/** How a token is to be had. */
export interface TokenWay {
  readonly tokenUrl: string;
  readonly secretIn: SecretPlace;
  readonly scopes: string;
}

export interface Token {
  readonly value: string;
  /** A minute before its end, or a quarter of a life that is not even four minutes. */
  readonly renewAt: Date;
  /** As the server says; null where it does not. */
  readonly granted: string | null;
}

export interface TokenRequest {
  readonly http: HttpClient;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly now: () => Date;
}

/** invalid-client: try elsewhere in the request; invalid-scope: ask for less; not-here: this is no token address. */
export type TokenRefusal = "refused" | "invalid-scope" | "not-here";

export interface NoToken {
  readonly refusal: TokenRefusal;
  readonly status: number;
  /** Whether it says so as OAuth 2.0 does. */
  readonly isOAuth: boolean;
}

/** Asks once. @throws RunFailure for what is no answer (connection, 5xx, 429), RunCancelled */
export async function askToken(request: TokenRequest, way: TokenWay): Promise<Token | NoToken> {
  const { clientId, clientSecret } = request;
  const inBody = way.secretIn === "body" ? { client_id: clientId, client_secret: clientSecret } : {};
  const form = { grant_type: "client_credentials", ...(way.scopes === "" ? {} : { scope: way.scopes }), ...inBody };
  const answer = await request.http.request({
    method: "POST",
    url: new URL(way.tokenUrl),
    step: "sign in",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: Object.entries(form)
      .map(([name, value]) => `${formEncode(name)}=${formEncode(value)}`)
      .join("&"),
    ...(way.secretIn === "header" ? { authorization: () => `Basic ${basic(clientId, clientSecret)}` } : {}),
    expect: [301, 302, 303, 307, 308, 400, 401, 403, 404, 405, 406, 415, 422],
  });
  const json = answer.tryJson;
  if (answer.status < 300 && isObject(json) && typeof json.access_token === "string" && json.access_token !== "") {
    const seconds = Number(json.expires_in);
    const lifeMs = (Number.isFinite(seconds) && seconds > 0 ? seconds : 3600) * 1000;
    return {
      value: json.access_token,
      renewAt: new Date(request.now().getTime() + lifeMs - Math.min(60_000, lifeMs / 4)),
      granted: typeof json.scope === "string" ? json.scope : null,
    };
  }
  return { refusal: refusalOf(answer, json), status: answer.status, isOAuth: isObject(json) && typeof json.error === "string" };
}

function refusalOf(answer: HttpAnswer, json: unknown): TokenRefusal {
  const minor = statusInfoOf(json)?.minor;
  if (minor === "invalid scope") return "invalid-scope";
  if (minor === "invalid client" || minor === "unauthorized client" || minor === "unauthorized") return "refused";
  if (answer.status === 400 || answer.status === 401 || (answer.status === 403 && isObject(json)) || answer.status === 422)
    return "refused";
  return "not-here";
}

/**
 * Finds a way among the candidates, asking no more than needed: header before body, all scopes before few.
 * @returns null where no candidate is a token address
 * @throws RunFailure `sign-in` when one is, and refuses the credentials; `server-error` when none gives a token and one is in trouble
 */
export async function findToken(
  request: TokenRequest,
  places: readonly TokenPlace[],
  scopes: Scopes,
): Promise<{ readonly way: TokenWay; readonly token: Token } | null> {
  let refusedAt: { readonly tokenUrl: string; readonly status: number } | null = null;
  let trouble: HttpFailure | null = null;
  for (const place of places) {
    const { tokenUrl } = place;
    const found = await findAt(request, place, scopes).catch((error: unknown) => asTrouble(error));
    if (found instanceof HttpFailure) trouble ??= found;
    else if (found !== null && "token" in found) return found;
    else if (found !== null) refusedAt ??= { tokenUrl, status: found.status };
  }
  // What is in trouble may be the token address, so that nothing is known about the credentials yet.
  if (trouble !== null) throw trouble;
  if (refusedAt !== null) throw tokenRefused(refusedAt.tokenUrl, refusedAt.status);
  return null;
}

/** A server may answer 500 at an address that it does not have. @throws whatever else it is */
function asTrouble(error: unknown): HttpFailure {
  if (error instanceof HttpFailure && error.code === "server-error") return error;
  throw error;
}

async function findAt(
  request: TokenRequest,
  { tokenUrl, isGuarded }: TokenPlace,
  { first, otherwise }: Scopes,
): Promise<{ way: TokenWay; token: Token } | { status: number } | null> {
  let status = 0;
  for (const secretIn of secretPlaces) {
    let isAboutScopes = true;
    for (const wanted of [...first, ...otherwise]) {
      if (otherwise.includes(wanted) && !isAboutScopes) break;
      const way = { tokenUrl, secretIn, scopes: wanted };
      const answer = await askToken(request, way);
      if ("value" in answer) return { way, token: answer };
      if (answer.refusal === "not-here" || (isGuarded && !answer.isOAuth)) return status === 0 ? null : { status };
      status = answer.status;
      isAboutScopes &&= answer.refusal === "invalid-scope";
      // Fewer scopes only help where the scopes were the matter; many a 400 does not say.
      if (answer.refusal === "refused" && answer.status === 401) break;
    }
  }
  return { status };
}

export function tokenRefused(tokenUrl: string, status: number): RunFailure {
  const { host, pathname } = new URL(tokenUrl);
  return new HttpFailure(
    {
      code: "sign-in",
      step: "sign in",
      message: `${host}: POST ${pathname} answered ${status} and gave no token: the client ID, the client secret or the scopes are not right.`,
      remedy:
        "Enter client ID and client secret again as the SIS shows them. If they are right, ask the vendor which scopes to enter under Advanced.",
    },
    { host, method: "POST", endpoint: pathname, page: null, step: "sign in" },
    status,
  );
}

/** RFC 6749 2.3.1: each part form-encoded before base64, which matters when a secret holds `+`, `/` or `=`. */
function basic(clientId: string, clientSecret: string): string {
  return Buffer.from(`${formEncode(clientId)}:${formEncode(clientSecret)}`).toString("base64");
}

function formEncode(text: string): string {
  return encode(text).replaceAll("%20", "+");
}
