/** Answers that no roster needs: each is refused by name, early, and while the process goes on with everything else. */
import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { createGzip, gzipSync } from "node:zlib";
import { afterEach, describe, expect, test } from "vitest";
import { createHttpClient, type HttpClient, type HttpRequest } from "#lib/engine/sis/http.ts";
import { createOneRosterRestSource } from "#lib/engine/sis/oneroster-rest/source.ts";
import { failureOf, impatience, readRoster } from "#lib/engine/testing/sis/rest.ts";

const servers: { close(): void; closeAllConnections?(): void }[] = [];
const clients: HttpClient[] = [];
afterEach(() => {
  for (const client of clients.splice(0)) client.close();
  for (const server of servers.splice(0)) {
    server.closeAllConnections?.();
    server.close();
  }
});

/** Counts what the server got rid of, over all connections. */
interface Hostile {
  readonly origin: string;
  readonly sentBytes: () => number;
}

async function serve(listener: RequestListener): Promise<Hostile> {
  const server: Server = createServer(listener);
  const sockets: { readonly bytesWritten: number }[] = [];
  server.on("connection", (socket) => sockets.push(socket));
  servers.push(server);
  await once(server.listen(0, "127.0.0.1"), "listening");
  const sentBytes = () => sockets.reduce((sum, { bytesWritten }) => sum + bytesWritten, 0);
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, sentBytes };
}

function clientOf(origin: string): HttpClient {
  const context = { signal: new AbortController().signal, trustedOrigins: new Set([origin]), now: () => new Date() };
  const client = createHttpClient({ context, patience: impatience() });
  clients.push(client);
  return client;
}

const users = (origin: string, more: Partial<HttpRequest> = {}): HttpRequest => ({
  url: new URL("/users", origin),
  step: "read users",
  list: { names: ["users"], most: 1_000, keep: (record) => record },
  ...more,
});

/** Writes `piece` until nobody takes it any more, or so often. */
function pour(begin: string, piece: string | Buffer, times = Number.POSITIVE_INFINITY, status = 200): RequestListener {
  return (_request, response) => {
    response.writeHead(status, { "content-type": "application/json" });
    response.write(begin);
    let left = times;
    const more = () => {
      while (left-- > 0) if (!response.write(piece)) return void response.once("drain", more);
      response.end();
    };
    more();
  };
}

/** Turns of the event loop, for as long as something lasts: whoever holds it up takes none. */
async function turnsDuring<T>(work: Promise<T>): Promise<{ readonly value: T; readonly turns: number }> {
  let turns = 0;
  let isOver = false;
  const beat = () => {
    turns++;
    if (!isOver) setImmediate(beat);
  };
  setImmediate(beat);
  const value = await work.finally(() => {
    isOver = true;
  });
  return { value, turns };
}

const record = (index: number, text = "") => JSON.stringify({ sourcedId: `u-${index}`, givenName: text });
const emptyObjects = Buffer.from("{},".repeat(20_000));

describe("refused by name, while the event loop goes on, is", () => {
  test.each<[string, RequestListener, RegExp]>([
    ["a list of six million empty objects", pour('{"users":[', emptyObjects, 300), /more records than the 1,000 that were asked for/],
    [
      "one record too many",
      pour(`{"users":[${Array.from({ length: 1_001 }, (_, at) => record(at)).join()}]}`, "", 0),
      /more records than the 1,000/,
    ],
    ["six million empty objects beside the list", pour('{"users":[],"more":[', emptyObjects, 300), /more than 300,000 values/],
    ["a record of six million empty objects", pour('{"users":[{"orgs":[', emptyObjects, 300), /more than 300,000 values/],
    ["more values than a page needs", pour('{"users":[', `{"orgs":[${"0,".repeat(9_999)}0]},`, 900), /more than 300,000 values/],
    ["deep nesting", pour('{"users":', "[".repeat(60_000)), /nested deeper than 64 levels/],
    ["deep nesting of objects", pour('{"users":[', '{"a":'.repeat(60_000)), /nested deeper than 64 levels/],
    ["one enormous text", pour('{"users":[{"givenName":"', "x".repeat(60_000)), /a text of more than 64 KB in it/],
    ["an enormous name of a value", pour('{"', "x".repeat(60_000)), /a text of more than 64 KB in it/],
    ["an enormous number", pour('{"users":[', "1".repeat(60_000)), /more than 1 MB in one record/],
    ["white space without end before everything", pour("", " ".repeat(60_000)), /more than 1 MB in one record or beside/],
    ["white space without end in the list", pour('{"users":[', " ".repeat(60_000)), /more than 1 MB in one record or beside/],
    ["white space without end behind everything", pour('{"users":[]}', "\n".repeat(60_000)), /more than 1 MB in one record or beside/],
    ["a page of many megabytes", pour('{"users":[', `${record(1, "é".repeat(20_000))},`, 900), /more than 8 MB, which Aivo does not read/],
  ])("%s", async (_what, listener, message) => {
    const { origin, sentBytes } = await serve(listener);
    const { value: failure, turns } = await turnsDuring(failureOf(clientOf(origin).json(users(origin))));
    expect(failure).toMatchObject({ code: "response-invalid", step: "read users", transient: false });
    expect(failure.message).toMatch(message);
    expect(turns).toBeGreaterThan(0);
    // What the sockets' buffers take besides is not read.
    expect(sentBytes()).toBeLessThan(16 * 1_048_576);
  });

  test("what unpacks to more than it seems", async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1_048_576, " "));
    const { origin } = await serve((_request, response) => response.setHeader("content-encoding", "gzip").end(bomb));
    const { value: failure, turns } = await turnsDuring(failureOf(clientOf(origin).json(users(origin))));
    expect(failure.message).toMatch(/more than 1 MB in one record or beside the records/);
    expect(turns).toBeGreaterThan(0);
  });

  test("what unpacks without end", async () => {
    const { origin } = await serve((_request, response) => {
      response.setHeader("content-encoding", "gzip");
      const gzip = createGzip();
      gzip.pipe(response);
      const more = () => {
        while (!response.destroyed) if (!gzip.write(emptyObjects)) return void gzip.once("drain", more);
      };
      gzip.write('{"users":[');
      more();
    });
    expect((await failureOf(clientOf(origin).json(users(origin)))).message).toMatch(/more records than the 1,000/);
  });

  test("headers without end", async () => {
    const server = createTcpServer((socket) => {
      socket.on("error", () => {});
      socket.write("HTTP/1.1 200 OK\r\n");
      const more = () => {
        while (!socket.destroyed) if (!socket.write(`x-a: ${"y".repeat(1_000)}\r\n`)) return void socket.once("drain", more);
      };
      more();
    });
    servers.push(server);
    await once(server.listen(0, "127.0.0.1"), "listening");
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const failure = await failureOf(clientOf(origin).json(users(origin)));
    expect(failure).toMatchObject({
      code: "response-invalid",
      transient: false,
      message: expect.stringContaining("headers of more than 32 KB"),
    });
  });

  test("something that is not HTTP", async () => {
    const server = createTcpServer((socket) => {
      socket.on("error", () => {});
      socket.end("SSH-2.0-OpenSSH_9.6\r\n");
    });
    servers.push(server);
    await once(server.listen(0, "127.0.0.1"), "listening");
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    expect((await failureOf(clientOf(origin).json(users(origin)))).message).toContain("answered with something that is not HTTP");
  });
});

