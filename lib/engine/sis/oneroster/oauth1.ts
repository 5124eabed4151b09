/** OAuth 1.0a without a user (two-legged): RFC 5849 signatures for requests without a body. */
import { createHmac, randomBytes } from "node:crypto";
import { encode } from "./api.ts";

export const signatureMethods = ["HMAC-SHA256", "HMAC-SHA1"] as const;
export type SignatureMethod = (typeof signatureMethods)[number];

export interface Signing {
  readonly consumerKey: string;
  readonly consumerSecret: string;
  readonly method: SignatureMethod;
  /** Fresh for each request; letters and digits. */
  readonly nonce: string;
  /** Unix time in seconds. */
  readonly timestamp: number;
}

/** The Authorization header of one request. Used up with it: servers refuse a nonce that they have seen. */
export function signRequest(httpMethod: string, url: URL, signing: Signing): string {
  const parameters: readonly (readonly [string, string])[] = [
    ["oauth_consumer_key", signing.consumerKey],
    ["oauth_nonce", signing.nonce],
    ["oauth_signature_method", signing.method],
    ["oauth_timestamp", String(signing.timestamp)],
    ["oauth_version", "1.0"],
  ];
  const normalised = [...parameters, ...queryParameters(url)]
    .map(([name, value]) => [encode(name), encode(value)] as const)
    .sort(([a, x], [b, y]) => compare(a, b) || compare(x, y))
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
  // URL has the host in lower case and leaves the scheme's own port out, as the base string wants it; escapes in the path stay.
  const base = [httpMethod.toUpperCase(), encode(`${url.protocol}//${url.host}${url.pathname}`), encode(normalised)].join("&");
  const hash = signing.method === "HMAC-SHA1" ? "sha1" : "sha256";
  const signature = createHmac(hash, `${encode(signing.consumerSecret)}&`)
    .update(base)
    .digest("base64");
  const header = [...parameters, ["oauth_signature", signature] as const].map(([name, value]) => `${name}="${encode(value)}"`);
  return `OAuth ${header.join(", ")}`;
}

export function freshNonce(): string {
  return randomBytes(16).toString("hex");
}

/** As sent: `+` is a plus here, and `%20` a space. */
function queryParameters(url: URL): (readonly [string, string])[] {
  const query = url.search.replace(/^\?/, "");
  if (query === "") return [];
  return query.split("&").map((pair) => {
    const [name = "", ...value] = pair.split("=");
    return [decodeURIComponent(name), decodeURIComponent(value.join("="))] as const;
  });
}

/** Encoded text is ASCII, so that comparing code units is comparing bytes. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
