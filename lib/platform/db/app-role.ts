import type postgres from "postgres";
import { ServiceError } from "#lib/platform/errors.ts";

/** The role that the application works as (drizzle/0001_district-isolation.sql). It belongs to the server, not to one database. */
export const appRole = "aivo_app";

/** The role of whoever has leave for some schools alone: it reads what the policies of drizzle/0043_roles.sql let it see, and writes nothing. */
export const schoolRole = "aivo_school";

export type AssertedRole = typeof appRole | typeof schoolRole;

/**
 * Before PostgreSQL 16 every member of a role may take it on, and whoever may create roles may grant any but a superuser's.
 * @param name the role
 * @param need what the database's owner must be able to do with the role: take it on, or also grant it, as the first migration does
 * @param remedy what a superuser runs where it cannot
 * @throws ServiceError `precondition`
 */
export async function assertRole(
  sql: postgres.Sql,
  name: AssertedRole,
  need: "SET" | "MEMBER WITH ADMIN OPTION",
  remedy: (owner: string) => string,
): Promise<void> {
  const [role] = await sql<{ owner: string; isThere: boolean; isAllowed: boolean; canCreate: boolean }[]>`
    select quote_ident(current_user) as owner, r.oid is not null as "isThere", (me.rolsuper or me.rolcreaterole) as "canCreate",
      case
        when current_setting('server_version_num')::int >= 160000 then coalesce(pg_has_role(current_user, r.oid, ${need}), false)
        when ${need} = 'SET' then coalesce(pg_has_role(current_user, r.oid, 'MEMBER'), false)
        else me.rolcreaterole or coalesce(pg_has_role(current_user, r.oid, ${need}), false)
      end as "isAllowed"
    from pg_roles me left join pg_roles r on r.rolname = ${name} where me.rolname = current_user`;
  if (!role || role.isAllowed || (!role.isThere && role.canCreate)) return;
  const what = role.isThere ? `exists, but ${role.owner} may not use it` : `is missing, and ${role.owner} may not create roles`;
  const create = role.isThere ? "" : `CREATE ROLE ${name} NOLOGIN; `;
  throw new ServiceError(
    "precondition",
    `The database role ${name} ${what}. Nothing was changed. As a superuser, or whoever may grant it, run: ${create}${remedy(role.owner)}`,
  );
}
