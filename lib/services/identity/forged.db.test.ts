import { createHmac, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeEach, expect, test } from "vitest";
import { operatorScope } from "#lib/platform/access.ts";
import { createAdmin } from "#lib/services/accounts/write.ts";
import { newDistrict, testServices } from "#lib/services/testing/services.ts";
import { beginIdentitySignIn } from "./begin.ts";
import { completeIdentitySignIn } from "./complete.ts";
import { addProvider } from "./write.ts";

/** An issuer by hand, which says what no honest one does. */
const pair = () => generateKeyPairSync("rsa", { modulusLength: 2048 });
const [own, foreign] = [pair(), pair()];
const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
const secret = "the secret that both sides know, long enough";

interface Forging {
  readonly claims: Record<string, unknown>;
  readonly header: Record<string, unknown>;
  readonly key: KeyObject | "secret" | "none";
  readonly document: Record<string, unknown>;
  /** Instead of the token endpoint's answer. */
  readonly answer: { readonly status: number; readonly headers?: Record<string, string>; readonly body: string } | null;
}
const honest: Forging = { claims: {}, header: {}, key: own.privateKey, document: {}, answer: null };
let forging = honest;
let nonce = "";
const asked: { path: string; body: string; authorization: string }[] = [];

function idToken(issuer: string): string {
  const now = Math.floor(Date.now() / 1000);
  const told = { iss: issuer, sub: "s", aud: "aivo", iat: now, exp: now + 60, nonce, email, email_verified: true, ...forging.claims };
  const signed = `${encoded({ alg: "RS256", kid: "1", ...forging.header })}.${encoded(told)}`;
  const { key } = forging;
  if (key === "none") return `${signed}.`;
  const signature = key === "secret" ? createHmac("sha256", secret).update(signed).digest() : sign("sha256", Buffer.from(signed), key);
  return `${signed}.${signature.toString("base64url")}`;
}

const server = createServer(async (request, response) => {
  const path = request.url ?? "";
  let body = "";
  for await (const chunk of request) body += String(chunk);
  asked.push({ path, body, authorization: request.headers.authorization ?? "" });
  const json = (value: object) => response.setHeader("content-type", "application/json").end(JSON.stringify(value));
  if (path === "/keys") return json({ keys: [{ ...own.publicKey.export({ format: "jwk" }), kid: "1", alg: "RS256", use: "sig" }] });
  if (path === "/.well-known/openid-configuration")
    return json({
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      jwks_uri: `${issuer}/keys`,
      id_token_signing_alg_values_supported: ["RS256", "HS256", "none"],
      ...forging.document,
    });
  if (path === "/token" && forging.answer !== null)
    return response
      .writeHead(forging.answer.status, { "content-type": "application/json", ...forging.answer.headers })
      .end(forging.answer.body);
  if (path === "/token") return json({ access_token: "a", token_type: "Bearer", expires_in: 60, id_token: idToken(issuer) });
  return response.writeHead(404).end();
});
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const redirectUri = "http://127.0.0.1:3999/api/sign-in/callback";
const { services, close } = await testServices({ variables: { AIVO_TRUSTED_SIS_ORIGINS: issuer } });
afterAll(async () => {
  await close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});
beforeEach(() => {
  forging = honest;
  asked.length = 0;
});

const email = "robin@lakeside.example";
const scope = operatorScope(await newDistrict(services.db));
await createAdmin(services, scope, { email, password: "seven harbors in the rain" });
const input = { preset: "other", label: "x", issuer, clientId: "aivo", clientSecret: secret, matchBy: "email" };
const { id: providerId } = await addProvider(services, scope, input);

async function comeBack(over: Partial<Forging>, changes: Record<string, string> = {}) {
  forging = honest;
  const address = "192.0.2.9";
  const begun = await beginIdentitySignIn(services, { districtId: scope.districtId, providerId, returnTo: "/", redirectUri, address });
  if (!begun.ok) throw new Error(begun.reason);
  const sent = new URL(begun.url).searchParams;
  nonce = sent.get("nonce") ?? "";
  forging = { ...honest, ...over };
  const url = new URL(redirectUri);
  url.search = new URLSearchParams({ code: "c", state: sent.get("state") ?? "", ...changes }).toString();
  const result = await completeIdentitySignIn(services, { url, browserSecret: begun.browserSecret, address });
  return result.ok ? "signed in" : result.reason;
}

