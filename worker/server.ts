import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Env } from "#lib/platform/env.ts";
import { log } from "#lib/platform/log.ts";
import { isBearer, metricsContentType } from "#lib/platform/metrics.ts";

export interface WorkerServer {
  readonly port: number;
  close(): Promise<void>;
}

export interface Answers {
  /** What keeps it from working; null: it takes jobs and reaches its database. */
  readonly missing: () => Promise<"starting" | "stopping" | "database" | null>;
  readonly metrics: () => Promise<string>;
}

/**
 * What web answers for its health and metrics, for a worker, by the same paths. That it is alive is said by its answering at all: a worker whose database is away must not be restarted for it.
 * @throws Error EADDRINUSE when the port is taken
 */
export async function serveWorker(
  { host, port }: NonNullable<Env["workerServer"]>,
  token: string | null,
  answers: Answers,
): Promise<WorkerServer> {
  const server = createServer(async (request, response) => {
    const path = request.url?.split("?")[0];
    if (request.method !== "GET" && request.method !== "HEAD")
      return answer(response, 405, { status: "method not allowed" }, { allow: "GET, HEAD" });
    if (path === "/api/health/live") return answer(response, 200, { status: "ok" });
    if (path === "/api/health/ready" || path === "/api/health") {
      const missing = await answers.missing();
      return missing === null ? answer(response, 200, { status: "ok" }) : answer(response, 503, { status: "unavailable", missing });
    }
    if (path !== "/metrics") return answer(response, 404, { status: "not found" });
    if (token !== null && !isBearer(request.headers.authorization, token))
      return answer(response, 401, { status: "a token is needed" }, { "www-authenticate": "Bearer" });
    try {
      const text = await answers.metrics();
      response.writeHead(200, { "content-type": metricsContentType, "cache-control": "no-store" }).end(text);
    } catch {
      answer(response, 503, { status: "unavailable" });
    }
  });
  server.requestTimeout = 10_000;
  server.listen(port, host);
  await once(server, "listening");
  const listening = (server.address() as AddressInfo).port;
  log.info("worker-listening", { port: listening });
  return {
    port: listening,
    close: async () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

function answer(
  response: ServerResponse,
  status: number,
  body: { readonly status: string; readonly missing?: string },
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { "content-type": "application/json", "cache-control": "no-store", ...headers }).end(JSON.stringify(body));
}
