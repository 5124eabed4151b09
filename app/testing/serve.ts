/** Test-only: handlers of requests behind a server of their own, on the loopback address. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface Serving {
  readonly origin: string;
  /** Method and path of every request, in their order. */
  readonly asked: string[];
  close(): Promise<void>;
}

export async function serve(answer: (request: Request) => Promise<Response>): Promise<Serving> {
  const asked: string[] = [];
  const server = createServer((incoming, outgoing) => {
    void (async () => {
      const parts: Buffer[] = [];
      for await (const part of incoming) parts.push(part as Buffer);
      const method = incoming.method ?? "GET";
      asked.push(`${method} ${incoming.url}`);
      const body = method === "GET" || method === "HEAD" ? null : Buffer.concat(parts);
      const request = new Request(`http://${incoming.headers.host}${incoming.url}`, {
        method,
        headers: incoming.headers as Record<string, string>,
        body,
      });
      const response = await answer(request);
      outgoing.writeHead(response.status, Object.fromEntries(response.headers));
      outgoing.end(Buffer.from(await response.arrayBuffer()));
    })();
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const close = () =>
    new Promise<void>((closed) => {
      server.close(() => closed());
      server.closeAllConnections();
    });
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked, close };
}
