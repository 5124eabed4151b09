import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Version } from "#sandbox/district/habits.ts";

export type HttpProvider = "oneroster-rest" | "classlink" | "clever";

export interface DistrictServerOptions {
  readonly provider: HttpProvider;
  readonly users: number;
  readonly seed: number;
  readonly name: string;
  /** OneRoster's; 1.1 unless said otherwise. */
  readonly version?: Version;
  /** Milliseconds that each answer takes beyond what the server works for it. */
  readonly latency: number;
}

/** A request as it came in, with what let it in, so that it can be asked again. */
export interface SeenByServer {
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly authorization: string;
}

export interface Seen {
  readonly requests: readonly SeenByServer[];
  readonly cpuSeconds: number;
}

/** What the process tells its parent first. */
export interface Listening {
  readonly credentials: object;
  readonly variables: Readonly<Record<string, string>>;
}

export type Order = "take seen" | "advance";

/** A provider's server with a sandbox district behind it, in a process of its own. */
export interface DistrictServer extends Listening {
  /** What it was asked, and what that cost it, since this was called last. */
  takeSeen(): Promise<Seen>;
  /** Lets a school day pass. */
  advance(): Promise<void>;
  stop(): Promise<void>;
}

export async function startDistrictServer(options: DistrictServerOptions): Promise<DistrictServer> {
  const child = fork(join(import.meta.dirname, "district-server-process.ts"), [JSON.stringify(options)], { execArgv: [] });
  const answered = async (): Promise<unknown> => {
    const ended = new AbortController();
    const gone = once(child, "exit", { signal: ended.signal }).then(([code]) => {
      throw new Error(`the district's server ended with code ${code}`);
    });
    try {
      const [message] = await Promise.race([once(child, "message", { signal: ended.signal }), gone]);
      return message;
    } finally {
      gone.catch(() => {});
      ended.abort();
    }
  };
  const listening = (await answered()) as Listening;
  const order = (what: Order) => {
    const answer = answered();
    child.send(what);
    return answer;
  };
  return {
    ...listening,
    takeSeen: async () => (await order("take seen")) as Seen,
    advance: async () => {
      await order("advance");
    },
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, "exit");
      child.kill("SIGTERM");
      await gone;
    },
  };
}
