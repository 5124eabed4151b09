import { createHmac, timingSafeEqual } from "node:crypto";
import type { Query } from "./query.ts";

export const signatureMethods = { "HMAC-SHA1": "sha1", "HMAC-SHA256": "sha256" } as const;
export type SignatureMethod = keyof typeof signatureMethods;

export interface SignedRequest {
  readonly method: string;
  readonly origin: string;
  readonly path: string;
  readonly query: Query;
}

/** RFC 3986: everything but letters, digits and `-._~`. */
export function percentEncode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** The HMAC signature of RFC 5849, section 3.4, in base64. `oauth` are the header's parameters without signature and realm. */
export function signatureOf(request: SignedRequest, oauth: Query, secret: string, method: SignatureMethod): string {
  const parameters = [...request.query, ...oauth]
    .map(([name, value]) => [percentEncode(name), percentEncode(value)] as const)
    .sort(([nameA, valueA], [nameB, valueB]) => (nameA === nameB ? compare(valueA, valueB) : compare(nameA, nameB)))
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
  const url = `${request.origin
    .toLowerCase()
    .replace(/^(http:.*):80$/, "$1")
    .replace(/^(https:.*):443$/, "$1")}${request.path}`;
  const base = [request.method.toUpperCase(), percentEncode(url), percentEncode(parameters)].join("&");
  return createHmac(signatureMethods[method], `${percentEncode(secret)}&`)
    .update(base)
    .digest("base64");
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export interface Verifier {
  readonly consumerKey: string;
  readonly consumerSecret: string;
  readonly methods: readonly SignatureMethod[];
  readonly now: () => Date;
}

/** How far a client's clock may be off. */
const windowSeconds = 300;

/** Checks signed requests; each nonce counts once. The method gives null for a good one, else what is wrong with it. */
export class OAuth1 {
  readonly #verifier: Verifier;
  readonly #nonces = new Map<string, number>();

  constructor(verifier: Verifier) {
    this.#verifier = verifier;
  }

  refusal(request: SignedRequest, authorization: string): string | null {
    const oauth = parseHeader(authorization);
    if (!oauth) return "The Authorization header cannot be read";
    const value = (name: string) => oauth.find(([known]) => known === name)?.[1] ?? "";
    const { consumerKey, consumerSecret, methods, now } = this.#verifier;
    if (new Set(oauth.map(([name]) => name)).size !== oauth.length) return "A parameter is there twice";
    if (oauth.some(([name]) => name === "oauth_token")) return "There is no token here";
    if (value("oauth_consumer_key") !== consumerKey) return "Unknown consumer key";
    if (!["", "1.0"].includes(value("oauth_version"))) return "Unknown version";
    const method = methods.find((known) => known === value("oauth_signature_method"));
    if (!method) return "Signature method not supported";
    const seconds = Math.floor(now().getTime() / 1000);
    if (!/^\d{1,12}$/.test(value("oauth_timestamp"))) return "The timestamp cannot be read";
    if (Math.abs(seconds - Number(value("oauth_timestamp"))) > windowSeconds) return "The timestamp is too far from the server's clock";
    if (value("oauth_nonce").length < 6) return "The nonce is missing or too short";
    const signed = oauth.filter(([name]) => name !== "oauth_signature" && name !== "realm");
    if (!isSame(signatureOf(request, signed, consumerSecret, method), value("oauth_signature"))) return "The signature does not match";
    return this.#remember(value("oauth_nonce"), value("oauth_timestamp"), seconds);
  }

  #remember(nonce: string, timestamp: string, seconds: number): string | null {
    if (this.#nonces.size > 50_000) for (const [key, at] of this.#nonces) if (at < seconds - 2 * windowSeconds) this.#nonces.delete(key);
    const key = `${timestamp} ${nonce}`;
    if (this.#nonces.has(key)) return "The nonce was used before";
    this.#nonces.set(key, seconds);
    return null;
  }
}

function parseHeader(authorization: string): [string, string][] | null {
  const list = /^OAuth\s+(.*)$/i.exec(authorization)?.[1];
  if (list === undefined) return null;
  try {
    return list.split(",").map((part) => {
      const pair = /^\s*([^=\s]+)="([^"]*)"\s*$/.exec(part);
      if (!pair) throw new Error("not a pair");
      return [decodeURIComponent(pair[1] ?? ""), decodeURIComponent(pair[2] ?? "")];
    });
  } catch {
    return null;
  }
}

function isSame(expected: string, given: string): boolean {
  const [a, b] = [Buffer.from(expected), Buffer.from(given)];
  return a.length === b.length && timingSafeEqual(a, b);
}
