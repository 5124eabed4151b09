import { createHash, createHmac, pbkdf2Sync, randomBytes } from "node:crypto";
import type postgres from "postgres";
import { ServiceError } from "#lib/platform/errors.ts";
import { appRole, schoolRole } from "./app-role.ts";
import { isDistributed } from "./citus/is-distributed.ts";
import { codeOf } from "./error-codes.ts";

/*
 * Who may do what in the database. The owner makes and changes tables. `aivo_district` signs in, owns nothing, and sees and writes what is of the
 * district that its transaction has entered by a token (entrance.ts); `aivo_keeper`, which it can take on, may also delete there: for erasing,
 * retention and undo, and `aivo_school` reads there what is of some schools (drizzle/0043_roles.sql). Row-level security is forced, so that the
 * owner's rights are a policy, too. `aivo_app` is what the owner's own connections work as, and those of the version before.
 *
 * Settled after the migrations, from what `aivo_app` was granted by them, so that a table has one list of grants.
 */

export const districtRole = "aivo_district";
export const keeperRole = "aivo_keeper";

/** What a superuser, or whoever may create roles, runs where the owner may not. */
const makeRoles = `CREATE ROLE ${districtRole} NOLOGIN NOINHERIT; CREATE ROLE ${keeperRole} NOLOGIN; GRANT ${keeperRole}, ${schoolRole} TO ${districtRole};`;

/**
 * Makes the roles, and gives them what is theirs. Changes nothing where nothing is missing. Not on Citus, which takes no such policy, nor in a
 * schema of before there were any. Returns whether the roles are there.
 */
export async function settleRoles(sql: postgres.Sql): Promise<boolean> {
  const [entry] = await sql<{ found: boolean }[]>`select to_regclass('entry.keys') is not null as found`;
  if (!entry?.found || (await isDistributed({ sql }))) return false;
  if (!(await makeMissing(sql))) return false;
  await sql.unsafe(`
    grant usage on schema entry, public, staging, waiting, pgboss to ${districtRole}, ${keeperRole};
    grant usage on schema entry to ${schoolRole};
    grant execute on function entry.moment(), entry.district() to ${districtRole}, ${keeperRole};
    grant execute on function entry.district() to ${schoolRole};`);
  for (const statements of await whatIsMissing(sql)) await patiently(sql, statements);
  return true;
}

async function makeMissing(sql: postgres.Sql): Promise<boolean> {
  const there = () => sql<{ isThere: boolean }[]>`
    select bool_and(coalesce(pg_has_role(to_regrole(${districtRole}), to_regrole(role), 'MEMBER'), false)) as "isThere"
    from unnest(${[keeperRole, schoolRole]}::text[]) role`;
  if ((await there())[0]?.isThere) return true;
  for (const statement of makeRoles.split("; "))
    await sql.unsafe(statement).catch((error: unknown) => {
      if (!refusedOrThere.has(codeOf(error) ?? "")) throw error;
    });
  return (await there())[0]?.isThere ?? false;
}

/** Insufficient privilege, duplicate object, unique violation, tuple concurrently updated (PostgreSQL manual, appendix A). */
const refusedOrThere: ReadonlySet<string> = new Set(["42501", "42710", "23505", "XX000"]);

/** @throws ServiceError `precondition` */
export function rolesAreMissing(): ServiceError {
  return new ServiceError(
    "precondition",
    `The database has no roles that web and worker could sign in as, and its owner may not create any. As a superuser run: ${makeRoles} Then run db:migrate again.`,
  );
}

