import { setTimeout as pause } from "node:timers/promises";
import { migrate } from "drizzle-orm/postgres-js/migrator";
import type postgres from "postgres";
import journal from "#drizzle/meta/_journal.json" with { type: "json" };
import { ServiceError } from "#lib/platform/errors.ts";
import { isDistributed } from "./citus/is-distributed.ts";
import type { Orm } from "./client.ts";

/** What a migration did. Everything is one transaction, so no table was locked for longer than it took. */
export interface Applied {
  readonly names: readonly string[];
  readonly seconds: number;
}

export interface Patience {
  /** A statement that waits for a lock keeps everybody behind it waiting too: it gives way after this long. */
  readonly lockMs: number;
  readonly betweenMs: number;
  readonly tries: number;
}
const patience: Patience = { lockMs: 3_000, betweenMs: 5_000, tries: 60 };

/**
 * Applies what is pending, beside processes that go on working. Where a table is in use it lets go of everything, and tries again.
 * @throws ServiceError `conflict` when a table was in use at each try; nothing was changed then
 */
export async function applyPending(
  sql: postgres.Sql,
  orm: Orm,
  migrationsFolder: string,
  { lockMs, betweenMs, tries }: Patience = patience,
): Promise<Applied> {
  const before = await lastApplied(sql);
  await sql`select set_config('lock_timeout', ${`${lockMs}ms`}, false)`;
  // One connection to a node for all of a migration: Citus hands on no function after it has worked on tables over several.
  if (await isDistributed({ sql })) await sql`select set_config('citus.multi_shard_modify_mode', 'sequential', false)`;
  for (let attempt = 1; ; attempt++) {
    const startedAt = performance.now();
    try {
      await migrate(orm, { migrationsFolder });
      const seconds = (performance.now() - startedAt) / 1000;
      await sql`reset lock_timeout`;
      const after = await lastApplied(sql);
      return { names: journal.entries.filter(({ when }) => when > before && when <= after).map(({ tag }) => tag), seconds };
    } catch (error) {
      if (!isLockTimeout(error)) throw error;
      if (attempt >= tries)
        throw new ServiceError(
          "conflict",
          "Tables were in use at each of many tries, and nothing was changed. Migrate when fewer syncs run.",
        );
      await pause(betweenMs);
    }
  }
}

async function lastApplied(sql: postgres.Sql): Promise<number> {
  const [present] = await sql<{ found: boolean }[]>`select to_regclass('drizzle.__drizzle_migrations') is not null as found`;
  if (!present?.found) return 0;
  const [last] = await sql<{ at: number | null }[]>`select max(created_at)::float8 as at from drizzle.__drizzle_migrations`;
  return last?.at ?? 0;
}

/** drizzle puts the server's error into one of its own. */
function isLockTimeout(error: unknown): boolean {
  const { code, cause } = (error ?? {}) as { code?: unknown; cause?: unknown };
  return code === "55P03" || (cause !== undefined && isLockTimeout(cause));
}
