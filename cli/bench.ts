import { randomBytes } from "node:crypto";
import { readdirSync, utimesSync } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, cpus, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import postgres from "postgres";
import { operatorScope } from "#lib/access.ts";
import { migrate } from "#lib/db/migrate.ts";
import { createDistrict } from "#lib/districts/write.ts";
import { parseEnv } from "#lib/env.ts";
import { addIntegration } from "#lib/integrations/write.ts";
import { openServices, type Services } from "#lib/services.ts";
import { shapeOf } from "#sandbox/district/shape.ts";
import { type SetCounts, writeSet } from "#sandbox/district/write-set.ts";
import { measureBareCopy, measureDownload, secondsSince } from "./support/bench/references.ts";
import { type MeasuredRun, measureRun } from "./support/bench/run.ts";
import { type BenchServer, startBenchServer } from "./support/bench/server.ts";
import { type BenchWorker, startBenchWorker } from "./support/bench/worker.ts";
import { startEmbeddedPostgres } from "./support/embedded-postgres.ts";
import { makeKeyring, makeSecret } from "./support/secrets.ts";

/**
 * npm run bench -- --users N [--seed S] [--keep]
 *
 * A district of N users through the whole path: real files over SFTP, the worker's own process, the product's database.
 * Synced for the first time, again unchanged, again with one learner in a hundred changed; beside it, in the same run on
 * the same database, the floors: a bare COPY of the same rows, a bare download of the same files. Prints JSON.
 */
const { values } = parseArgs({
  options: {
    users: { type: "string", default: "10000" },
    seed: { type: "string", default: "1" },
    keep: { type: "boolean", default: false },
  },
});
const users = Number(values.users);
const seed = Number(values.seed);
if (!Number.isInteger(users) || users < 50 || !Number.isInteger(seed)) {
  console.error("usage: npm run bench -- --users N [--seed S] [--keep], with N of 50 or more");
  process.exit(1);
}

const home = await mkdtemp(join(tmpdir(), "aivo-bench-"));
const undo: (() => Promise<unknown>)[] = [];
let cleaning: Promise<void> | null = null;
if (values.keep) console.error(`Everything stays in ${home}`);
else undo.push(() => rm(home, { recursive: true, force: true }));

for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void cleanUp().then(() => process.exit(1)));
try {
  console.log(JSON.stringify(await bench(), null, 2));
} finally {
  await cleanUp();
}

/** Once, also when a signal comes in the middle: what was started last is stopped first. */
function cleanUp(): Promise<void> {
  cleaning ??= (async () => {
    for (let step = undo.pop(); step; step = undo.pop()) await step().catch((error: unknown) => console.error(error));
  })();
  return cleaning;
}

