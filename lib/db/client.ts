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
  });
  return { sql, orm: openOrm(sql), close: () => sql.end({ timeout: 5 }) };
}

export function openOrm(sql: postgres.Sql) {
  return drizzle(sql, { schema });
}
