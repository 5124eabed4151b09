import { setTimeout as pause } from "node:timers/promises";
import postgres from "postgres";
import { withoutDelay } from "#lib/platform/db/socket.ts";
import { round } from "./references.ts";

export interface LongestWaits {
  /** For the district's revision, which every change of its roster begins with. */
  readonly revisionSeconds: number;
  /** For an account that the sync changes. */
  readonly accountSeconds: number;
}

const pauseMs = 10;

/**
 * The longest that somebody else would have waited, while `work` is done, before they could change the district's roster: two sessions ask
 * again and again, one to lock the district's revision as every change does (lib/engine/sync/revision.ts), the other an account.
 */
export async function probeLocks<T>(
  databaseUrl: string,
  { districtId, accountId }: { readonly districtId: string; readonly accountId: string },
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly waits: LongestWaits }> {
  const sql = postgres(databaseUrl, {
    max: 2,
    onnotice: () => {},
    connection: { application_name: "aivo-bench-probe" },
    ...withoutDelay(),
  });
  let isOver = false;
  const longestWait = async (lock: (tx: postgres.TransactionSql) => Promise<unknown>) => {
    let longest = 0;
    while (!isOver) {
      await sql.begin(async (tx) => {
        const startedAt = performance.now();
        await lock(tx);
        longest = Math.max(longest, performance.now() - startedAt);
      });
      await pause(pauseMs);
    }
    return round(longest / 1000);
  };
  const revision = longestWait((tx) => tx`select from districts where id = ${districtId} for update`);
  const account = longestWait((tx) => tx`select from accounts where district_id = ${districtId} and id = ${accountId} for update`);
  try {
    const result = await work();
    isOver = true;
    return { result, waits: { revisionSeconds: await revision, accountSeconds: await account } };
  } finally {
    isOver = true;
    await Promise.allSettled([revision, account]);
    await sql.end();
  }
}
