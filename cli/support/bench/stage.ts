import { randomBytes } from "node:crypto";
import { chmod, mkdir, rm } from "node:fs/promises";
import { availableParallelism, cpus, totalmem } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import { startEmbeddedPostgres } from "#cli/support/embedded-postgres.ts";
import { makeKeyring, makeSecret } from "#cli/support/secrets.ts";
import type { Variables } from "#cli/support/variables.ts";
import { createSource } from "#lib/engine/sis/create.ts";
import type { AvailableProvider } from "#lib/engine/sis/credentials.ts";
import { operatorScope } from "#lib/platform/access.ts";
import { migrate } from "#lib/platform/db/migrate.ts";
import { parseEnv } from "#lib/platform/env.ts";
import { createDistrict } from "#lib/services/districts/write.ts";
import { addIntegration } from "#lib/services/integrations/write.ts";
import { openServices, type Services } from "#lib/services/services.ts";
import { type OwnServer, ownServer } from "./own-server.ts";
import { type MeasuredRun, measureRun } from "./run.ts";
import { startBenchWorker } from "./worker.ts";

/** What is asked for, and where it may leave things until the end. */
export interface BenchOptions {
  readonly users: number;
  readonly seed: number;
  /** Milliseconds before each answer of a district's HTTP server. */
  readonly latency: number;
  readonly home: string;
  /** Steps of the cleaning up; the last comes first. */
  readonly undo: (() => Promise<unknown>)[];
}

export const districtName = "Cedar Falls Unified";

