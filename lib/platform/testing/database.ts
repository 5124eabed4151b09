import { randomBytes } from "node:crypto";
import postgres from "postgres";
import { inject } from "vitest";
import { type Database, openDatabase } from "#lib/platform/db/client.ts";
import { districtUrl } from "#lib/platform/db/roles.ts";
import { districts } from "#lib/platform/db/schema/districts.ts";

/** A database of a test file's own: migrated, empty, gone after `close`. */
export interface TestDatabase {
  readonly db: Database;
  /** As its owner. */
  readonly url: string;
  /** As the role that enters districts; null on Citus. */
  readonly districtUrl: string | null;
  /** Cuts the connections with this application name, and refuses new ones until the function that it answers is called. */
  takeAway(applicationName: string): Promise<() => Promise<void>>;
  /**
   * Closes `db` and drops the database.
   * @throws Error when the file left connections behind, a staging set leased, or anything in one
   */
  close(): Promise<void>;
}

/** Clones the migrated template: `const { db, close } = await testDatabase(); afterAll(close);` */
export async function testDatabase(): Promise<TestDatabase> {
  const serverUrl = inject("databaseServerUrl");
  const name = `aivo_test_${randomBytes(6).toString("hex")}`;
  for (const server of [...inject("citusWorkerUrls"), serverUrl])
    await onServer(server, async (sql) => {
      await sql`create database ${sql(name)} template ${sql(inject("templateDatabase"))}`;
      // Settings of a database are not cloned with it.
      if (inject("citusWorkerUrls").length > 0) await sql.unsafe(`alter database ${name} set citus.propagate_set_commands = 'local'`);
    });
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  const password = inject("districtPassword");
  const entering = password === "" ? null : districtUrl(url.href, password);
  const db = openDatabase(url.href, { applicationName: "test", districtUrl: entering });
  const allowConnections = (allowed: boolean) =>
    onServer(serverUrl, (sql) => sql.unsafe(`alter database ${name} with allow_connections ${allowed}`));
  const takeAway = async (applicationName: string) => {
    await allowConnections(false);
    await db.sql`
      select pg_terminate_backend(pid) from pg_stat_activity where datname = ${name} and application_name = ${applicationName}`;
    return async () => {
      await allowConnections(true);
    };
  };
  const close = async () => {
    const staging = await leftInStaging(db.sql);
    await db.close();
    await onServer(serverUrl, async (sql) => {
      const connections = await lingeringConnections(sql, name);
      await sql`drop database ${sql(name)} with (force)`;
      for (const worker of inject("citusWorkerUrls")) await onServer(worker, (other) => other`drop database ${other(name)} with (force)`);
      if (staging.length > 0) throw new Error(`Left in staging: ${staging.join(", ")}`);
      if (connections.length > 0) throw new Error(`Connections left open: ${connections.join(", ")}`);
    });
  };
  return { db, url: url.href, districtUrl: entering, takeAway, close };
}

/** The runs that have a staging set leased, and the tables of the schema that have rows or belong to no set and to no undo. */
export async function leftInStaging(sql: postgres.Sql): Promise<readonly string[]> {
  const leases = await sql<{ runId: string }[]>`select run_id as "runId" from staging.sets where run_id is not null`;
  const tables = await sql<{ name: string; isKnown: boolean }[]>`
    select tablename as name, tablename ~ '^(set[0-9]+|undo)_' as "isKnown" from pg_tables where schemaname = 'staging' and tablename <> 'sets'`;
  const each = tables.map(({ name, isKnown }) =>
    isKnown ? `select '${name}' as name where exists (select 1 from staging.${name})` : `select '${name}' as name`,
  );
  const filled = each.length === 0 ? [] : await sql.unsafe<{ name: string }[]>(each.join(" union all "));
  return [...leases.map(({ runId }) => `the set of run ${runId}`), ...filled.map(({ name }) => name)];
}

/** A fresh district: tests of one file keep out of each other's way by having one each. */
export async function newDistrict(db: Database, options: { readonly timezone?: string; readonly name?: string } = {}): Promise<string> {
  const [row] = await db.orm
    .insert(districts)
    .values({ name: options.name ?? "Test District", timezone: options.timezone ?? "America/Chicago" })
    .returning({ id: districts.id });
  if (!row) throw new Error("The district was not made");
  return row.id;
}

/** An id of version 7 of a moment, which is SQL too: PostgreSQL makes those of other moments than now from 18 on. */
export function uuidv7At(at: string): string {
  const time = `lpad(to_hex((extract(epoch from ${at}) * 1000)::bigint), 12, '0')`;
  return `(overlay(${time} placing '-' from 9 for 0) || '-7' || substr(gen_random_uuid()::text, 16))::uuid`;
}

/** A closed connection is seen by the server a moment later, so this looks a few times before it calls one open. */
async function lingeringConnections(sql: postgres.Sql, database: string): Promise<string[]> {
  for (let look = 0; ; look++) {
    const rows = await sql<{ application_name: string }[]>`
      select application_name from pg_stat_activity where datname = ${database} and backend_type = 'client backend' and application_name not like 'citus_internal%'`;
    if (rows.length === 0 || look === 20) return rows.map((row) => row.application_name);
    await sql`select pg_sleep(0.1)`;
  }
}

async function onServer<T>(url: string, work: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    return await work(sql);
  } finally {
    await sql.end();
  }
}
