/** Test-only: a small balancer on the loopback address, which passes on as deploy/nginx/aivo.conf has nginx do it. */
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, Socket } from "node:net";

export interface Balancer {
  readonly origin: string;
  /** Whom the web servers have to trust: from where the balancer asks them, and nobody else does. */
  readonly address: string;
  /** From now on these are asked in turn. */
  serve(ports: readonly number[]): void;
  close(): Promise<void>;
}

/** Read by the balancer alone: which web server is to be asked, by its place, and from where the client is to come. */
export const toHeader = "x-test-to";
export const fromHeader = "x-test-from";
/** Of answers: the port of the web server that gave it. */
export const answeredByHeader = "x-test-answered-by";

/** Every system has the second loopback address of one of the families. */
const ownAddress = process.platform === "linux" ? { host: "127.0.0.1", from: "127.0.0.2" } : { host: "::1", from: "::1" };

/**
 * Whoever cannot be reached is passed over, whatever the request; one that ends before it answers is too, for requests that change
 * nothing. X-Forwarded-For is replaced, so that what a client says of itself counts for nothing.
 */
export async function startBalancer(): Promise<Balancer> {
  let upstreams: readonly number[] = [];
  let turn = 0;
  const server: Server = createServer((asked, answer) => {
    const { [toHeader]: to, [fromHeader]: from, ...headers } = asked.headers;
    headers["x-forwarded-for"] = String(from ?? asked.socket.remoteAddress);
    headers["x-forwarded-proto"] = "http";
    const first = to === undefined ? turn++ : Number(to);
    const order = upstreams.map((_, n) => upstreams[(first + n) % upstreams.length] ?? 0);
    void readAll(asked).then((body) => passOn(asked, headers, body, order, answer));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://localhost:${(server.address() as AddressInfo).port}`,
    address: ownAddress.from,
    serve: (ports) => {
      upstreams = ports;
    },
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function passOn(
  asked: IncomingMessage,
  headers: IncomingMessage["headers"],
  body: Buffer,
  [port, ...others]: readonly number[],
  answer: ServerResponse,
): void {
  if (port === undefined) return void answer.writeHead(502).end();
  const { host, from: localAddress } = ownAddress;
  const upstream = request({ host, port, localAddress, agent: false, method: asked.method, path: asked.url, headers }, (given) => {
    answer.writeHead(given.statusCode ?? 502, { ...given.headers, [answeredByHeader]: port });
    given.on("error", () => answer.destroy());
    given.pipe(answer);
  });
  let isSent = false;
  upstream.on("socket", (socket) => socket instanceof Socket && socket.once("connect", () => (isSent = true)));
  upstream.on("error", () => {
    if (answer.headersSent) answer.destroy();
    else if (!isSent || asked.method === "GET" || asked.method === "HEAD") passOn(asked, headers, body, others, answer);
    else answer.writeHead(502, { [answeredByHeader]: port }).end();
  });
  answer.on("close", () => upstream.destroy());
  upstream.end(body);
}

async function readAll(message: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of message) parts.push(part);
  return Buffer.concat(parts);
}
