import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { afterEach, describe, expect, test } from "vitest";
import { RunCancelled, RunFailure } from "#lib/platform/errors.ts";
import { createHttpClient, type HttpClient, HttpFailure, type HttpRequest } from "./http.ts";
import { defaultPatience } from "./patience.ts";

const servers: Server[] = [];
const clients: HttpClient[] = [];
const waited: number[] = [];

afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
  waited.length = 0;
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function clientOf(
  origin: string,
  signal = new AbortController().signal,
  options: { idleTimeoutMs?: number; maxBodyBytes?: number; maxConnections?: number } = {},
) {
  const client = createHttpClient({
    context: { signal, trustedOrigins: new Set([origin]), now: () => new Date("2026-09-01T02:00:00Z") },
    patience: {
      ...defaultPatience,
      ...(options.idleTimeoutMs === undefined ? {} : { idleTimeoutMs: options.idleTimeoutMs }),
      random: () => 1,
      wait: async (ms) => void waited.push(ms),
    },
    ...options,
  });
  clients.push(client);
  return client;
}

/** Answers in turn; the last one stays. */
function inTurn(...answers: ((request: IncomingMessage, response: ServerResponse) => void)[]) {
  const seen: IncomingMessage[] = [];
  const listener: RequestListener = (request, response) => {
    const answer = answers[Math.min(seen.length, answers.length - 1)];
    seen.push(request);
    answer?.(request, response);
  };
  return { listener, seen };
}

function damaged(packed: Buffer): Buffer {
  const copy = Buffer.from(packed);
  copy[12] = 0xff;
  return copy;
}

const ok = (_: IncomingMessage, response: ServerResponse) => response.setHeader("content-type", "application/json").end('{"users":[]}');
const status =
  (code: number, headers: Record<string, string> = {}) =>
  (_: IncomingMessage, response: ServerResponse) => {
    response.writeHead(code, headers).end("a body with s3cret in it");
  };
const users = (origin: string, extra: Partial<HttpRequest> = {}): HttpRequest => ({
  url: new URL(`${origin}/ims/oneroster/v1p1/users?filter=s3cret`),
  step: "read users",
  page: 3,
  ...extra,
});

async function failureOf(answer: Promise<unknown>): Promise<RunFailure> {
  const error = await answer.then(
    () => new Error("it answered"),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof RunFailure)) throw error;
  expect(JSON.stringify(error.details)).not.toContain("s3cret");
  return error;
}