const seconds = (from: number) => Math.floor(Date.now() / 1000) + from;

test("what is honest comes in, with the verifier of the challenge that was sent", async () => {
  expect(await comeBack({})).toBe("signed in");
  const { body, authorization } = asked.find(({ path }) => path === "/token") ?? { body: "", authorization: "" };
  expect(new URLSearchParams(body).get("code_verifier")).toMatch(/^[\w-]{43}$/);
  expect(new URLSearchParams(body).get("redirect_uri")).toBe(redirectUri);
  expect(authorization).toMatch(/^Basic /);
  expect(body).not.toContain(secret);
});

test.each<[string, Partial<Forging>]>([
  ["of another issuer", { claims: { iss: "https://evil.example" } }],
  ["for another client", { claims: { aud: "somebody else" } }],
  ["for several, and another is meant", { claims: { aud: ["aivo", "other"], azp: "other" } }],
  ["of another sign-in", { claims: { nonce: "another" } }],
  ["without a nonce", { claims: { nonce: undefined } }],
  ["that has expired", { claims: { exp: seconds(-120), iat: seconds(-240) } }],
  ["without an end", { claims: { exp: undefined } }],
  ["without a subject", { claims: { sub: undefined } }],
  ["with an empty subject", { claims: { sub: "" } }],
  ["signed with another key", { key: foreign.privateKey }],
  ["signed by nobody", { key: "none", header: { alg: "none" } }],
  ["signed with the client's secret", { key: "secret", header: { alg: "HS256" } }],
  ["that is no token", { answer: { status: 200, body: JSON.stringify({ access_token: "a", token_type: "Bearer", id_token: "a.b.c" }) } }],
  ["that is not there", { answer: { status: 200, body: JSON.stringify({ access_token: "a", token_type: "Bearer" }) } }],
  ["in place of which there is a page", { answer: { status: 200, body: "<html>" } }],
  ["refused", { answer: { status: 400, body: JSON.stringify({ error: "invalid_grant" }) } }],
])("a token %s signs nobody in", async (_, over) => {
  expect(await comeBack(over)).toBe("not-valid");
});

test("clocks may differ by a minute", async () => {
  expect(await comeBack({ claims: { exp: seconds(-30) } })).toBe("signed in");
  expect(await comeBack({ claims: { iat: seconds(30), nbf: seconds(30) } })).toBe("signed in");
});

test("a document that names another issuer, or moves the token endpoint inside, is not followed", async () => {
  expect(await comeBack({ document: { issuer: "https://evil.example" } })).toBe("not-valid");
  expect(await comeBack({ document: { token_endpoint: "http://169.254.169.254/latest" } })).toBe("unreachable");
  expect(await comeBack({ document: { token_endpoint: "http://127.0.0.1:1/token" } })).toBe("unreachable");
  expect(await comeBack({ document: { jwks_uri: "https://10.0.0.1/keys" } })).toBe("unreachable");
});

test("redirects are not followed, and what is too much is not read", async () => {
  expect(await comeBack({ answer: { status: 307, headers: { location: `${issuer}/elsewhere` }, body: "" } })).toBe("not-valid");
  expect(asked.map(({ path }) => path)).not.toContain("/elsewhere");
  const endless = JSON.stringify({ access_token: "a".repeat(400_000) });
  expect(await comeBack({ answer: { status: 200, body: endless } })).toBe("unreachable");
});

test("an answer without a code, and one with an error of the provider's words, quote nothing", async () => {
  expect(await comeBack({}, { code: "", error: "server_error", error_description: "<b>Lee</b>" })).toBe("not-valid");
  const log = await services.db.sql`select details from audit_entries where district_id = ${scope.districtId}`;
  expect(JSON.stringify(log)).not.toContain("<b>");
});
