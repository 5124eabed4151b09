import type postgres from "postgres";
import journal from "#drizzle/meta/_journal.json" with { type: "json" };
import { ServiceError } from "#lib/platform/errors.ts";
import { appRole, assertRole, schoolRole } from "./app-role.ts";

/** The newest migration of this version, by the time that drizzle keeps of each. */
const newest = Math.max(...journal.entries.map(({ when }) => when));

/**
 * Every process that works on the database asks this first, so that it says what is wrong instead of failing at its first query.
 * @throws ServiceError `precondition`: the schema is missing, somebody else's, older or newer than this version, or the role is not to be used
 */
export async function assertCurrent(sql: postgres.Sql): Promise<void> {
  // Of the catalog, which everybody may read.
  const [table] = await sql<{ owner: string; us: string; isOurs: boolean }[]>`
    select pg_get_userbyid(c.relowner) as owner, current_user as us, pg_has_role(current_user, c.relowner, 'USAGE') as "isOurs"
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'drizzle' and c.relname = '__drizzle_migrations'`;
  if (table && !table.isOurs)
    throw refusal(
      `has tables of the role ${table.owner}, and is signed in to as ${table.us}, which may not use them. Put ${table.owner} and its password into DATABASE_URL`,
    );
  const [last] = table ? await sql<{ at: number | null }[]>`select max(created_at)::float8 as at from drizzle.__drizzle_migrations` : [];
  if (last?.at == null) throw refusal("has no tables of Aivo's yet. Make them with: npm run db:migrate");
  if (last.at < newest) throw refusal("is of an older version of Aivo than this one. Bring it up to date with: npm run db:migrate");
  if (last.at > newest)
    throw refusal("is of a newer version of Aivo than this one. Start the version that it was migrated for, or a newer one");
  for (const role of [appRole, schoolRole] as const) await assertRole(sql, role, "SET", (owner) => `GRANT ${role} TO ${owner};`);
}

function refusal(what: string): ServiceError {
  return new ServiceError("precondition", `The database that DATABASE_URL names ${what}.`);
}