describe("retries", () => {
  test("5xx is tried again with growing pauses, then says endpoint, page, status and times", async () => {
    const { listener, seen } = inTurn(status(503));
    const origin = await serve(listener);
    const failure = await failureOf(clientOf(origin).json(users(origin)));
    expect(failure).toMatchObject({ code: "server-error", transient: true, step: "read users" });
    expect(failure.message).toMatch(/: GET \/ims\/oneroster\/v1p1\/users, page 3, answered 503 \(Service Unavailable\) 5 times in a row\./);
    expect(seen).toHaveLength(5);
    expect(waited).toEqual([1000, 2000, 4000, 8000]);
  });

  test("429 waits as long as Retry-After says, in seconds or until a date by the server's clock", async () => {
    const date = { date: "Tue, 01 Sep 2026 05:00:00 GMT", "retry-after": "Tue, 01 Sep 2026 05:00:42 GMT" };
    const { listener } = inTurn(status(429, { "retry-after": "17" }), status(429, date), ok);
    const origin = await serve(listener);
    await clientOf(origin).json(users(origin));
    expect(waited).toContain(17_000);
    expect(waited).toContain(42_000);
  });

  test("429 without Retry-After waits for the reset that the rate-limit headers name", async () => {
    const reset = String(Date.parse("2026-09-01T02:00:30Z") / 1000);
    const date = "Tue, 01 Sep 2026 02:00:00 GMT";
    const { listener } = inTurn(status(429, { date, "x-ratelimit-remaining": "0", "x-ratelimit-reset": reset }), ok);
    const origin = await serve(listener);
    await clientOf(origin).json(users(origin));
    expect(waited).toContain(30_000);
  });

  test("429 with nothing but a reset waits for it, by the server's clock", async () => {
    const reset = String(Date.parse("2026-09-01T02:10:40Z") / 1000);
    const { listener } = inTurn(status(429, { date: "Tue, 01 Sep 2026 02:10:00 GMT", "x-ratelimit-reset": reset }), ok);
    const origin = await serve(listener);
    await clientOf(origin).json(users(origin));
    expect(waited).toContain(40_000);
  });

  test("a reset that every answer names is not waited for while something is left", async () => {
    const reset = String(Date.parse("2026-09-01T02:00:40Z") / 1000);
    const { listener } = inTurn((_, response) => {
      response.setHeader("x-ratelimit-reset", reset).end("{}");
    });
    const origin = await serve(listener);
    const client = clientOf(origin);
    await client.json(users(origin));
    await client.json(users(origin));
    expect(waited).toEqual([]);
  });

  test("501 is not repeated", async () => {
    const { listener, seen } = inTurn(status(501));
    const origin = await serve(listener);
    expect(await failureOf(clientOf(origin).json(users(origin)))).toMatchObject({ transient: false, status: 501 });
    expect(seen).toHaveLength(1);
  });

  test("closing ends what is under way, and nothing of it is asked again", async () => {
    const { listener, seen } = inTurn(() => client.close());
    const origin = await serve(listener);
    const client = clientOf(origin);
    await expect(client.json(users(origin))).rejects.toBeInstanceOf(RunCancelled);
    expect(seen).toHaveLength(1);
  });

  test("a wait of hours ends the run at once", async () => {
    const { listener, seen } = inTurn(status(429, { "retry-after": "7200" }));
    const origin = await serve(listener);
    const failure = await failureOf(clientOf(origin).json(users(origin)));
    expect(failure).toMatchObject({ code: "rate-limited", transient: true });
    expect(failure.message).toContain("120 minutes");
    expect(seen).toHaveLength(1);
  });

  test("a reset connection is tried again", async () => {
    const { listener, seen } = inTurn((request) => request.socket.resetAndDestroy(), ok);
    const origin = await serve(listener);
    expect((await clientOf(origin).json(users(origin))).json).toEqual({ users: [] });
    expect(seen).toHaveLength(2);
  });

  test("400 and 403 are not repeated", async () => {
    const { listener, seen } = inTurn(status(400), status(403));
    const origin = await serve(listener);
    expect(await failureOf(clientOf(origin).json(users(origin)))).toMatchObject({ code: "response-invalid", transient: false });
    expect(await failureOf(clientOf(origin).json(users(origin)))).toMatchObject({ code: "permission" });
    expect(seen).toHaveLength(2);
  });

  test("401 asks the hook once, and the new header is sent", async () => {
    const { listener, seen } = inTurn(status(401), ok);
    const origin = await serve(listener);
    let token = "old";
    await clientOf(origin).json(
      users(origin, {
        authorization: () => `Bearer ${token}`,
        onUnauthorized: async (used) => {
          expect(used).toBe("Bearer old");
          token = "new";
          return true;
        },
      }),
    );
    expect(seen.map(({ headers }) => headers.authorization)).toEqual(["Bearer old", "Bearer new"]);
  });

  test("401 again after the hook is refused credentials", async () => {
    const { listener, seen } = inTurn(status(401));
    const origin = await serve(listener);
    const failure = await failureOf(
      clientOf(origin).json(users(origin, { authorization: () => "Bearer s3cret", onUnauthorized: async () => true })),
    );
    expect(failure).toMatchObject({ code: "sign-in" });
    expect(seen).toHaveLength(2);
  });
});

