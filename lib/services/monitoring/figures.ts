import { setTimeout } from "node:timers/promises";
import type postgres from "postgres";
import { withOwner } from "#lib/platform/db/tx.ts";
import type { Services } from "#lib/services/services.ts";

/** What an operator asks of the database of all districts together; counts and seconds. */
export interface Figures {
  /** By queue and state of what waits or is worked on; the age is that of the oldest job that could have begun. */
  readonly queues: readonly { readonly queue: string; readonly state: string; readonly jobs: number; readonly oldestSeconds: number }[];
  readonly runs: readonly { readonly state: string; readonly count: number; readonly oldestSeconds: number }[];
  /** Schedules that are due, and for how long the first of them has been. */
  readonly schedules: { readonly overdue: number; readonly lagSeconds: number };
  readonly locks: readonly { readonly mode: string; readonly isGranted: boolean; readonly count: number }[];
  readonly connections: readonly {
    readonly application: string;
    readonly state: string;
    readonly count: number;
    readonly longestTransactionSeconds: number;
  }[];
  readonly connectionsAllowed: number;
  /** Messages that wait, by how they go, and for how long the first of them has been due. */
  readonly outbox: readonly { readonly channel: string; readonly count: number; readonly lagSeconds: number }[];
  /** Where audit logs are carried to: by id, since when it took all that there was, and tries in a row that failed. */
  readonly destinations: readonly { readonly id: string; readonly sinceSeconds: number | null; readonly failures: number }[];
  /** This machine's clock less the database's. */
  readonly clockOffsetSeconds: number;
}

const patienceMs = 3_000;

/**
 * One short look, by indices of what is under way: its cost does not grow with the history.
 * @throws Error when the database does not answer within three seconds
 */
export async function lookAtFigures(services: Pick<Services, "db">): Promise<Figures> {
  const over = new AbortController();
  const late = setTimeout(patienceMs, null, { signal: over.signal }).then(() => {
    throw new Error("The database does not answer");
  });
  late.catch(() => {});
  try {
    return await Promise.race([look(services), late]);
  } finally {
    over.abort();
  }
}

function look({ db }: Pick<Services, "db">): Promise<Figures> {
  return withOwner(db, "", async ({ sql }) => {
    await sql`select set_config('statement_timeout', ${`${patienceMs}ms`}, true)`;
    const sentAt = Date.now();
    const [clock] = await sql<{ ms: number; allowed: number }[]>`
      select extract(epoch from clock_timestamp())::float8 * 1000 as ms, current_setting('max_connections')::int as allowed`;
    const clockOffsetSeconds = clock ? ((sentAt + Date.now()) / 2 - clock.ms) / 1000 : 0;
    const [schedules] = await sql<Figures["schedules"][]>`
      select count(*)::int as overdue, coalesce(max(${ageOf(sql, "i.next_run_at")}), 0) as "lagSeconds"
      from integrations i join districts d on d.id = i.district_id
      where i.state = 'active' and i.schedule is not null and d.suspended_at is null and i.next_run_at <= now()`;
    return {
      queues: await sql<Figures["queues"][number][]>`
        select name as queue, state::text, count(*)::int as jobs,
          coalesce(max(${ageOf(sql, "start_after")}) filter (where state < 'active' and start_after <= now()), 0) as "oldestSeconds"
        from pgboss.job where state <= 'active' group by 1, 2`,
      runs: await sql<Figures["runs"][number][]>`
        select state, count(*)::int as count, max(${ageOf(sql, "queued_at")}) as "oldestSeconds"
        from sync_runs where state in ('queued', 'running', 'applying') group by state
        union all
        select 'held', count(*)::int, coalesce(max(${ageOf(sql, "finished_at")}), 0) from sync_runs where state = 'held'`,
      schedules: schedules ?? { overdue: 0, lagSeconds: 0 },
      locks: await sql<Figures["locks"][number][]>`
        select mode, granted as "isGranted", count(*)::int as count from pg_locks
        where database = (select oid from pg_database where datname = current_database()) group by 1, 2`,
      connections: await sql<Figures["connections"][number][]>`
        select application_name as application, coalesce(state, 'other') as state, count(*)::int as count,
          coalesce(max(${ageOf(sql, "xact_start")}), 0) as "longestTransactionSeconds"
        from pg_stat_activity
        where datname = current_database() and backend_type = 'client backend' and application_name like 'aivo%' group by 1, 2`,
      destinations: await sql<Figures["destinations"][number][]>`
        select destination as id, case when succeeded_at is not null then ${ageOf(sql, "succeeded_at")} end as "sinceSeconds", failures from audit_destinations`,
      outbox: await sql<Figures["outbox"][number][]>`
        select channel, count(*)::int as count, coalesce(max(${ageOf(sql, "next_attempt_at")}), 0) as "lagSeconds"
        from deliveries where state = 'waiting' group by 1`,
      connectionsAllowed: clock?.allowed ?? 0,
      clockOffsetSeconds,
    };
  });
}

function ageOf(sql: postgres.TransactionSql, column: string) {
  return sql.unsafe(`greatest(0, extract(epoch from clock_timestamp() - ${column}))::float8`);
}
