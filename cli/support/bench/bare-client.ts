import { once } from "node:events";
import { Agent, type IncomingMessage, request } from "node:http";
import type { SeenByServer } from "./district-server.ts";
import { median, type Reference, secondsSince } from "./references.ts";

/** How many lists a source reads side by side, and how many pages of each. */
export interface BareClientPace {
  readonly listsAtATime: number;
  readonly pagesAtATime: number;
}

const repetitions = 3;

/**
 * The floor of a sync's reading: the same addresses in the same order, with as many under way at a time, over connections that are
 * kept. Nothing is parsed and nothing is kept. Signing in anew is left out, the sync's own tokens are used.
 * @throws Error for an answer other than 200, but for the one question which of two versions is there
 */
export async function measureBareClient(seen: readonly SeenByServer[], pace: BareClientPace): Promise<Reference> {
  const lists = [...Map.groupBy(readings(seen), listOf).values()];
  const samples: number[] = [];
  let bytes = 0;
  for (let repetition = 0; repetition < repetitions; repetition++) {
    bytes = 0;
    const agent = new Agent({ keepAlive: true, maxSockets: pace.listsAtATime * pace.pagesAtATime });
    const fetchPage = async (one: SeenByServer) => {
      const size = await sizeOf(one, agent);
      bytes += size;
    };
    const startedAt = performance.now();
    await inTurn(lists, pace.listsAtATime, async ([first, ...rest]) => {
      // Only the first page tells how many there are.
      if (first) await fetchPage(first);
      await inTurn(rest, pace.pagesAtATime, fetchPage);
    });
    samples.push(secondsSince(startedAt));
    agent.destroy();
  }
  return { seconds: median(samples), samples, bytes };
}

const readings = (seen: readonly SeenByServer[]) => seen.filter(({ method }) => method === "GET");

/** "users" also for what Clever has below one of them: those are asked for one after the other. */
function listOf({ path }: SeenByServer): string {
  const [words = ""] = path.split("?");
  return words.startsWith("/v3.") ? words.split("/").slice(0, 3).join("/") : words;
}

/** Each in its turn, with so many under way at a time. */
async function inTurn<T>(all: readonly T[], atATime: number, work: (one: T) => Promise<void>): Promise<void> {
  const waiting = all.values();
  await Promise.all(
    Array.from({ length: atATime }, async () => {
      for (const one of waiting) await work(one);
    }),
  );
}

async function sizeOf({ host, path, authorization }: SeenByServer, agent: Agent): Promise<number> {
  const { hostname, port } = new URL(`http://${host}`);
  const asking = request({ hostname, port, path, agent, headers: { authorization } }).end();
  const [answer] = (await once(asking, "response")) as [IncomingMessage];
  const isOfNone = answer.statusCode === 404 && path.endsWith("?limit=1");
  if (answer.statusCode !== 200 && !isOfNone) throw new Error(`The bare client was answered ${answer.statusCode} for ${path}`);
  let bytes = 0;
  answer.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
  });
  await once(answer, "end");
  return bytes;
}
