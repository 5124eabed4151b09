import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";

export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Receiver {
  /** `http://127.0.0.1:port` */
  readonly origin: string;
  readonly received: Received[];
  /** The next answers, one each; afterwards 204. 0: the connection is cut. */
  answerWith(...statuses: number[]): void;
  close(): Promise<void>;
}

/** A district's own server, which keeps what it is sent. */
export async function openReceiver(port = 0): Promise<Receiver> {
  const received: Received[] = [];
  let statuses: number[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      received.push({ path: request.url ?? "", headers: request.headers, body: Buffer.concat(chunks).toString("utf8") });
      const status = statuses.shift() ?? 204;
      if (status === 0) return request.socket.destroy();
      response.writeHead(status, status === 302 ? { location: "http://169.254.169.254/" } : {}).end();
    });
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    answerWith: (...next) => {
      statuses = next;
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