describe("answers", () => {
  test.each([
    ["gzip", gzipSync],
    ["deflate", deflateSync],
    ["br", brotliCompressSync],
  ])("%s is unpacked", async (encoding, pack) => {
    const origin = await serve((_, response) => response.setHeader("content-encoding", encoding).end(pack('{"users":[1]}')));
    expect((await clientOf(origin).json(users(origin))).json).toEqual({ users: [1] });
  });

  test("a body is bounded, also after unpacking", async () => {
    const bomb = gzipSync(Buffer.alloc(3_000_000, 32));
    const origin = await serve((request, response) => {
      if (request.url?.includes("/packed")) response.setHeader("content-encoding", "gzip").end(bomb);
      else response.end(Buffer.alloc(3_000_000, 32));
    });
    const client = clientOf(origin, undefined, { maxBodyBytes: 1_048_576 });
    for (const path of ["/packed", "/plain"]) {
      const failure = await failureOf(client.json({ url: new URL(path, origin), step: "read" }));
      expect(failure.message).toContain("more than 1 MB");
    }
  });

  test("a gzip body that is cut off is tried again", async () => {
    const whole = gzipSync(JSON.stringify({ users: Array.from({ length: 500 }, (_, index) => index) }));
    const { listener, seen } = inTurn((_, response) => response.setHeader("content-encoding", "gzip").end(whole.subarray(0, 200)), ok);
    const origin = await serve(listener);
    await clientOf(origin).json(users(origin));
    expect(seen).toHaveLength(2);
  });

  test.each([
    ["plain text that calls itself gzip", "gzip", Buffer.from('{"users":[1]}'), "not packed as its headers say"],
    ["plain text that calls itself br", "br", Buffer.from('{"users":[1]}'), "not packed as its headers say"],
    ["damaged gzip", "gzip", damaged(gzipSync('{"users":[1]}')), "not packed as its headers say"],
    ["zstd, which nobody asked for", "zstd", zstdCompressSync('{"users":[1]}'), "packed in a way that Aivo did not ask for"],
  ])("%s is not said to be cut off or half of anything", async (_what, encoding, body, said) => {
    const origin = await serve((_, response) => response.setHeader("content-encoding", encoding).end(body));
    const failure = await failureOf(clientOf(origin).json(users(origin)));
    expect(failure).toMatchObject({ code: "response-invalid", transient: true, message: expect.stringContaining(said) });
  });

  test.each(["identity", "none", "UTF-8"])("an encoding %s says that nothing is packed", async (encoding) => {
    const origin = await serve((_, response) => response.setHeader("content-encoding", encoding).end('{"users":[1]}'));
    expect((await clientOf(origin).json(users(origin))).json).toEqual({ users: [1] });
  });

  test("a body shorter than announced is tried again", async () => {
    const { listener, seen } = inTurn((request, response) => {
      response.writeHead(200, { "content-length": "100" }).write('{"users":[');
      setImmediate(() => request.socket.destroy());
    }, ok);
    const origin = await serve(listener);
    await clientOf(origin).json(users(origin));
    expect(seen).toHaveLength(2);
  });

  test("a web page with status 200 is named as such", async () => {
    const origin = await serve((_, response) => response.setHeader("content-type", "text/html").end("<html>s3cret sign in</html>"));
    const failure = await failureOf(clientOf(origin).json(users(origin)));
    expect(failure.message).toContain("users, page 3, answered 200 (OK) with a web page instead of data");
  });

  test("a status that was expected is an answer whatever stands beside it", async () => {
    const { listener, seen } = inTurn((_, response) =>
      response.writeHead(404, { "content-type": "text/html" }).end("<html>Cannot GET</html>"),
    );
    const origin = await serve(listener);
    expect(await clientOf(origin).json(users(origin, { expect: [404] }))).toMatchObject({ status: 404, json: undefined });
    expect(seen).toHaveLength(1);
  });

  test("malformed JSON is refused without quoting it", async () => {
    const origin = await serve((_, response) => response.end('{"users":[{"givenName":"s3cret"'));
    const failure = await failureOf(clientOf(origin).json(users(origin)));
    expect(failure).toMatchObject({ code: "response-invalid" });
    expect(failure.message).toContain("31 bytes that are not complete JSON");
  });

  test("a server that never answers, and one that stops in the middle, time out", async () => {
    const silent = await serve(() => {});
    const stalling = await serve((_, response) => void response.writeHead(200, { "content-length": "100" }).write("{"));
    expect(await failureOf(clientOf(silent, undefined, { idleTimeoutMs: 20 }).json(users(silent, { attempts: 2 })))).toMatchObject({
      code: "timeout",
      transient: true,
    });
    expect(
      (await failureOf(clientOf(stalling, undefined, { idleTimeoutMs: 20 }).json(users(stalling, { attempts: 2 })))).message,
    ).toContain("stopped answering");
  });

  test("a server that drips for ever is ended by the total", async () => {
    const origin = await serve((_, response) => {
      response.writeHead(200);
      const drip = setInterval(() => response.write(" "), 10);
      response.on("close", () => clearInterval(drip));
    });
    const failure = await failureOf(clientOf(origin, undefined, { idleTimeoutMs: 400 }).json(users(origin, { attempts: 1 })));
    expect(failure.message).toContain("did not finish its answer");
  });
});