export interface StageOptions {
  readonly provider: AvailableProvider;
  readonly credentials: unknown;
  /** Of the worker's environment: trusted origins, hosts of providers. */
  readonly variables: Readonly<Record<string, string>>;
  /** Of the database, for every session in it. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** A database of the bench's own, a worker process, and in it a district with one integration. */
export interface Stage {
  readonly databaseUrl: string;
  readonly sql: postgres.Sql;
  readonly services: Services;
  /** What a process of the product's own needs to be told. */
  readonly variables: Variables;
  /** Null where DATABASE_URL names another. */
  readonly server: OwnServer | null;
  readonly districtId: string;
  /** Reads the SIS in this process, and keeps nothing. */
  readOnce(): Promise<void>;
  sync(what: string): Promise<MeasuredRun>;
  /** Takes a run back. */
  undo(what: string, run: MeasuredRun): Promise<MeasuredRun>;
  databaseSettings(): Promise<Record<string, string>>;
}

/** Something measured on a stage of its own, in a folder of its own; what was started for it has ended then. */
export async function onStageOfItsOwn<T>(options: BenchOptions, name: string, work: (options: BenchOptions) => Promise<T>): Promise<T> {
  const undo: (() => Promise<unknown>)[] = [];
  const cleanUp = async () => {
    for (let step = undo.pop(); step; step = undo.pop()) await step().catch((error: unknown) => console.error(error));
  };
  // Where the whole ends before its time, this is ended with it.
  options.undo.push(cleanUp);
  try {
    const home = join(options.home, name);
    await mkdir(home, { recursive: true });
    // The server's user must be able to pass through.
    await chmod(options.home, 0o711);
    return await work({ ...options, home, undo });
  } finally {
    await cleanUp();
  }
}

/** A database of the bench's own with the product's services over it, and what a worker's environment has to be. */
export async function openProduct(
  { home, undo }: BenchOptions,
  more: Readonly<Record<string, string>>,
  settings: Readonly<Record<string, string>> = {},
) {
  const { databaseUrl, server } = await openDatabase(home, undo, settings);
  await migrate(databaseUrl);
  const variables = {
    ...process.env,
    DATABASE_URL: databaseUrl,
    AIVO_DATA_DIR: home,
    NEXTAUTH_SECRET: makeSecret(),
    AIVO_ENCRYPTION_KEYS: makeKeyring(),
    ...more,
  };
  const env = parseEnv(variables);
  const services = await openServices(env, { applicationName: "aivo-bench", max: 3 });
  undo.push(() => services.close());
  return { databaseUrl, server, variables, env, services };
}

export async function openStage(bench: BenchOptions, options: StageOptions): Promise<Stage> {
  const { home, undo } = bench;
  const { databaseUrl, server, variables, env, services } = await openProduct(bench, options.variables, options.settings);
  const { id: districtId } = await createDistrict(services, { name: districtName, timezone: "America/Chicago" });
  const { provider, credentials } = options;
  const { id: integrationId } = await addIntegration(services, operatorScope(districtId), { name: "Bench", provider, credentials });
  const worker = await startBenchWorker(variables, join(home, "worker.log"));
  undo.push(() => worker.stop());
  return {
    databaseUrl,
    sql: services.db.sql,
    services,
    variables,
    server,
    districtId,
    readOnce: async () => {
      const spoolDirectory = join(home, "read-once");
      const context = { signal: new AbortController().signal, trustedOrigins: env.trustedOrigins, spoolDirectory, now: () => new Date() };
      await createSource(provider, credentials, {}, env).extract(context, { cursor: null, onProgress: () => {} });
      await rm(spoolDirectory, { recursive: true });
    },
    sync: async (what) => {
      say(`Sync: ${what} …`);
      const run = await measureRun(services, worker, districtId, integrationId);
      say(`  ${run.state} in ${run.seconds} s, ${run.rowsRead} rows, worker peak ${run.workerPeakMegabytes ?? "?"} MB`);
      return run;
    },
    undo: async (what, { runId }) => {
      say(`Undo: ${what} …`);
      const run = await measureRun(services, worker, districtId, integrationId, runId);
      say(`  ${run.state} in ${run.seconds} s, ${run.changes} changes, worker peak ${run.workerPeakMegabytes ?? "?"} MB`);
      return run;
    },
    databaseSettings: () => databaseSettings(services.db.sql),
  };
}

/** A database of the bench's own: on DATABASE_URL's server if that is set, else an embedded one, with durability as in production. */
async function openDatabase(
  home: string,
  undo: BenchOptions["undo"],
  settings: Readonly<Record<string, string>>,
): Promise<{ databaseUrl: string; server: OwnServer | null }> {
  let serverUrl = process.env.DATABASE_URL;
  const isOwn = !serverUrl;
  if (!serverUrl) {
    await mkdir(home, { recursive: true });
    const embedded = await startEmbeddedPostgres({ dataDirectory: home, durable: true });
    undo.push(() => embedded.stop());
    serverUrl = embedded.url("postgres");
  }
  const name = `aivo_bench_${randomBytes(4).toString("hex")}`;
  const sql = postgres(serverUrl, { max: 1, onnotice: () => {} });
  await sql`create database ${sql(name)}`;
  // A module's settings are known once it is loaded.
  if (settings.session_preload_libraries) await sql.unsafe(`load '${settings.session_preload_libraries}'`);
  for (const [setting, value] of Object.entries(settings)) await sql.unsafe(`alter database ${name} set ${setting} = '${value}'`);
  undo.push(async () => {
    await sql`drop database ${sql(name)} with (force)`;
    await sql.end();
  });
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return { databaseUrl: url.href, server: isOwn ? ownServer(sql, join(home, "postgres", "server.log")) : null };
}

export async function databaseSettings(sql: postgres.Sql): Promise<Record<string, string>> {
  const names = ["server_version", "fsync", "synchronous_commit", "full_page_writes", "wal_level", "shared_buffers", "max_wal_size"];
  const rows = await sql<
    { name: string; setting: string }[]
  >`select name, current_setting(name) as setting from pg_settings where name = any(${names})`;
  return Object.fromEntries(rows.map(({ name, setting }) => [name, setting]));
}

export function machine() {
  return {
    cpu: cpus()[0]?.model ?? "unknown",
    cores: availableParallelism(),
    memoryGigabytes: Math.round(totalmem() / 2 ** 30),
    node: process.version,
  };
}

export function ratio(a: number, b: number): number {
  return Math.round((100 * a) / Math.max(b, 0.001)) / 100;
}

/** Progress goes to standard error, so that standard output is what was measured and nothing else. */
export function say(line: string): void {
  console.error(line);
}
