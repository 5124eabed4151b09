import { drizzle } from "drizzle-orm/postgres-js";
import postgres from "postgres";
import * as schema from "./schema/index.ts";
import { withoutDelay } from "./socket.ts";

/** Raw SQL for sets (lib/sync); drizzle for everything else. Both over one pool. */
export interface Database {
  readonly sql: postgres.Sql;
  readonly orm: Orm;
  readonly limits: DatabaseLimits;
  close(): Promise<void>;
}
export type Orm = ReturnType<typeof openOrm>;

/** What a transaction of this process may take; see lib/db/tx.ts. */
export interface DatabaseLimits {
  /** The longest that one statement may take; 0: as long as it takes. */
  readonly statementSeconds: number;
  /** The longest that a transaction may wait for us between two statements. */
  readonly idleSeconds: number;
}

export interface DatabaseOptions extends Partial<DatabaseLimits> {
  readonly max?: number;
  readonly applicationName?: string;
}

/** A slot that cannot connect gives up after this long; whoever waits for it is told. */
const connectSeconds = 5;
/** Between two tries of one slot, so that a database that is back is used at once. */
const retrySeconds = 0.25;
/** Connections that nobody uses end by themselves. */
const unusedSeconds = 60;

/**
 * Opens a pool. A slot that lost its connection is never used again, because a transaction that was on it may still write to it: the
 * next query begins a pool anew, and what is under way on the other connections of the old one ends there. Who waits for a
 * connection of a pool that has lost all of them is told at once.
 */
export function openDatabase(url: string, options: DatabaseOptions = {}): Database {
  const retired = new Set<Pool>();
  let last: Pool | null = null;
  const pool = (): Pool => {
    if (last?.state.isOpen) return last;
    if (last) retire(last, retired);
    last = openPool(url, options, last);
    return last;
  };
  return {
    sql: alwaysOf(() => pool().sql),
    get orm() {
      return pool().orm;
    },
    limits: { statementSeconds: options.statementSeconds ?? 0, idleSeconds: options.idleSeconds ?? 60 },
    close: async () => {
      await Promise.all([...retired, ...(last ? [last] : [])].map(({ sql }) => sql.end({ timeout: 5 })));
    },
  };
}

interface Pool {
  readonly sql: postgres.Sql;
  readonly orm: Orm;
  /** Open until it loses a connection; with how many that stand. */
  readonly state: { isOpen: boolean; connected: number };
}

/** Its connections finish what they are at, and end unused. */
function retire(pool: Pool, retired: Set<Pool>): void {
  retired.add(pool);
  setTimeout(() => retired.delete(pool), 10 * unusedSeconds * 1000).unref();
}

function openPool(url: string, options: DatabaseOptions, before: Pool | null): Pool {
  const state = { isOpen: true, connected: 0 };
  const socket = withoutDelay({
    isOpen: () => state.isOpen,
    onConnected: () => {
      state.connected++;
    },
    onClosed: (isLost) => {
      state.connected--;
      if (isLost) state.isOpen = false;
    },
  });
  const driver = {
    max: options.max ?? 10,
    connect_timeout: connectSeconds,
    idle_timeout: unusedSeconds,
    backoff: () => (state.isOpen || state.connected > 0 ? retrySeconds : 0),
    onnotice: () => {},
    connection: { application_name: options.applicationName ?? "aivo" },
  };
  // The types want max_lifetime, which has a default.
  const sql = postgres(url, { ...driver, ...socket } as postgres.Options<Record<string, postgres.PostgresType>>);
  if (before) takeTypes(before.sql, sql);
  return { sql, orm: openOrm(sql), state };
}

/** What one pool has learned of the server's arrays holds for the next. */
function takeTypes(from: postgres.Sql, to: postgres.Sql): void {
  const [known, fresh] = [from.options, to.options] as unknown as Record<string, Record<string, object>>[];
  for (const kind of ["parsers", "serializers"]) Object.assign(fresh?.[kind] ?? {}, known?.[kind]);
  Object.assign(fresh?.shared?.typeArrayMap ?? {}, known?.shared?.typeArrayMap);
}

/** Passes every use on to what `current` gives at that moment. */
function alwaysOf(current: () => postgres.Sql): postgres.Sql {
  return new Proxy((() => {}) as unknown as postgres.Sql, {
    apply: (_target, _self, args) => Reflect.apply(current() as unknown as (...all: unknown[]) => unknown, undefined, args),
    get: (_target, key) => Reflect.get(current(), key),
  });
}

export function openOrm(sql: postgres.Sql) {
  return drizzle(sql, { schema });
}
