import type { OwnServer } from "./own-server.ts";
import { round } from "./references.ts";

/** Every statement's time and nothing else of it, with the name of the program that sent it. */
const watched = { log_duration: "on", log_line_prefix: "%m [%p] %a " };
const unwatched = { log_duration: "off", log_line_prefix: "%m [%p] " };

/**
 * How long the database worked for the worker's statements while `work` was done: all of them, also those that only ask whether
 * there is something to do. Null where the server is not the bench's own.
 */
export async function withStatementTime<T>(
  server: OwnServer | null,
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly seconds: number | null }> {
  if (server === null) return { result: await work(), seconds: null };
  await server.set(watched);
  const { result, log } = await server.logged(work);
  await server.set(unwatched);
  let milliseconds = 0;
  for (const [, each] of log.matchAll(/ aivo-worker LOG: {2}duration: ([\d.]+) ms$/gm)) milliseconds += Number(each);
  return { result, seconds: round(milliseconds / 1000) };
}
