/** Over real TLS, with certificates made for the test. */
import { X509Certificate } from "node:crypto";
import { createServer as createPlainServer } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { connectionSteps, runSteps } from "#lib/engine/sis/check.ts";
import { createHttpClient } from "#lib/engine/sis/http.ts";
import type { CheckStep } from "#lib/engine/sis/source.ts";
import { forElsewhere, forLocalhost, type TestCertificate } from "#lib/engine/testing/sis/certificates.ts";
import { failureOf, impatience } from "#lib/engine/testing/sis/rest.ts";

const servers: Server[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function serve(certificate: TestCertificate): Promise<string> {
  const server = createServer(certificate, (request, response) => {
    response.end(JSON.stringify({ host: request.headers.host, sni: "servername" in request.socket ? request.socket.servername : null }));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `https://localhost:${(server.address() as AddressInfo).port}`;
}

function clientFor(origin: string, authority: TestCertificate | null) {
  return createHttpClient({
    context: { signal: new AbortController().signal, now: () => new Date(), trustedOrigins: new Set([origin]) },
    patience: impatience(),
    ...(authority === null ? {} : { certificateAuthorities: authority.cert }),
  });
}

async function stepsTo(origin: string, authority: TestCertificate | null, now = new Date()): Promise<CheckStep[]> {
  const client = clientFor(origin, authority);
  const steps = new Map<string, CheckStep>();
  for await (const step of runSteps(connectionSteps(new URL(origin), client.connect, () => now))) steps.set(step.id, step);
  return [...steps.values()];
}

test("the certificate is verified for the name, and its end is told", async () => {
  const origin = await serve(forLocalhost);
  const client = clientFor(origin, forLocalhost);
  const { json } = await client.json({ url: new URL(origin), step: "read" });
  client.close();
  expect(json).toEqual({ host: new URL(origin).host, sni: "localhost" });
  expect(client.certificate()).toMatchObject({ subject: "localhost", issuer: "Cedar Falls" });
  const [, , tls] = await stepsTo(origin, forLocalhost);
  expect(tls).toMatchObject({
    id: "tls",
    state: "passed",
    evidence: [expect.stringMatching(/^TLSv1\.3; the certificate of localhost, .* until \d{4}-/)],
  });
});

test("a certificate that ends soon is a warning with the day", async () => {
  const ends = new Date(new X509Certificate(forLocalhost.cert).validTo).getTime();
  const [, , tls] = await stepsTo(await serve(forLocalhost), forLocalhost, new Date(ends - 5 * 86_400_000));
  expect(tls).toMatchObject({ state: "warning", remedy: expect.stringContaining("renew its certificate before") });
});

test.each([
  ["signed by itself", forLocalhost, null, /signed by itself/],
  ["for another name", forElsewhere, forElsewhere, /is for another name/],
])("a certificate %s is refused, and nothing is sent", async (_what, served, authority, message) => {
  const origin = await serve(served);
  const failure = await failureOf(clientFor(origin, authority).json({ url: new URL(origin), step: "read" }));
  expect(failure).toMatchObject({ code: "tls", transient: false });
  expect(failure.message).toMatch(message);
  const [, tcp, tls] = await stepsTo(origin, authority);
  expect([tcp?.state, tls?.state]).toEqual(["passed", "failed"]);
});

test("plain http behind an https address is no TLS", async () => {
  const plain = createPlainServer((_, response) => response.end("{}"));
  await new Promise<void>((resolve) => plain.listen(0, "127.0.0.1", resolve));
  const origin = `https://localhost:${(plain.address() as AddressInfo).port}`;
  const failure = await failureOf(clientFor(origin, null).json({ url: new URL(origin), step: "read", attempts: 1 }));
  expect(failure.code).toBe("tls");
  plain.closeAllConnections();
  await new Promise((resolve) => plain.close(resolve));
});