describe("what is no answer to a list is bounded as well:", () => {
  test("a failure's body without end is left unread, and the status is what is told", async () => {
    const { origin, sentBytes } = await serve(pour("", "x".repeat(60_000), Number.POSITIVE_INFINITY, 403));
    const failure = await failureOf(clientOf(origin).json(users(origin)));
    expect(failure).toMatchObject({ code: "permission", message: expect.stringContaining("answered 403 (Forbidden)") });
    expect(sentBytes()).toBeLessThan(16 * 1_048_576);
  });

  test("a token's answer", async () => {
    const { origin, sentBytes } = await serve(pour('{"access_token":"', "x".repeat(60_000)));
    const source = createOneRosterRestSource(
      { baseUrl: `${origin}/ims/oneroster/v1p1`, clientId: "id", clientSecret: "s3cret" },
      undefined,
      impatience(),
    );
    const failure = await failureOf(readRoster(source, [origin]));
    expect(failure).toMatchObject({
      code: "response-invalid",
      message: expect.stringContaining("POST /token answered 200 (OK) with a text of"),
    });
    expect(sentBytes()).toBeLessThan(16 * 1_048_576);
  });
});

describe("an ordinary page", () => {
  test("of the largest size that is read leaves turns to others, and loses nothing", async () => {
    const text = "é".repeat(3_000);
    const { origin } = await serve(
      pour("", `{"total":1,"users":[${Array.from({ length: 1_000 }, (_, at) => record(at, text)).join()}],"more":[1]}`, 1),
    );
    const { value: answer, turns } = await turnsDuring(clientOf(origin).json(users(origin)));
    const { users: read, ...around } = answer.json as { users: { sourcedId: string; givenName: string }[] };
    expect(around).toEqual({ total: 1, more: [1] });
    expect(read.map(({ sourcedId }) => sourcedId)).toEqual(Array.from({ length: 1_000 }, (_, at) => `u-${at}`));
    expect(read.every(({ givenName }) => givenName === text)).toBe(true);
    // Six megabytes; half a megabyte a turn.
    expect(turns).toBeGreaterThan(10);
  });

  test("whose records are fat is asked for in a smaller size", async () => {
    const all = Array.from({ length: 1_000 }, (_, at) => ({ sourcedId: `u-${String(at).padStart(4, "0")}`, username: "x".repeat(12_000) }));
    const { origin } = await serve((request, response) => {
      const url = new URL(request.url ?? "/", "http://server");
      const [limit, offset] = [Number(url.searchParams.get("limit")), Number(url.searchParams.get("offset"))];
      if (url.pathname === "/token") return void response.end('{"access_token":"t"}');
      if (url.searchParams.has("filter")) return void response.writeHead(400).end();
      const name = url.pathname.split("/").at(-1) ?? "";
      response.setHeader("x-total-count", String(name === "users" ? all.length : 1));
      response.end(JSON.stringify({ [name]: (name === "users" ? all : [{ sourcedId: name }]).slice(offset, offset + limit) }));
    });
    const source = createOneRosterRestSource(
      { baseUrl: `${origin}/ims/oneroster/v1p1`, clientId: "id", clientSecret: "s3cret" },
      undefined,
      impatience(),
    );
    const read = await readRoster(source, [origin]);
    expect(read.records.users).toHaveLength(1_000);
    expect(read.notes.join()).toContain("read in pages of 500");
  });
});
