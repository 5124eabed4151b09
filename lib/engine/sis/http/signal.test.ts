/** Every wait of a request ends at once when the run is told to: a sleep for the server's sake, a slot, a connection, an answer, its body. */
import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { gzipSync } from "node:zlib";
import { afterEach, expect, test } from "vitest";
import { createHttpClient } from "#lib/engine/sis/http.ts";
import { defaultPatience } from "#lib/engine/sis/patience.ts";
import { RunCancelled } from "#lib/platform/errors.ts";

const servers: { close(): void; closeAllConnections?(): void }[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections?.();
    server.close();
  }
});

async function serve(listener: RequestListener): Promise<string> {
  const server: Server = createServer(listener);
  servers.push(server);
  await once(server.listen(0, "127.0.0.1"), "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** With the patience of the product: whatever does not listen to the signal takes longer than a test may. */
function ask(origin: string, signal: AbortSignal, times = 1) {
  const context = { signal, trustedOrigins: new Set([origin]), now: () => new Date() };
  const client = createHttpClient({ context, patience: defaultPatience, maxConnections: 1 });
  return Promise.allSettled(Array.from({ length: times }, () => client.json({ url: new URL("/users", origin), step: "read" })));
}

const zipped = gzipSync(JSON.stringify(Array.from({ length: 5_000 }, (_, index) => index)));

test.each<[string, (reached: () => void) => RequestListener, number?]>([
  [
    "a server that asks for five minutes",
    (reached) => (_, response) => void response.writeHead(429, { "retry-after": "299" }).end(reached),
  ],
  ["a pause before another try", (reached) => (_, response) => void response.writeHead(503).end(reached)],
  ["an answer that does not come", (reached) => () => reached()],
  ["an answer that does not come, and others in line behind it", (reached) => () => reached(), 5],
  ["a body that stops", (reached) => (_, response) => void response.writeHead(200).write('{"users":[', () => reached())],
  [
    "a packed body that stops",
    (reached) => (_, response) =>
      void response.writeHead(200, { "content-encoding": "gzip" }).write(zipped.subarray(0, zipped.length / 2), () => reached()),
  ],
])("the signal ends %s", async (_what, listener, times) => {
  const run = new AbortController();
  // The client's own work on what has come goes first.
  const origin = await serve(listener(() => setImmediate(() => setImmediate(() => run.abort()))));
  const outcomes = await ask(origin, run.signal, times);
  for (const outcome of outcomes) expect(outcome).toMatchObject({ status: "rejected", reason: expect.any(RunCancelled) });
});

test("the signal ends a TLS handshake that is not answered", async () => {
  const run = new AbortController();
  const server = createTcpServer((socket) => socket.on("error", () => {}).once("data", () => run.abort()));
  servers.push(server);
  await once(server.listen(0, "127.0.0.1"), "listening");
  const [outcome] = await ask(`https://127.0.0.1:${(server.address() as AddressInfo).port}`, run.signal);
  expect(outcome).toMatchObject({ status: "rejected", reason: expect.any(RunCancelled) });
});

test("nothing is asked for once the signal has been given", async () => {
  const run = new AbortController();
  run.abort();
  let asked = 0;
  const origin = await serve((_, response) => {
    asked++;
    response.end("{}");
  });
  const outcomes = await ask(origin, run.signal, 3);
  for (const outcome of outcomes) expect(outcome).toMatchObject({ status: "rejected", reason: expect.any(RunCancelled) });
  expect(asked).toBe(0);
});
