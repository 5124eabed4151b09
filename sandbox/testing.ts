/** Test-only: the bare client that the servers' own tests call them with. */
import { randomBytes } from "node:crypto";
import { request as httpRequest } from "node:http";
import { percentEncode, type SignatureMethod, signatureOf } from "./http/oauth1.ts";
import { parseQuery } from "./http/query.ts";

export interface Got {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: what a server sends is looked at field by field.
  readonly body: any;
}

/** The answer with its JSON read, where it is JSON. */
export async function get(url: string, headers: Readonly<Record<string, string>> = {}): Promise<Got> {
  const response = await fetch(url, { headers, redirect: "manual" });
  const text = await response.text();
  const isJson = response.headers.get("content-type")?.includes("json") === true && text !== "";
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
}

export async function post(
  url: string,
  form: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
): Promise<Got> {
  const response = await fetch(url, { method: "POST", body: new URLSearchParams(form), headers, redirect: "manual" });
  const text = await response.text();
  const isJson = response.headers.get("content-type")?.includes("json") === true;
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
}

export const basic = (id: string, secret: string): string =>
  `Basic ${Buffer.from(`${percentEncode(id)}:${percentEncode(secret)}`).toString("base64")}`;

export interface Signing {
  readonly key: string;
  readonly secret: string;
  readonly method?: SignatureMethod;
  readonly nonce?: string;
  readonly at?: Date;
}

/** The header of a signed GET. */
export function signed(url: string, signing: Signing): string {
  const { origin, pathname, search } = new URL(url);
  const method = signing.method ?? "HMAC-SHA256";
  const oauth: [string, string][] = [
    ["oauth_consumer_key", signing.key],
    ["oauth_nonce", signing.nonce ?? randomBytes(12).toString("hex")],
    ["oauth_timestamp", String(Math.floor((signing.at ?? new Date()).getTime() / 1000))],
    ["oauth_signature_method", method],
    ["oauth_version", "1.0"],
  ];
  const query = parseQuery(search.slice(1)) ?? [];
  const signature = signatureOf({ method: "GET", origin, path: pathname, query }, oauth, signing.secret, method);
  return `OAuth ${[...oauth, ["oauth_signature", signature]].map(([name, value]) => `${name}="${percentEncode(value ?? "")}"`).join(", ")}`;
}

/** A request whose path is sent exactly as given. */
export function getRaw(origin: string, path: string, headers: Readonly<Record<string, string>>): Promise<{ status: number; text: string }> {
  const { hostname, port } = new URL(origin);
  return new Promise((resolve, reject) => {
    const sent = httpRequest({ hostname, port, path, headers }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (part: string) => (text += part));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, text }));
      response.on("error", reject);
    });
    sent.on("error", reject);
    sent.end();
  });
}