async function bench() {
  const name = "Cedar Falls Unified";
  const shape = shapeOf({ users, seed, name });
  const server = await startBenchServer(home);
  undo.push(() => server.stop());
  const publish = (day: number) => {
    const counts = writeSet({ shape, day, mode: "bulk", directory: server.localDirectory, blemishes: false });
    // As in the night: the export was over long before. A sync waits for files that have only just been written.
    const exportedAt = Date.now() / 1000 - 3600 + day * 60;
    for (const file of readdirSync(server.localDirectory)) utimesSync(join(server.localDirectory, file), exportedAt, exportedAt);
    return counts;
  };

  say(`Generating a district of ${users} users …`);
  const generatedAt = performance.now();
  const counts = publish(0);
  const generatedSeconds = secondsSince(generatedAt);

  const databaseUrl = await openDatabaseForBench();
  await migrate(databaseUrl);
  const variables = {
    ...process.env,
    DATABASE_URL: databaseUrl,
    AIVO_DATA_DIR: home,
    NEXTAUTH_SECRET: makeSecret(),
    AIVO_ENCRYPTION_KEYS: makeKeyring(),
    AIVO_TRUSTED_SIS_ORIGINS: `sftp://127.0.0.1:${server.port}`,
  };
  const services = await openServices(parseEnv(variables), { applicationName: "aivo-bench", max: 3 });
  undo.push(() => services.close());
  const { districtId, integrationId } = await prepare(services, server, name);
  const worker = await startBenchWorker(variables, join(home, "worker.log"));
  undo.push(() => worker.stop());

  const first = await sync("first", services, worker, districtId, integrationId);
  say("Reference: bare COPY of the same rows …");
  const copy = await measureBareCopy(databaseUrl, districtId, home);
  const unchanged = await sync("unchanged", services, worker, districtId, integrationId);
  say("Reference: bare download of the same files …");
  const download = await measureDownload(server, home);
  const changedCounts = publish(1);
  const changed = await sync("1 % changed", services, worker, districtId, integrationId);

  return {
    users,
    seed,
    generated: { seconds: generatedSeconds, rows: counts, rowsAfterChange: changedCounts, users: counts.users, rowsInAll: sum(counts) },
    machine: {
      cpu: cpus()[0]?.model ?? "unknown",
      cores: availableParallelism(),
      memoryGigabytes: Math.round(totalmem() / 2 ** 30),
      node: process.version,
    },
    server: server.kind,
    database: await databaseSettings(services.db.sql),
    runs: { first, unchanged, changed },
    references: { bareCopy: copy, downloadAndHash: download },
    ratios: {
      firstToBareCopy: ratio(first.seconds, copy.seconds),
      firstWithoutReadingToBareCopy: ratio(first.seconds - (first.phases.connect ?? 0) - (first.phases.read ?? 0), copy.seconds),
      unchangedToDownloadAndHash: ratio(unchanged.seconds, download.seconds),
      changedToFirst: ratio(changed.seconds, first.seconds),
    },
    aims: {
      firstWithin3TimesBareCopy: first.seconds <= 3 * copy.seconds,
      unchangedWithin2TimesDownload: unchanged.seconds <= 2 * download.seconds,
      workerUnder350Megabytes: [first, unchanged, changed].every((run) => (run.workerPeakMegabytes ?? 0) < 350),
      everyRunSucceeded: [first, unchanged, changed].every((run) => run.state === "succeeded"),
    },
  };
}

/** A database of the bench's own: on DATABASE_URL's server if that is set, else an embedded one, with durability as in production. */
async function openDatabaseForBench(): Promise<string> {
  let serverUrl = process.env.DATABASE_URL;
  if (!serverUrl) {
    await mkdir(home, { recursive: true });
    const embedded = await startEmbeddedPostgres({ dataDirectory: home, durable: true });
    undo.push(() => embedded.stop());
    serverUrl = embedded.url("postgres");
  }
  const name = `aivo_bench_${randomBytes(4).toString("hex")}`;
  const sql = postgres(serverUrl, { max: 1, onnotice: () => {} });
  await sql`create database ${sql(name)}`;
  undo.push(async () => {
    await sql`drop database ${sql(name)} with (force)`;
    await sql.end();
  });
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}

async function prepare(services: Services, server: BenchServer, name: string): Promise<{ districtId: string; integrationId: string }> {
  const { id: districtId } = await createDistrict(services, { name, timezone: "America/Chicago" });
  const { port, username, privateKey, hostKeyFingerprint, remoteDirectory } = server;
  const credentials = { host: "127.0.0.1", port, username, privateKey, directory: remoteDirectory, hostKeyFingerprint };
  const { id } = await addIntegration(services, operatorScope(districtId), { name: "Bench", provider: "oneroster-csv", credentials });
  return { districtId, integrationId: id };
}

async function sync(
  what: string,
  services: Services,
  worker: BenchWorker,
  districtId: string,
  integrationId: string,
): Promise<MeasuredRun> {
  say(`Sync: ${what} …`);
  const run = await measureRun(services, worker, districtId, integrationId);
  say(`  ${run.state} in ${run.seconds} s, ${run.rowsRead} rows, worker peak ${run.workerPeakMegabytes ?? "?"} MB`);
  return run;
}

async function databaseSettings(sql: postgres.Sql): Promise<Record<string, string>> {
  const names = ["server_version", "fsync", "synchronous_commit", "full_page_writes", "wal_level", "shared_buffers", "max_wal_size"];
  const rows = await sql<
    { name: string; setting: string }[]
  >`select name, current_setting(name) as setting from pg_settings where name = any(${names})`;
  return Object.fromEntries(rows.map(({ name, setting }) => [name, setting]));
}

function sum(counts: SetCounts): number {
  return Object.values(counts).reduce((total, rows) => total + rows, 0);
}

function ratio(a: number, b: number): number {
  return Math.round((100 * a) / Math.max(b, 0.001)) / 100;
}

/** Progress goes to standard error, so that standard output is JSON and nothing else. */
function say(line: string): void {
  console.error(line);
}
