import { randomUUID } from "node:crypto";
import { appendFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import { freePort } from "#cli/support/free-port.ts";
import { makeServerDirectory, postgresBinariesIn, runBinary, serverUser } from "#cli/support/postgres-binaries.ts";
import { distribute } from "#lib/platform/db/citus/distribute.ts";
import { migrate } from "#lib/platform/db/migrate.ts";
import { leaseStaging, releaseStaging } from "#lib/platform/db/staging-pool.ts";

export interface CitusNodes {
  /** Of the coordinator, with the database `postgres`. */
  readonly url: string;
  readonly workerUrls: readonly string[];
}

export interface TestCitus extends CitusNodes {
  stop(): Promise<void>;
}

/** Few, so that a database is made and cloned quickly; districts of a test file still lie on both workers. */
const shards = 4;

/**
 * A coordinator and two workers on the loopback address, which let everybody on this machine in.
 * @param folder of initdb and pg_ctl of a PostgreSQL that has the extension citus
 */
export async function startCitus(folder: string): Promise<TestCitus> {
  const { initdb, pgCtl } = postgresBinariesIn(folder, "AIVO_CITUS_BIN");
  const user = serverUser();
  const directory = await mkdtemp(join(tmpdir(), "aivo-citus-"));
  await makeServerDirectory(directory, user);
  const clusters: string[] = [];
  const stop = async () => {
    for (const cluster of clusters) await runBinary(pgCtl, ["stop", "-D", cluster, "-m", "immediate", "-w", "-s"], user, cluster);
    await rm(directory, { recursive: true, force: true });
  };
  const start = async (name: string) => {
    const cluster = join(directory, name);
    const locale = ["--encoding=UTF8", "--locale=C.UTF-8"];
    await runBinary(initdb, ["--pgdata", cluster, "--username=aivo", "--auth=trust", "--no-sync", ...locale], user, directory);
    const port = await freePort();
    await appendFile(join(cluster, "postgresql.conf"), settings(port));
    await runBinary(pgCtl, ["start", "-D", cluster, "-l", `${cluster}.log`, "-w", "-t", "60", "-s"], user, directory);
    clusters.push(cluster);
    return `postgres://aivo@127.0.0.1:${port}/postgres`;
  };
  try {
    return { url: await start("coordinator"), workerUrls: [await start("worker-1"), await start("worker-2")], stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function settings(port: number): string {
  return `
port = ${port}
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
shared_preload_libraries = 'citus'
citus.local_hostname = '127.0.0.1'
citus.node_conninfo = 'sslmode=disable'
citus.enable_create_database_propagation = off
max_connections = 300
max_prepared_transactions = 300
shared_buffers = 256MB
work_mem = 32MB
max_wal_size = 4GB
jit = off
autovacuum = off
fsync = off
synchronous_commit = off
full_page_writes = off
timezone = 'UTC'
`;
}

/** An empty database of Citus's, on every node; the coordinator knows the workers. */
export async function makeCitusDatabase({ url, workerUrls }: CitusNodes, name: string): Promise<string> {
  for (const server of [...workerUrls, url]) {
    await on(server, (sql) => sql`create database ${sql(name)}`);
    await on(withDatabase(server, name), (sql) => sql`create extension citus`);
  }
  await on(withDatabase(url, name), async (sql) => {
    await sql`select citus_set_coordinator_host('127.0.0.1', ${portOf(url)})`;
    for (const worker of workerUrls) await sql`select citus_add_node('127.0.0.1', ${portOf(worker)})`;
  });
  return withDatabase(url, name);
}

/** On every node; nobody else may use it. */
export async function dropCitusDatabase({ url, workerUrls }: CitusNodes, name: string): Promise<void> {
  for (const server of [url, ...workerUrls]) await on(server, (sql) => sql`drop database ${sql(name)} with (force)`);
}

/**
 * The same, migrated and distributed, with a staging set as the first run would make it, and left alone by everybody so that it can be
 * cloned, node by node.
 */
export async function makeCitusTemplate(citus: CitusNodes, name: string): Promise<void> {
  const url = await makeCitusDatabase(citus, name);
  await migrate(url);
  const made = await on(url, (sql) => distribute(sql, shards));
  if (!made.ok) throw new Error(made.missing.map(({ what }) => what).join(" "));
  await on(url, async (sql) => {
    const run = { districtId: randomUUID(), runId: randomUUID() };
    await leaseStaging(sql, run);
    await releaseStaging(sql, run.runId);
  });
  for (const server of [...citus.workerUrls, citus.url]) {
    await on(server, async (sql) => {
      await sql.unsafe(`alter database ${name} with allow_connections false`);
      // Citus keeps a process of its own in each database.
      await sql`select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = ${name}`;
    });
  }
}

function portOf(url: string): number {
  return Number(new URL(url).port);
}

function withDatabase(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
}

async function on<T>(url: string, work: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    return await work(sql);
  } finally {
    await sql.end();
  }
}
