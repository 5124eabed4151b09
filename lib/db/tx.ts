import type postgres from "postgres";
import type { DistrictScope, OwnScope } from "#lib/access.ts";
import type { Database, Orm } from "./client.ts";

type OrmTransaction = Parameters<Parameters<Orm["transaction"]>[0]>[0];

/** One transaction, seen as raw SQL and as drizzle. */
export interface Tx {
  /** Timestamps and dates come back as text here: drizzle has taken over their parsers. */
  readonly sql: postgres.TransactionSql;
  readonly orm: OrmTransaction;
  readonly districtId: string;
}

/**
 * Runs `work` in a transaction as the role `aivo_app`, which owns no table and which row-level security confines to the
 * scope's district. Commits when it resolves, rolls back when it throws. The database ends it when a statement takes longer, or
 * nothing comes for longer, than the process allows (see DatabaseLimits).
 */
export function withDistrict<T>(db: Database, scope: DistrictScope | OwnScope, work: (tx: Tx) => Promise<T>): Promise<T> {
  return begin(db, scope.districtId, async (tx) => {
    await tx.sql`select set_config('role', 'aivo_app', true), set_config('aivo.district_id', ${scope.districtId}, true), ${limits(db, tx)}`;
    return work(tx);
  });
}

/**
 * The same without the confinement, for the few things that the application's role must not do: sign-in across districts,
 * staging tables, retention. Callers name the district they work on; audit still goes to it.
 */
export function withOwner<T>(db: Database, districtId: string, work: (tx: Tx) => Promise<T>): Promise<T> {
  return begin(db, districtId, async (tx) => {
    await tx.sql`select ${limits(db, tx)}`;
    return work(tx);
  });
}

function begin<T>(db: Database, districtId: string, work: (tx: Tx) => Promise<T>): Promise<T> {
  return db.orm.transaction((orm) => work({ orm, sql: rawOf(orm), districtId }));
}

/** Set in each transaction: a pooler between us and the database need not know of them. */
function limits({ limits: { statementSeconds, idleSeconds } }: Database, { sql }: Tx) {
  return sql`set_config('statement_timeout', ${`${statementSeconds}s`}, true), set_config('idle_in_transaction_session_timeout', ${`${idleSeconds}s`}, true)`;
}

/** drizzle keeps the postgres.js transaction it runs on in its session; both then share one transaction. */
function rawOf(orm: OrmTransaction): postgres.TransactionSql {
  return (orm as unknown as { session: { client: postgres.TransactionSql } }).session.client;
}
