import { drizzle } from "drizzle-orm/postgres-js";
import postgres from "postgres";
import { type Entrance, openEntrance } from "./entrance.ts";
import * as schema from "./schema/index.ts";
import { withoutDelay } from "./socket.ts";

/** Raw SQL for sets (lib/engine/sync); drizzle for everything else. Both over one pool. */
export interface Database {
  readonly sql: postgres.Sql;
  readonly orm: Orm;
  readonly limits: DatabaseLimits;
  /** What is done in one district goes by it; null: over the owner's connections, as `aivo_app`. */
  readonly entrance: Entrance | null;
  close(): Promise<void>;
}
export type Orm = ReturnType<typeof openOrm>;

/** What a transaction of this process may take; see lib/platform/db/tx.ts. */
export interface DatabaseLimits {
  /** The longest that one statement may take; 0: as long as it takes. */
  readonly statementSeconds: number;
  /** The longest that a transaction may wait for us between two statements. */
  readonly idleSeconds: number;
}

export interface DatabaseOptions extends Partial<DatabaseLimits> {
  readonly max?: number;
  readonly applicationName?: string;
  /**
   * Whether statements keep a name on their connection, and are parsed there once; true unless said otherwise. A pooler in transaction mode
   * gives each transaction a connection that may know none of the names; without them a statement is parsed each time. It asks first what its
   * parameters are only where that depends on the server: bytes, dates, and lists but those of texts and numbers that are cast where they stand.
   */
  readonly prepare?: boolean;
  /** The same database as `aivo_district`; as many connections again, unless `districtMax` says otherwise. */
  readonly districtUrl?: string | null;
  readonly districtMax?: number;
}

/** A slot that cannot connect gives up after this long; whoever waits for it is told. */
const connectSeconds = 5;
/** Between two tries of one slot, so that a database that is back is used at once. */
const retrySeconds = 0.25;
/** Connections that nobody uses end by themselves. */
const unusedSeconds = 60;

/**
 * Opens a pool. A connection that was lost leaves nothing behind in its slot, which opens another for whoever comes next: that is what
 * cli/mend-postgres.mjs sees to in the driver.
 */
export function openDatabase(url: string, options: DatabaseOptions = {}): Database {
  const connect = (address: string, max: number) => {
    const driver = {
      max,
      connect_timeout: connectSeconds,
      idle_timeout: unusedSeconds,
      backoff: () => retrySeconds,
      prepare: options.prepare ?? true,
      onnotice: () => {},
      connection: { application_name: options.applicationName ?? "aivo" },
      ...withoutDelay(),
    };
    // The types want max_lifetime, which has a default.
    return postgres(address, driver as postgres.Options<Record<string, postgres.PostgresType>>);
  };
  const max = options.max ?? 10;
  const sql = connect(url, max);
  const entering = options.districtUrl ? connect(options.districtUrl, options.districtMax ?? max) : null;
  return {
    sql,
    orm: openOrm(sql),
    limits: { statementSeconds: options.statementSeconds ?? 0, idleSeconds: options.idleSeconds ?? 60 },
    entrance: entering && openEntrance(sql, entering, openOrm(entering)),
    close: async () => {
      await Promise.all([sql.end({ timeout: 5 }), entering?.end({ timeout: 5 })]);
    },
  };
}

export function openOrm(sql: postgres.Sql) {
  return drizzle(sql, { schema });
}
