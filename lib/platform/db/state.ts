import type postgres from "postgres";
import journal from "#drizzle/meta/_journal.json" with { type: "json" };
import { ServiceError } from "#lib/platform/errors.ts";
import { appRole, assertRole, schoolRole } from "./app-role.ts";

/** The newest migration of this version, by the time that drizzle keeps of each. */
const newest = Math.max(...journal.entries.map(({ when }) => when));

/**
 * Every process that works on the database asks this first, so that it says what is wrong instead of failing at its first query.
 * @throws ServiceError `precondition`: the schema is missing, older or newer than this version, or the role is not to be used
 */
export async function assertCurrent(sql: postgres.Sql): Promise<void> {
  const [present] = await sql<{ found: boolean }[]>`select to_regclass('drizzle.__drizzle_migrations') is not null as found`;
  const [last] = present?.found
    ? await sql<{ at: number | null }[]>`select max(created_at)::float8 as at from drizzle.__drizzle_migrations`
    : [];
  if (last?.at == null) throw refusal("has no tables of Aivo's yet. Make them with: npm run db:migrate");
  if (last.at < newest) throw refusal("is of an older version of Aivo than this one. Bring it up to date with: npm run db:migrate");
  if (last.at > newest)
    throw refusal("is of a newer version of Aivo than this one. Start the version that it was migrated for, or a newer one");
  for (const role of [appRole, schoolRole] as const) await assertRole(sql, role, "SET", (owner) => `GRANT ${role} TO ${owner};`);
}

function refusal(what: string): ServiceError {
  return new ServiceError("precondition", `The database that DATABASE_URL names ${what}.`);
}