describe("where it connects", () => {
  test("plain http and inner addresses are refused unless trusted", async () => {
    const client = clientOf("https://elsewhere.example:443");
    expect(await failureOf(client.json({ url: new URL("http://127.0.0.1:1/users"), step: "read" }))).toMatchObject({
      code: "address-refused",
    });
    expect(await failureOf(client.json({ url: new URL("https://127.0.0.1:1/users"), step: "read" }))).toMatchObject({
      code: "address-refused",
    });
    expect(await failureOf(client.json({ url: new URL("https://user:s3cret@sis.example/users"), step: "read" }))).toMatchObject({
      code: "address-refused",
    });
  });

  test("a redirect to the same origin is followed, authorised anew", async () => {
    const { listener, seen } = inTurn(status(302, { location: "/v2/users" }), ok);
    const origin = await serve(listener);
    const answer = await clientOf(origin).json(users(origin, { authorization: (_, url) => `for ${url.pathname}` }));
    expect(answer.url.pathname).toBe("/v2/users");
    expect(seen.map(({ headers }) => headers.authorization)).toEqual(["for /ims/oneroster/v1p1/users", "for /v2/users"]);
  });

  test("a redirect to another server is refused, and nothing is sent there", async () => {
    const other = inTurn(ok);
    const otherOrigin = await serve(other.listener);
    const origin = await serve(status(302, { location: `${otherOrigin}/users` }));
    const failure = await failureOf(clientOf(origin).json(users(origin)));
    expect(failure.message).toContain("redirect to another server");
    expect(other.seen).toHaveLength(0);
  });

  test("redirects without end are refused", async () => {
    const origin = await serve(status(302, { location: "/users" }));
    expect((await failureOf(clientOf(origin).json(users(origin)))).message).toContain("redirect in a row");
  });

  test("no more connections than agreed", async () => {
    let open = 0;
    let most = 0;
    const origin = await serve((request, response) => {
      most = Math.max(most, ++open);
      setImmediate(() => {
        open--;
        ok(request, response);
      });
    });
    const client = clientOf(origin, undefined, { maxConnections: 2 });
    await Promise.all(Array.from({ length: 20 }, () => client.json(users(origin))));
    expect(most).toBeLessThanOrEqual(2);
  });

  test("cancelling ends a request under way", async () => {
    const controller = new AbortController();
    const origin = await serve(() => controller.abort());
    await expect(clientOf(origin, controller.signal).json(users(origin))).rejects.toBeInstanceOf(RunCancelled);
  });

  test("a failure knows its status", async () => {
    const origin = await serve(status(404));
    const failure = await failureOf(clientOf(origin).json(users(origin, { explain: () => ({ because: "The endpoint is not offered." }) })));
    expect(failure).toBeInstanceOf(HttpFailure);
    expect(failure).toMatchObject({ status: 404 });
    expect(failure.message).toContain("The endpoint is not offered.");
  });
});
