import type postgres from "postgres";
import { ServiceError } from "#lib/platform/errors.ts";

/** The oldest major version of PostgreSQL that the product runs on. */
export const oldestPostgres = 15;

/** @throws ServiceError `precondition`: the server is older than what the migrations and queries are written for */
export async function assertServerIsSupported(sql: postgres.Sql): Promise<void> {
  const [server] = await sql<{ number: number; name: string }[]>`
    select current_setting('server_version_num')::int as number, current_setting('server_version') as name`;
  const refused = server && refusalOf(server);
  if (refused) throw new ServiceError("precondition", refused);
}

/**
 * @param number as PostgreSQL says it in `server_version_num`: 150004 for 15.4
 * @param name as in `server_version`
 * @returns why there is nothing to be done on such a server; null where there is
 */
export function refusalOf({ number, name }: { readonly number: number; readonly name: string }): string | null {
  if (number >= oldestPostgres * 10_000) return null;
  return `The server that DATABASE_URL names is PostgreSQL ${name}; Aivo needs ${oldestPostgres} or newer. Nothing was changed.`;
}
