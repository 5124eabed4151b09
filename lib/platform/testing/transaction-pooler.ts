import { connect, createServer, type Socket } from "node:net";

/** Stands before a PostgreSQL and shares its connections among many clients, a transaction at a time. */
export interface TestPooler {
  /** The database's address, through the pooler. */
  readonly url: string;
  /** The most connections to the server. */
  readonly size: number;
  stop(): Promise<void>;
}

interface Client {
  readonly socket: Socket;
  /** Whose transaction it is in. */
  server: Server | null;
  /** What it sent while every connection was another's. */
  waiting: Buffer[];
  /** Answers to come: one for each query or sync message. */
  expected: number;
}
interface Server {
  readonly socket: Socket;
  client: Client | null;
}

/**
 * What PgBouncer does in transaction mode, at its meanest: after each transaction a connection goes to whoever waits longest, and who comes
 * again gets the one that has rested longest. Needs no program, so that every run of the tests has it; `AIVO_PGBOUNCER` puts the real one in its place.
 *
 * A client signs in at the server over a connection of its own, which then belongs to everybody, or is given up where there are enough.
 */
export async function startTransactionPooler(databaseUrl: string, size: number): Promise<TestPooler> {
  const target = new URL(databaseUrl);
  const clients = new Set<Client>();
  const servers = new Set<Server>();
  const idle: Server[] = [];
  const queue: Client[] = [];

  function join(client: Client, server: Server): void {
    Object.assign(client, { server });
    Object.assign(server, { client });
    for (const piece of client.waiting.splice(0)) server.socket.write(piece);
  }

  function release(server: Server): void {
    if (server.client) server.client.server = null;
    server.client = null;
    const next = queue.shift();
    if (next) join(next, server);
    else idle.push(server);
  }

  function send(client: Client, message: Buffer): void {
    if (message[0] === codes.query || message[0] === codes.sync) client.expected++;
    if (client.server) return void client.server.socket.write(message);
    client.waiting.push(message);
    if (queue.includes(client)) return;
    const server = idle.shift();
    if (server) join(client, server);
    else if (servers.size > 0) queue.push(client);
    else client.socket.destroy();
  }

  function lose(server: Server): void {
    servers.delete(server);
    if (idle.includes(server)) idle.splice(idle.indexOf(server), 1);
    server.client?.socket.destroy();
    if (servers.size === 0) for (const client of queue.splice(0)) client.socket.destroy();
  }

  function leave(client: Client): void {
    clients.delete(client);
    if (queue.includes(client)) queue.splice(queue.indexOf(client), 1);
    // In the middle of a transaction, which nobody else may have.
    client.server?.socket.destroy();
  }

  // Without Nagle's delay, which waits 40 ms for the other side with each half of a question.
  const listener = createServer({ noDelay: true }, (socket) => {
    const server: Server = { socket: connect({ port: Number(target.port), host: target.hostname, noDelay: true }), client: null };
    const client: Client = { socket, server, waiting: [], expected: 0 };
    let isSignedIn = false;
    server.client = client;
    clients.add(client);
    for (const end of [socket, server.socket]) end.on("error", () => {});
    socket.on("close", () => leave(client));
    server.socket.on("close", () => lose(server));
    const fromClient = inMessages((message) => {
      if (message[0] === codes.terminate) socket.end();
      else send(client, message);
    });
    socket.on("data", (piece: Buffer) => (isSignedIn ? fromClient(piece) : server.socket.write(piece)));
    const fromServer = inMessages((message) => {
      const asking = server.client;
      asking?.socket.write(message);
      if (message[0] !== codes.ready) return;
      const isFirst = asking === client && !isSignedIn;
      if (isFirst) {
        isSignedIn = true;
        if (servers.size >= size) {
          client.server = null;
          server.client = null;
          server.socket.end(Buffer.from([codes.terminate, 0, 0, 0, 4]));
          return;
        }
        servers.add(server);
      } else if (asking) asking.expected--;
      const isOutside = message[5] === codes.outsideTransaction;
      if (isOutside && (asking?.expected ?? 0) === 0) release(server);
    });
    server.socket.on("data", fromServer);
  });
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  const address = listener.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const url = new URL(databaseUrl);
  url.port = String(address.port);
  return {
    url: url.href,
    size,
    stop: () =>
      new Promise((stopped) => {
        listener.close(() => stopped());
        for (const { socket } of [...clients, ...servers]) socket.destroy();
      }),
  };
}

/** The first bytes of messages (PostgreSQL manual, message formats), and of what a ReadyForQuery says. */
const codes = {
  query: 0x51,
  sync: 0x53,
  terminate: 0x58,
  ready: 0x5a,
  outsideTransaction: 0x49,
} as const;

/** Puts the pieces of a stream together: a byte that says what it is, four of length, which count themselves, and the rest. */
export function inMessages(take: (message: Buffer) => void): (piece: Buffer) => void {
  let rest = Buffer.alloc(0);
  return (piece) => {
    rest = rest.length === 0 ? Buffer.from(piece) : Buffer.concat([rest, piece]);
    for (;;) {
      const length = rest.length < 5 ? Number.POSITIVE_INFINITY : 1 + rest.readUInt32BE(1);
      if (rest.length < length) return;
      const message = rest.subarray(0, length);
      rest = rest.subarray(length);
      take(message);
    }
  };
}
