import { Socket } from "node:net";
import type postgres from "postgres";

/** What a pool wants to know of its connections. */
export interface Watch {
  /** Whether connections may still be made. */
  readonly isOpen: () => boolean;
  readonly onConnected: () => void;
  /** @param isLost not closed by us */
  readonly onClosed: (isLost: boolean) => void;
}

interface DriverOptions {
  readonly host: string[];
  readonly port: number[];
  readonly path?: string | false;
  readonly shared: { readonly typeArrayMap: Readonly<Record<string, unknown>> };
  fetch_types: boolean;
}

const nobody: Watch = { isOpen: () => true, onConnected: () => {}, onClosed: () => {} };

/**
 * Connections that send at once (TCP_NODELAY). postgres.js leaves Nagle's algorithm on, which holds the end of each COPY
 * back until the server's delayed acknowledgement: 40 ms, six times in the smallest sync.
 */
export function withoutDelay(watch: Watch = nobody): postgres.Options<Record<string, postgres.PostgresType>> {
  let attempt = 0;
  const socket = (options: DriverOptions) => {
    const { host, port, path } = options;
    // Types of arrays are the server's, not the connection's. Asking again would end the process if the connection is lost meanwhile.
    if (Object.keys(options.shared.typeArrayMap).length > 0) options.fetch_types = false;
    const index = attempt++ % port.length;
    const target = { host: host[index] ?? "localhost", port: port[index] ?? 5432 };
    // Not connected yet: what is written meanwhile waits. The name is what postgres.js asks a certificate for.
    const connecting = Object.assign(new DatabaseSocket(watch, options.fetch_types ? 2 : 1).setNoDelay(true), target);
    if (!watch.isOpen()) {
      // When somebody listens.
      setImmediate(() => connecting.destroy(lost()));
      return connecting;
    }
    return path ? connecting.connect(path) : connecting.connect(target);
  };
  // The option is documented, and missing in the types.
  return { socket } as postgres.Options<Record<string, postgres.PostgresType>>;
}

/**
 * postgres.js 3.4 collects what it writes until the next turn of the event loop. A transaction goes on writing after its connection is
 * lost, its "rollback" at least; once the close is told there is nothing to write to, which throws in that turn, outside of any promise,
 * and leaves a slot that never writes again. So a loss is told in two steps. First an error, which ends the queries; what they write
 * then goes nowhere. A turn later the close, in a moment in which something waits to be written: then the driver takes later writes
 * for collected, and does not try. The slot is of no use afterwards, and is not used (see openDatabase).
 */
class DatabaseSocket extends Socket {
  readonly #watch: Watch;
  #isConnected = false;
  #isEnded = false;
  /** How often the server must still say that it is ready before somebody's query is on this connection. */
  #openings: number;

  constructor(watch: Watch, openings: number) {
    super();
    this.#watch = watch;
    this.#openings = openings;
  }

  override end(...args: unknown[]): this {
    // The driver says goodbye; without a word, it is the answer to the server's end.
    if (args.length > 0) this.#isEnded = true;
    return Reflect.apply(super.end, this, args) as this;
  }

  override emit(event: string | symbol, ...args: unknown[]): boolean {
    if (event === "connect") {
      this.#isConnected = true;
      this.#watch.onConnected();
    }
    if (event === "data" && this.#openings > 0) this.#openings -= countReady(args[0] as Buffer);
    if (event !== "close" || !this.#isConnected) return super.emit(event, ...args);
    // Until it is open the driver tries again by itself.
    const isLost = !this.#isEnded && this.#openings <= 0;
    this.#watch.onClosed(isLost);
    if (!isLost) return super.emit(event, ...args);
    super.emit("error", lost());
    setImmediate(() =>
      setImmediate(() => {
        super.emit("data", asksForSignIn);
        queueMicrotask(() => super.emit("close", false));
      }),
    );
    return true;
  }
}

function lost(): Error {
  return Object.assign(new Error("The connection to the database was lost"), { code: "CONNECTION_CLOSED" });
}

/** AuthenticationSASL of the protocol: the one message of a server that is always answered, whatever the state. */
const asksForSignIn = Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 10]);

/** ReadyForQuery of the protocol: a letter and a length. */
const ready = Buffer.from([0x5a, 0, 0, 0, 5]);

function countReady(data: Buffer): number {
  let count = 0;
  for (let at = data.indexOf(ready); at >= 0; at = data.indexOf(ready, at + ready.length)) count++;
  return count;
}