/** Of each table what has to be said of it, in one transaction each. */
async function whatIsMissing(sql: postgres.Sql): Promise<readonly string[]> {
  const rows = await sql<{ statements: string }[]>`
    with relations as (
      select c.oid, format('%I.%I', n.nspname, c.relname) as name, n.nspname as schema, c.relname as relation, c.relkind, c.relacl,
        c.relrowsecurity, c.relforcerowsecurity, c.relispartition,
        case when c.relname = 'districts' and n.nspname = 'public' then 'id' else 'district_id' end as key,
        n.nspname = 'staging' and c.relname ~ '^set[0-9]+_' as is_set,
        n.nspname = 'pgboss' and (c.relname = 'job' or exists (
          select from pg_inherits i where i.inhrelid = c.oid and i.inhparent = to_regclass('pgboss.job'))) as is_jobs
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname in ('public', 'staging', 'waiting', 'pgboss') and c.relkind in ('r', 'p', 'S') and c.relpersistence <> 't'
        and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')),
    statements as (
      -- Rows are streamed into staging sets by COPY, which takes no policy: their owner has none.
      select r.name, 1 as step, format('alter table %s enable row level security, force row level security', r.name) as statement
      from relations r where relkind <> 'S' and (relrowsecurity or is_jobs) and not relforcerowsecurity and not is_set
      union all
      select r.name, 2, format('create policy owner on %s to current_user using (true) with check (true)', r.name)
      from relations r where relkind <> 'S' and (relrowsecurity or is_jobs) and not is_set
        and not exists (select from pg_policy p where p.polrelid = r.oid and p.polname = 'owner')
      union all
      select r.name, 3, format('create policy entered on %s to %s using (%s = (select entry.district())%s)', r.name, ${`${districtRole}, ${keeperRole}`}::text,
        case when is_jobs then '(data ->> ''districtId'')' else r.key end, case when is_jobs then '::text' else '' end)
      from relations r where relkind <> 'S'
        and (is_jobs or exists (select from pg_policy p where p.polrelid = r.oid and to_regrole(${appRole})::oid = any(p.polroles)))
        and not exists (select from pg_policy p where p.polrelid = r.oid and p.polname = 'entered')
      union all
      -- What lets in for some schools goes by a setting; over a connection that enters, it has to be the district that was entered, too.
      select r.name, 3, format('create policy entered_first on %s as restrictive to %I using (session_user <> %L or %s = (select entry.district()))', r.name,
        ${schoolRole}::text, ${districtRole}::text, r.key)
      from relations r where exists (select from pg_policy p where p.polrelid = r.oid and to_regrole(${schoolRole})::oid = any(p.polroles))
        and not exists (select from pg_policy p where p.polrelid = r.oid and p.polname = 'entered_first')
      union all
      -- As the application's role, but for what passes by policies.
      select r.name, 4, format('grant %s on %s %s to %s', lower(a.privilege_type), case when relkind = 'S' then 'sequence' else 'table' end, r.name, g.role)
      from relations r, aclexplode(r.relacl) a, unnest(${[districtRole, keeperRole]}::text[]) g (role)
      where a.grantee = to_regrole(${appRole}) and a.privilege_type in ('SELECT', 'INSERT', 'UPDATE', 'DELETE', 'USAGE')
        and not exists (select from aclexplode(r.relacl) b where b.grantee = to_regrole(g.role) and b.privilege_type = a.privilege_type)
      union all
      select r.name, 4, format('grant %s (%I) on table %s to %s', lower(a.privilege_type), t.attname, r.name, g.role)
      from relations r join pg_attribute t on t.attrelid = r.oid and not t.attisdropped, aclexplode(t.attacl) a,
        unnest(${[districtRole, keeperRole]}::text[]) g (role)
      where a.grantee = to_regrole(${appRole})
        and not exists (select from aclexplode(t.attacl) b where b.grantee = to_regrole(g.role) and b.privilege_type = a.privilege_type)
      union all
      -- A keeper deletes and mends what the application only adds to; never the audit log, nor a district.
      select r.name, 4, format('grant select, insert, update, delete on table %s to %s', r.name, ${keeperRole}::text)
      from relations r where r.schema in ('public', 'waiting') and relkind <> 'S' and not relispartition
        and r.relation not in ('audit_entries', 'districts')
        and exists (select from pg_policy p where p.polrelid = r.oid and to_regrole(${appRole})::oid = any(p.polroles))
        and not has_table_privilege(${keeperRole}, r.oid, 'DELETE')
      union all
      select r.name, 4, format('grant select, insert, update on table %s to %s', r.name, ${`${districtRole}, ${keeperRole}`}::text)
      from relations r where is_jobs and not has_table_privilege(${districtRole}, r.oid, 'UPDATE')
      union all
      select r.name, 4, format('grant select on table %s to %s', r.name, ${`${districtRole}, ${keeperRole}`}::text)
      from relations r where r.name = 'pgboss.queue' and not has_table_privilege(${districtRole}, r.oid, 'SELECT'))
    select string_agg(statement, '; ' order by step) as statements from statements group by name order by name`;
  return rows.map(({ statements }) => statements);
}

/** For a table that is made later: what settleRoles() would say of it, where the roles are there. */
export function enteredBy(table: string): string {
  return `grant select, insert, update, delete on ${table} to ${districtRole}, ${keeperRole};
    create policy entered on ${table} to ${districtRole}, ${keeperRole} using (district_id = (select entry.district()));`;
}

/** Whoever writes waits behind us for as long as we wait for a lock: not for long, and again. */
async function patiently(sql: postgres.Sql, statements: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await sql.unsafe(`begin; set local lock_timeout = '2s'; ${statements}; commit`).simple();
      return;
    } catch (error) {
      await sql.unsafe("rollback").simple();
      if (codeOf(error) !== "55P03" || attempt === lockAttempts) throw error;
    }
  }
}

const lockAttempts = 150;

/**
 * Lets `aivo_district` sign in with the password of the address. The server is told a verifier of it (RFC 5803), which its log may hold.
 * @throws ServiceError `precondition` where the address names another role, or has no password
 */
export async function letEnter(sql: postgres.Sql, address: string): Promise<void> {
  const { username, password } = new URL(address);
  if (decodeURIComponent(username) !== districtRole || password === "")
    throw new ServiceError("precondition", `AIVO_DISTRICT_DATABASE_URL must name the role ${districtRole} and its password.`);
  const [role] = await sql<{ mayLogIn: boolean }[]>`select rolcanlogin as "mayLogIn" from pg_roles where rolname = ${districtRole}`;
  try {
    await sql.unsafe(`alter role ${districtRole} login password '${scramVerifier(decodeURIComponent(password))}'`);
  } catch (error) {
    if (codeOf(error) !== "42501") throw error;
    // Whoever let it sign in gave it a password: that is seen when it is used.
    if (role?.mayLogIn) return;
    throw new ServiceError(
      "precondition",
      `${districtRole} cannot sign in, and the database's owner may not let it. As a superuser run: ALTER ROLE ${districtRole} LOGIN PASSWORD 'the one in AIVO_DISTRICT_DATABASE_URL';`,
    );
  }
}

/** The address of the same database as `aivo_district`. */
export function districtUrl(ownerUrl: string, password: string): string {
  const url = new URL(ownerUrl);
  url.username = districtRole;
  url.password = encodeURIComponent(password);
  return url.href;
}

/** As PostgreSQL stores it: what is of ASCII needs no preparation (RFC 7677). */
function scramVerifier(password: string, iterations = 4096): string {
  const salt = randomBytes(16);
  const salted = pbkdf2Sync(password.normalize("NFKC"), salt, iterations, 32, "sha256");
  const keyed = (what: string) => createHmac("sha256", salted).update(what).digest();
  const stored = createHash("sha256").update(keyed("Client Key")).digest("base64");
  return `SCRAM-SHA-256$${iterations}:${salt.toString("base64")}$${stored}:${keyed("Server Key").toString("base64")}`;
}
