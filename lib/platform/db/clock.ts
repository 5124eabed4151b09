import type postgres from "postgres";

export interface DatabaseClock {
  now(): Date;
  close(): void;
}

/** Between two looks at the database's clock; quartz strays by less than a millisecond in that time. */
const lookEveryMs = 30_000;

/**
 * The database's clock, as every process has it: machines' own clocks differ, by minutes where nobody keeps them, and are set. It is asked
 * for now and then, and goes on in between by a clock that nobody sets. Where a statement can say now() itself, it does.
 */
export async function openClock(sql: postgres.Sql): Promise<DatabaseClock> {
  let known = await look(sql);
  let isLooking = false;
  const timer = setInterval(async () => {
    if (isLooking) return;
    isLooking = true;
    // While the database is away the last look holds.
    known = await look(sql).catch(() => known);
    isLooking = false;
  }, lookEveryMs).unref();
  return { now: () => new Date(known.databaseMs + performance.now() - known.at), close: () => clearInterval(timer) };
}

async function look(sql: postgres.Sql): Promise<{ readonly databaseMs: number; readonly at: number }> {
  const before = performance.now();
  const [row] = await sql<{ ms: number }[]>`select extract(epoch from clock_timestamp())::float8 * 1000 as ms`;
  if (!row) throw new Error("the database told no time");
  return { databaseMs: row.ms, at: (before + performance.now()) / 2 };
}
