import { open, stat } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import type postgres from "postgres";

/** What only a server of the bench's own can be asked: other settings for all of it, and what it writes to its log. */
export interface OwnServer {
  /** For the sessions that are open, too. */
  set(settings: Readonly<Record<string, string>>): Promise<void>;
  /** What the log gains while `work` is done. */
  logged<T>(work: () => Promise<T>): Promise<{ readonly result: T; readonly log: string }>;
}

/** A session looks at the settings when it is asked something next, and the log is written by others. */
const noticedAfterMs = 1000;

export function ownServer(sql: postgres.Sql, logFile: string): OwnServer {
  return {
    set: async (settings) => {
      for (const [name, value] of Object.entries(settings)) await sql.unsafe(`alter system set ${name} = '${value}'`);
      await sql`select pg_reload_conf()`;
      await pause(noticedAfterMs);
    },
    logged: async (work) => {
      const from = (await stat(logFile)).size;
      const result = await work();
      await pause(noticedAfterMs);
      return { result, log: await textFrom(logFile, from) };
    },
  };
}

async function textFrom(path: string, from: number): Promise<string> {
  const file = await open(path);
  try {
    const bytes = Buffer.alloc((await file.stat()).size - from);
    await file.read(bytes, 0, bytes.length, from);
    return bytes.toString("utf8");
  } finally {
    await file.close();
  }
}
