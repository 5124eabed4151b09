import { createHmac, timingSafeEqual } from "node:crypto";
import type { ProgramActor } from "#lib/platform/access.ts";
import { type OneRosterVersion, oneRosterVersions } from "#lib/roster/version-change.ts";
import { rosteringServices } from "#lib/services/oneroster/version.ts";
import type { Services } from "#lib/services/services.ts";
import { authenticateApplication } from "./authenticate.ts";
import { admit } from "./rate.ts";
import { clientIdOf, hashOfSecret, parseClientId } from "./secrets.ts";

/** The scopes of OneRoster that are given, in either version; demographics and gradebooks are none of Aivo's. */
export const oneRosterScopes = ["roster-core.readonly", "roster.readonly"] as const;
export type OneRosterScope = (typeof oneRosterScopes)[number];

export const accessTokenSeconds = 3600;

export interface AccessToken {
  readonly token: string;
  readonly expiresInSeconds: number;
  /** As it is granted: whole URIs, joined by spaces. */
  readonly scope: string;
}

export type TokenAnswer =
  | { readonly ok: true; readonly access: AccessToken }
  | { readonly ok: false; readonly error: "invalid_client" | "invalid_scope" }
  | { readonly ok: false; readonly error: "limited"; readonly resetSeconds: number };

/** What a token opens in each version. */
export type GrantedScopes = Readonly<Record<OneRosterVersion, readonly OneRosterScope[]>>;

/** As a token has them: 1.1's by their last word alone. */
const names: readonly {
  readonly version: OneRosterVersion;
  readonly scope: OneRosterScope;
  readonly name: string;
  readonly uri: string;
}[] = oneRosterVersions.flatMap((version) =>
  oneRosterScopes.map((scope) => ({
    version,
    scope,
    name: version === "1.1" ? scope : `${version}/${scope}`,
    uri: `${rosteringServices[version].scopePrefix}${scope}`,
  })),
);

/**
 * OAuth 2.0 client credentials (RFC 6749, 4.4), counted as any other request of the application. Of the scopes that are asked for those are
 * granted that there are; asked for none, all of 1.1: tools that ask for none were made for it.
 */
export async function giveAccessToken(
  services: Pick<Services, "db" | "now" | "env">,
  clientId: string,
  clientSecret: string,
  scope: string,
): Promise<TokenAnswer> {
  const named = parseClientId(clientId);
  const isShown = (secretHash: string) => isSame(secretHash, hashOfSecret(clientSecret));
  const client = named && (await authenticateApplication(services, named.districtId, named.id, isShown));
  if (!client) return { ok: false, error: "invalid_client" };
  const { isAdmitted, resetSeconds } = await admit(services, client.actor);
  if (!isAdmitted) return { ok: false, error: "limited", resetSeconds };
  const asked = scope.split(" ").filter(Boolean);
  const granted = names.filter(({ version, uri }) => (asked.length === 0 ? version === "1.1" : asked.includes(uri)));
  if (granted.length === 0) return { ok: false, error: "invalid_scope" };
  const expiresAt = Math.floor(services.now().getTime() / 1000) + accessTokenSeconds;
  const payload = [clientIdOf(client.actor.districtId, client.actor.clientId), expiresAt, granted.map(({ name }) => name).join("+")].join(
    "~",
  );
  const token = `${Buffer.from(payload).toString("base64url")}.${signatureOf(services, payload, client.secretHash)}`;
  const access = { token, expiresInSeconds: accessTokenSeconds, scope: granted.map(({ uri }) => uri).join(" ") };
  return { ok: true, access };
}

export interface Reader {
  readonly actor: ProgramActor;
  readonly granted: GrantedScopes;
}

/**
 * The application of an access token; null: it is none, is over, or the application was revoked. It is signed, not stored; the
 * application is looked up at every request, and its secret is part of what is signed.
 */
export async function authenticateReader(services: Pick<Services, "db" | "now" | "env">, token: string): Promise<Reader | null> {
  const [encoded = "", signature = ""] = token.length > 1000 ? [] : token.split(".");
  const payload = Buffer.from(encoded, "base64url").toString();
  const [clientId = "", expiresAt = "", granted = ""] = payload.split("~");
  const named = parseClientId(clientId);
  if (named === null || !(Number(expiresAt) * 1000 > services.now().getTime())) return null;
  const isShown = (secretHash: string) => isSame(signature, signatureOf(services, payload, secretHash));
  const client = await authenticateApplication(services, named.districtId, named.id, isShown);
  if (!client) return null;
  const known = granted.split("+");
  const of = (wanted: OneRosterVersion) =>
    names.filter(({ version, name }) => version === wanted && known.includes(name)).map(({ scope }) => scope);
  return { actor: client.actor, granted: { "1.1": of("1.1"), "1.2": of("1.2") } };
}

function signatureOf({ env }: Pick<Services, "env">, payload: string, secretHash: string): string {
  return createHmac("sha256", env.sessionSecret).update(`oneroster-access~${secretHash}~${payload}`).digest("base64url");
}

function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
