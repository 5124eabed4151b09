import { Socket } from "node:net";
import { drizzle } from "drizzle-orm/postgres-js";
import postgres from "postgres";
import * as schema from "./schema/index.ts";

/** Raw SQL for sets (lib/sync); drizzle for everything else. Both over one pool. */
export interface Database {
  readonly sql: postgres.Sql;
  readonly orm: Orm;
  close(): Promise<void>;
}
export type Orm = ReturnType<typeof openOrm>;

export function openDatabase(url: string, options: { readonly max?: number; readonly applicationName?: string } = {}): Database {
  const sql = postgres(url, {
    max: options.max ?? 10,
    onnotice: () => {},
    connection: { application_name: options.applicationName ?? "aivo" },
    ...withoutDelay(),
  });
  return { sql, orm: openOrm(sql), close: () => sql.end({ timeout: 5 }) };
}

/**
 * Connections that send at once (TCP_NODELAY). postgres.js leaves Nagle's algorithm on, which holds the end of each COPY
 * back until the server's delayed acknowledgement: 40 ms, six times in the smallest sync.
 */
export function withoutDelay(): postgres.Options<Record<string, postgres.PostgresType>> {
  let attempt = 0;
  const socket = ({ host, port, path }: { host: string[]; port: number[]; path?: string | false }) => {
    const index = attempt++ % port.length;
    const target = { host: host[index] ?? "localhost", port: port[index] ?? 5432 };
    // Not connected yet: what is written meanwhile waits. The name is what postgres.js asks a certificate for.
    const connecting = Object.assign(new Socket().setNoDelay(true), target);
    return path ? connecting.connect(path) : connecting.connect(target);
  };
  // The option is documented, and missing in the types.
  return { socket } as postgres.Options<Record<string, postgres.PostgresType>>;
}

export function openOrm(sql: postgres.Sql) {
  return drizzle(sql, { schema });
}
