/** Servers that mean no good, met by each source from its first question on: each is left early, and named. What single answers can be: http/hostile.test.ts. */
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, test } from "vitest";
import { failureOf, impatience, readRoster } from "#lib/engine/testing/sis/rest.ts";
import { createSource } from "./create.ts";
import type { Source } from "./source.ts";

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

interface Server {
  readonly origin: string;
  readonly sentBytes: () => number;
}

async function serve(listener: RequestListener): Promise<Server> {
  const server = createServer({ maxHeaderSize: 1024 * 1024 }, listener);
  const sockets: { readonly bytesWritten: number }[] = [];
  server.on("connection", (socket) => {
    sockets.push(socket);
    socket.on("error", () => {});
  });
  closing.push(() => {
    server.close();
    server.closeAllConnections();
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    sentBytes: () => sockets.reduce((sum, { bytesWritten }) => sum + bytesWritten, 0),
  };
}

/** Everything it is asked is answered so. */
function pour(begin: string, piece: string, times = Number.POSITIVE_INFINITY): RequestListener {
  return (_request, response) => {
    response.on("error", () => {});
    response.writeHead(200, { "content-type": "application/json" });
    response.write(begin);
    let left = times;
    const more = () => {
      while (left-- > 0) {
        if (response.destroyed) return;
        if (!response.write(piece)) return void response.once("drain", more);
      }
      response.end();
    };
    more();
  };
}

const bomb = gzipSync(Buffer.alloc(64 * 1_048_576, " "));

const attacks: Readonly<Record<string, RequestListener>> = {
  "a body without end": pour("{", '"a":1,'.repeat(5_000)),
  "a text without end": pour('{"data":[{"data":{"id":"', "x".repeat(60_000)),
  "drops, one after the other, for ever": (_request, response) => {
    response.writeHead(200, { "content-type": "application/json" });
    const drip = setInterval(() => response.write(" "), 5);
    response.on("close", () => clearInterval(drip));
  },
  "64 MB packed into 64 KB": (_request, response) => response.setHeader("content-encoding", "gzip").end(bomb),
  "brackets without end": pour('{"data":', "[".repeat(60_000)),
  "a header of half a megabyte": (_request, response) => response.setHeader("x-much", "y".repeat(500_000)).end("{}"),
  "the way to another server": (_request, response) =>
    response.writeHead(302, { location: "http://169.254.169.254/latest/meta-data" }).end(),
  "the way to the same place again": (request, response) => response.writeHead(302, { location: request.url ?? "/" }).end(),
  "the way to what is no web": (_request, response) => response.writeHead(302, { location: "file:///etc/passwd" }).end(),
};

const sources: Readonly<Record<string, (origin: string) => Source>> = {
  Clever: (origin) => sourceOf("clever", origin, { clientId: "a", clientSecret: "b", districtId: "a".repeat(24), accessToken: "t" }),
  "ClassLink's proxy": (origin) => sourceOf("classlink", origin, { clientId: "a", clientSecret: "b", tenantId: "77" }),
  "ClassLink's own server": (origin) =>
    sourceOf("classlink", origin, { clientId: "a", clientSecret: "b", tenantId: "77", serverUrl: origin }),
  "OneRoster REST": (origin) =>
    sourceOf("oneroster-rest", origin, { baseUrl: origin, clientId: "a", clientSecret: "b", tokenUrl: `${origin}/token` }),
};

function sourceOf(provider: Parameters<typeof createSource>[0], origin: string, credentials: Record<string, unknown>): Source {
  const patience = impatience([], { idleTimeoutMs: 60, attempts: 2 });
  return createSource(provider, credentials, patience, { cleverApiUrl: origin, cleverAuthUrl: origin, classlinkProxyUrl: origin });
}

describe.each(Object.keys(sources))("%s is left early and named where it answers with", (name) => {
  test.each(Object.entries(attacks))("%s", async (_what, listener) => {
    const { origin, sentBytes } = await serve(listener);
    const source = sources[name]?.(origin);
    if (source === undefined) throw new Error("no source");
    const failure = await failureOf(readRoster(source, [origin]));
    expect(failure.message).toContain("127.0.0.1");
    expect(failure.code).not.toBe("internal");
    expect(failure.remedy).not.toBe("");
    // A handful of questions, and of each what the buffers of sockets take besides.
    expect(sentBytes()).toBeLessThan(64 * 1_048_576);
  });

  test("what is no HTTP", async () => {
    const server = createTcpServer((socket) => {
      socket.on("error", () => {});
      socket.end("220 mail.example ESMTP\r\n");
    });
    closing.push(() => server.close());
    await once(server.listen(0, "127.0.0.1"), "listening");
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const source = sources[name]?.(origin);
    if (source === undefined) throw new Error("no source");
    expect((await failureOf(readRoster(source, [origin]))).message).toContain("127.0.0.1");
  });
});

describe("a list that never ends is left:", () => {
  const users = Array.from({ length: 1_000 }, (_, at) => ({ sourcedId: `u-${at}`, id: `u-${at}` }));

  test("Clever's, whose next page is the same, or another with the same people", async () => {
    for (const next of [
      (uri: URL) => uri.pathname + uri.search,
      (_: URL, asked: number) => `/v3.0/users?limit=1000&starting_after=${asked}`,
    ]) {
      let asked = 0;
      const { origin } = await serve((request, response) => {
        asked++;
        const uri = new URL(request.url ?? "/", "http://sis.invalid");
        const isList = uri.pathname.endsWith("/users");
        const data = isList ? users.map((user) => ({ data: user })) : [{ data: { id: "a".repeat(24) } }];
        response.end(JSON.stringify({ data, links: isList ? [{ rel: "next", uri: next(uri, asked) }] : [] }));
      });
      const failure = await failureOf(readRoster(sources.Clever?.(origin) as Source, [origin]));
      expect(failure).toMatchObject({ code: "read-incomplete", message: expect.stringContaining("goes round in circles") });
      expect(asked).toBeLessThan(60);
    }
  });

  test.each(["OneRoster REST", "ClassLink's own server"])("%s's, whose every page is the same", async (name) => {
    let asked = 0;
    const { origin } = await serve((request, response) => {
      asked++;
      const uri = new URL(request.url ?? "/", "http://sis.invalid");
      if (uri.pathname === "/token") return void response.end('{"access_token":"t"}');
      const collection = uri.pathname.split("/").at(-1) ?? "";
      if (uri.pathname.includes("/rostering/v1p2")) return void response.writeHead(404).end();
      if (uri.searchParams.has("filter")) return void response.writeHead(400).end();
      if (collection === "users") response.setHeader("link", '<http://x/users?offset=1000>; rel="next"');
      response.end(JSON.stringify({ [collection]: collection === "users" ? users : [{ sourcedId: collection }] }));
    });
    const failure = await failureOf(readRoster(sources[name]?.(origin) as Source, [origin]));
    expect(failure.message).toContain("/users");
    expect(failure.code).not.toBe("internal");
    expect(asked).toBeLessThan(200);
  });
});
