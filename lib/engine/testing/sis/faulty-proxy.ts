/** Test-only: stands before a server on loopback and does what real networks do and OpenSSH cannot be told to. */
import { connect, createServer, type Socket } from "node:net";

export interface FaultyProxy {
  readonly port: number;
  /** Connections so far. */
  readonly connections: () => number;
  /** Resolves when the fault has happened for the first time. */
  readonly happened: Promise<void>;
  stop(): Promise<void>;
}

export interface Fault {
  /** After so many bytes from the server: `cut` resets the connection, `stall` passes nothing more on. */
  readonly afterBytes: number;
  readonly kind: "cut" | "stall";
  /** Only for the first so many connections. */
  readonly times: number;
}

/** `upstreamPort` null: accepts and never says anything. */
export async function startFaultyProxy(upstreamPort: number | null, fault: Fault): Promise<FaultyProxy> {
  const sockets = new Set<Socket>();
  let connections = 0;
  let happen = () => {};
  const happened = new Promise<void>((resolve) => {
    happen = resolve;
  });
  const server = createServer((client) => {
    connections += 1;
    sockets.add(client);
    client.on("error", () => {});
    if (upstreamPort === null) return void client.resume();
    const isFaulty = connections <= fault.times;
    const upstream = connect(upstreamPort, "127.0.0.1");
    sockets.add(upstream);
    upstream.on("error", () => client.destroy());
    client.on("close", () => upstream.destroy());
    upstream.on("close", () => client.destroy());
    client.pipe(upstream);
    let passed = 0;
    upstream.on("data", (piece: Buffer) => {
      passed += piece.length;
      if (!isFaulty || passed < fault.afterBytes) return void client.write(piece);
      if (fault.kind === "cut") client.resetAndDestroy();
      happen();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    port: address.port,
    connections: () => connections,
    happened,
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
