import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";
import type { Fault, FaultBoard, Faults } from "./faults.ts";
import { parseQuery, type Query } from "./query.ts";
import { type RateLimit, RateMeter } from "./rate.ts";

export interface Request {
  readonly method: string;
  /** As it stood in the request line, escapes untouched, without the query. */
  readonly path: string;
  readonly query: Query;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
  /** `http://host:port`, as the client called it. */
  readonly origin: string;
}

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
}

export interface SeenRequest {
  readonly at: string;
  readonly server: string;
  readonly method: string;
  readonly path: string;
  readonly query: string;
  /** 0: never answered, or cut. */
  readonly status: number;
  readonly faults: readonly string[];
}

export interface HttpOptions {
  /** How faults and the log call it. */
  readonly name: string;
  readonly port?: number;
  readonly now: () => Date;
  readonly faults: FaultBoard;
  readonly rateLimit?: RateLimit;
  /** Who is counted: by token, where there is one. */
  readonly answer: (request: Request, faults: Faults) => Reply;
  /** The endpoint's name for faults; "token", "users". */
  readonly endpointOf: (path: string) => string;
  /** The error bodies of this vendor. */
  readonly errorBody: (status: number, message: string) => unknown;
  readonly onRequest?: (seen: SeenRequest) => void;
}

export interface HttpServer {
  readonly url: string;
  readonly port: number;
  /** The last requests, oldest first. */
  requests(): readonly SeenRequest[];
  close(): Promise<void>;
}

const remembered = 2_000;
const maxBody = 64 * 1024;

/** A vendor's HTTP server on the loopback address. */
export async function startHttp(options: HttpOptions): Promise<HttpServer> {
  const seen: SeenRequest[] = [];
  const meter = options.rateLimit ? new RateMeter(options.rateLimit, options.now) : null;
  const remember = (entry: SeenRequest) => {
    seen.push(entry);
    if (seen.length > remembered) seen.splice(0, remembered / 2);
    options.onRequest?.(entry);
  };
  const server = createServer((message, response) => {
    // A client that goes away is not the server's trouble.
    message.on("error", () => {});
    response.on("error", () => {});
    bodyOf(message, (body) => serve(options, meter, remember, message, body, response));
  });
  await listen(server, options.port ?? 0);
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    requests: () => seen,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => resolve());
  });
}

function bodyOf(message: IncomingMessage, then: (body: string) => void): void {
  const chunks: Buffer[] = [];
  let size = 0;
  message.on("data", (chunk: Buffer) => {
    size += chunk.length;
    if (size <= maxBody) chunks.push(chunk);
  });
  message.on("end", () => then(Buffer.concat(chunks).toString("utf8")));
}

function serve(
  options: HttpOptions,
  meter: RateMeter | null,
  remember: (entry: SeenRequest) => void,
  message: IncomingMessage,
  body: string,
  response: ServerResponse,
): void {
  const [path = "/", ...rest] = (message.url ?? "/").split("?");
  const rawQuery = rest.join("?");
  const faults = options.faults.meet(options.name, options.endpointOf(path));
  const log = (status: number) =>
    remember({
      at: options.now().toISOString(),
      server: options.name,
      method: message.method ?? "",
      path,
      query: redacted(rawQuery),
      status,
      faults: [...faults.keys()],
    });
  if (faults.has("silent")) {
    log(0);
    return;
  }

  const rate = meter?.take(message.headers.authorization ?? "");
  const reply =
    faulty(options, faults) ??
    (rate?.isOver ? tooMany(options, options.rateLimit?.headerPrefix ? null : rate.retryAfterSeconds) : answered());
  function answered(): Reply {
    const query = parseQuery(rawQuery);
    if (!query) return { status: 400, body: options.errorBody(400, "The query is not percent-encoded") };
    const origin = `http://${message.headers.host ?? "127.0.0.1"}`;
    return options.answer({ method: message.method ?? "", path, query, headers: message.headers, body, origin }, faults);
  }
  const send = () => {
    if (response.destroyed) return;
    log(faults.has("reset") ? 0 : reply.status);
    write(response, reply, faults, { date: options.now().toUTCString(), ...rate?.headers });
  };
  const slow = faults.get("slow");
  if (slow) setTimeout(send, slow.delayMs ?? 3_000).unref();
  else send();
}

/** What the network or a proxy answers in the server's place. */
function faulty(options: HttpOptions, faults: Faults): Reply | null {
  if (faults.has("status-500")) return { status: 500, body: options.errorBody(500, "Internal error") };
  if (faults.has("html-502"))
    return { status: 502, body: "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>" };
  if (faults.has("html-200")) return { status: 200, body: "<!doctype html><html><body><h1>Scheduled maintenance</h1></body></html>" };
  const limited = faults.get("status-429");
  return limited ? tooMany(options, limited.retryAfterSeconds ?? 2) : null;
}

/** Null: the vendor says when in headers of its own. */
function tooMany(options: HttpOptions, retryAfterSeconds: number | null): Reply {
  const headers: Record<string, string> = retryAfterSeconds === null ? {} : { "retry-after": String(retryAfterSeconds) };
  return { status: 429, headers, body: options.errorBody(429, "Too many requests") };
}

function write(response: ServerResponse, reply: Reply, faults: Faults, headers: Readonly<Record<string, string>>): void {
  const isHtml = typeof reply.body === "string";
  let bytes: Buffer = Buffer.from(isHtml ? String(reply.body) : JSON.stringify(reply.body, without(faults.get("field-missing"))));
  if (!isHtml && reply.status === 200 && faults.has("truncated-json")) bytes = bytes.subarray(0, Math.floor(bytes.length / 2));
  const isCompressed = faults.has("gzip");
  if (isCompressed) bytes = gzipSync(bytes);
  response.writeHead(reply.status, {
    "content-type": isHtml ? "text/html; charset=utf-8" : "application/json; charset=utf-8",
    "cache-control": "no-store",
    ...headers,
    ...reply.headers,
    ...(isCompressed && { "content-encoding": "gzip" }),
    "content-length": String(bytes.length),
  });
  if (!faults.has("reset")) response.end(bytes);
  // The promised length never comes.
  else response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => response.socket?.resetAndDestroy());
}

/** A replacer for JSON.stringify that leaves a field out wherever it stands. */
function without(fault: Fault | undefined): ((name: string, value: unknown) => unknown) | undefined {
  const { field = "email" } = fault ?? {};
  return fault && ((name, value) => (name === field ? undefined : value));
}

/** What the log shows must not let anybody in. */
function redacted(query: string): string {
  return query.replace(/((?:^|&)(?:code|state|access_token|client_secret|oauth_signature)=)[^&]*/g, "$1…");
}
