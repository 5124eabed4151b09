import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import journal from "#drizzle/meta/_journal.json" with { type: "json" };
import { ServiceError } from "#lib/platform/errors.ts";
import { installQueues } from "#lib/platform/jobs.ts";
import { type AssertedRole, appRole, assertRole, schoolRole } from "./app-role.ts";
import { type Applied, applyPending } from "./apply-pending.ts";
import { type Database, openOrm } from "./client.ts";
import { makePartitions, monthlyTables } from "./partitions.ts";
import { letEnter, rolesAreMissing, settleRoles } from "./roles.ts";
import { assertServerIsSupported } from "./server-version.ts";
import { ensureUuidv7 } from "./uuidv7.ts";

const migrationsFolder = join(import.meta.dirname, "../../../drizzle");

/**
 * Brings the database to the newest schema. Safe when several processes start at once: a session lock lets one of them
 * work while the others wait, and find nothing left to do. Needs a direct connection or a session pool: a transaction
 * pooler (PgBouncer) would lose the lock.
 * @param districtUrl the address as `aivo_district`, which may sign in with its password from then on; null: what it may stays as it is
 * @throws ServiceError `precondition`: the server is too old, the database is another program's, or its role cannot be used
 */
export function migrate(databaseUrl: string, districtUrl: string | null = null): Promise<Applied> {
  return migrateFrom(databaseUrl, migrationsFolder, districtUrl);
}

/**
 * The same up to a migration of an earlier version, for a backup that was made by it.
 * @param when the migration's time in drizzle's journal
 * @throws ServiceError `precondition`: this version knows no such migration
 */
export async function migrateUpTo(databaseUrl: string, when: number): Promise<void> {
  const known = journal.entries.filter((entry) => entry.when <= when);
  if (known.at(-1)?.when !== when)
    throw new ServiceError(
      "precondition",
      "The backup was made by a newer version of Aivo than this one. Restore it with that version, or a newer one.",
    );
  const folder = await mkdtemp(join(tmpdir(), "aivo-migrations-"));
  try {
    await cp(migrationsFolder, folder, { recursive: true });
    await writeFile(join(folder, "meta", "_journal.json"), JSON.stringify({ ...journal, entries: known }));
    await migrateFrom(databaseUrl, folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function migrateFrom(databaseUrl: string, folder: string, districtUrl: string | null = null): Promise<Applied> {
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => {}, connection: { application_name: "aivo migrate" } });
  try {
    await assertServerIsSupported(sql);
    await sql`select pg_advisory_lock(hashtextextended('aivo:migrate', 0))`;
    await assertIsOurs(sql);
    await assertRolesCanBeGranted(sql);
    await ensureUuidv7(sql);
    const orm = openOrm(sql);
    const applied = await applyPending(sql, orm, folder);
    await makeMonths({ sql, orm, limits: { statementSeconds: 0, idleSeconds: 60 }, entrance: null, close: () => sql.end() });
    await installQueues(databaseUrl);
    const hasRoles = await settleRoles(sql);
    if (districtUrl === null) return applied;
    if (!hasRoles) throw rolesAreMissing();
    await letEnter(sql, districtUrl);
    return applied;
  } finally {
    await sql.end({ timeout: 5 });
  }
}

/** So that a fresh database has them, of the tables that its version has. Where a sync is in the way, the retention job makes them, and the default partition takes what comes before. */
async function makeMonths(db: Database): Promise<void> {
  const [clock] = await db.sql<{ ms: number }[]>`select extract(epoch from now())::float8 * 1000 as ms`;
  for (const table of monthlyTables) {
    const [there] = await db.sql<{ found: boolean }[]>`select to_regclass(${table.name}) is not null as found`;
    if (there?.found) await makePartitions(db, table, new Date(clock?.ms ?? 0));
  }
}

/** A mistyped address must not leave Aivo's tables in somebody else's database. Tables of extensions are nobody's. */
async function assertIsOurs(sql: postgres.Sql): Promise<void> {
  const foreign = await sql<{ name: string }[]>`
    select c.relname as name from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and to_regclass('public.sync_runs') is null
      and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
    order by 1 limit 1`;
  if (foreign[0] === undefined) return;
  const [database] = await sql<{ name: string }[]>`select current_database() as name`;
  throw new ServiceError(
    "precondition",
    `The database "${database?.name}" holds tables that are not Aivo's (such as "${foreign[0].name}"). Nothing was changed. Check DATABASE_URL, or create an empty database for Aivo.`,
  );
}

/** Migrations grant each role to whoever owns the database; where that cannot be, this says so instead of failing half-way. */
async function assertRolesCanBeGranted(sql: postgres.Sql): Promise<void> {
  const [made] = await sql<Record<AssertedRole, boolean>[]>`
    select to_regclass('public.sync_runs') is not null as aivo_app,
      to_regprocedure('public.is_told_of(uuid, text[], text[])') is not null as aivo_school`;
  for (const role of [appRole, schoolRole] as const)
    if (made?.[role]) await assertRole(sql, role, "SET", (owner) => `GRANT ${role} TO ${owner};`);
    else await assertRole(sql, role, "MEMBER WITH ADMIN OPTION", (owner) => `GRANT ${role} TO ${owner} WITH ADMIN OPTION;`);
}
