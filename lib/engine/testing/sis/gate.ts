/** Test-only: a port before a server, at which connections can be kept waiting. */
import { createConnection, createServer, type Server, type Socket } from "node:net";

export interface Gate {
  readonly port: number;
  /** From now on a connection is accepted and gets no answer until `answer`. */
  stall(): void;
  /** Cuts every connection, and each new one at once, until `answer`. */
  refuse(): void;
  answer(): void;
  close(): Promise<void>;
}

/** @param port 0 for any that is free */
export async function openGate(port: number, { host, port: target }: { readonly host: string; readonly port: number }): Promise<Gate> {
  let isStalled = false;
  let isRefusing = false;
  const waiting = new Set<Socket>();
  const connected = new Set<Socket>();
  const connect = (socket: Socket) => {
    const upstream = createConnection({ host, port: target });
    for (const one of [socket, upstream]) one.on("error", () => one.destroy());
    // What is cut ends nothing that it is piped into, and the server would go on waiting.
    socket.on("close", () => upstream.end());
    socket.pipe(upstream).pipe(socket);
  };
  const server: Server = createServer((socket) => {
    connected.add(socket);
    socket.on("close", () => connected.delete(socket));
    socket.on("error", () => socket.destroy());
    if (isRefusing) socket.destroy();
    else if (isStalled) waiting.add(socket);
    else connect(socket);
  });
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(port, host, resolve));
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : port,
    stall: () => {
      isStalled = true;
    },
    refuse: () => {
      isRefusing = true;
      for (const socket of connected) socket.destroy();
    },
    answer: () => {
      isStalled = false;
      isRefusing = false;
      for (const socket of waiting) if (!socket.destroyed) connect(socket);
      waiting.clear();
    },
    async close() {
      for (const socket of connected) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
