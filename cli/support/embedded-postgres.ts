import { existsSync, readFileSync } from "node:fs";
import { appendFile, chmod, chown, mkdir, readFile, readlink, rm, stat, truncate, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { availableParallelism, totalmem } from "node:os";
import { join, resolve } from "node:path";
import { freePort } from "./free-port.ts";
import { makeServerDirectory, postgresBinaries, runBinary, type ServerUser, serverUser } from "./postgres-binaries.ts";
import { makeSecret, secretFile } from "./secrets.ts";

/**
 * A PostgreSQL server of our own in a data directory. States: absent → initialised → running → initialised. A server
 * found running (a second command beside `npm start`, or one that outlived a killed parent) is used as it is.
 */
export interface EmbeddedPostgres {
  readonly port: number;
  /** Whether it was running before we came. */
  readonly wasRunning: boolean;
  url(database: string): string;
  /** Stops the server and waits for it; open connections are ended, committed work is kept. */
  stop(): Promise<void>;
}

export interface EmbeddedPostgresOptions {
  /** Holds the cluster in `postgres/` and its password in `postgres-password`. */
  readonly dataDirectory: string;
  /** False only for tests: a machine that loses power may then lose the database. */
  readonly durable: boolean;
}

/** Starts the server, making the cluster the first time. */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const dataDirectory = resolve(options.dataDirectory);
  const running = await findEmbeddedPostgres(dataDirectory);
  if (running !== null) return running;
  const user = serverUser();
  await mkdir(dataDirectory, { recursive: true });
  // The server's user must be able to pass through; what is secret in here has modes of its own.
  await chmod(dataDirectory, user.uid === undefined ? 0o700 : 0o711);

  const cluster = join(dataDirectory, "postgres");
  if (!existsSync(join(cluster, "aivo.conf"))) await initialise(cluster, dataDirectory, user, options.durable);
  await rm(join(cluster, "postmaster.pid"), { force: true });
  return server(dataDirectory, await startServer(cluster, user, options.durable), false);
}

/** The server of a data directory if it is running now. */
export async function findEmbeddedPostgres(dataDirectory: string): Promise<EmbeddedPostgres | null> {
  const port = await runningPort(join(resolve(dataDirectory), "postgres"));
  return port === null ? null : server(resolve(dataDirectory), port, true);
}

/**
 * Tells the server of a data directory, where one runs, to end every connection and stop, and does not wait for it: for a process that has to
 * go at once. Nothing of committed work is lost.
 */
export function dismissEmbeddedPostgres(dataDirectory: string): void {
  try {
    const [pid = ""] = readFileSync(join(resolve(dataDirectory), "postgres", "postmaster.pid"), "utf8").split("\n");
    // SIGINT is PostgreSQL's fast shutdown.
    if (Number(pid) > 0) process.kill(Number(pid), "SIGINT");
  } catch {
    // None runs.
  }
}

async function server(dataDirectory: string, port: number, wasRunning: boolean): Promise<EmbeddedPostgres> {
  const cluster = join(dataDirectory, "postgres");
  const password = await secretFile(join(dataDirectory, "postgres-password"), makeSecret);
  return {
    port,
    wasRunning,
    url: (database) => `postgres://aivo:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`,
    stop: async () => {
      const { pgCtl } = await postgresBinaries();
      if ((await runningPort(cluster)) !== null)
        await runBinary(pgCtl, ["stop", "-D", cluster, "-m", "fast", "-w", "-t", "60", "-s"], serverUser(), cluster);
    },
  };
}

async function initialise(cluster: string, dataDirectory: string, user: ServerUser, durable: boolean): Promise<void> {
  const { initdb } = await postgresBinaries();
  // A cluster without our settings is one whose making was interrupted; it never held anything.
  await rm(cluster, { recursive: true, force: true });
  await makeServerDirectory(cluster, user);
  const password = await secretFile(join(dataDirectory, "postgres-password"), makeSecret);
  const passwordFile = join(cluster, "..", `.initdb-${process.pid}`);
  await writeFile(passwordFile, password, { mode: 0o600 });
  await makeReadable(passwordFile, user);
  try {
    // The built-in C.UTF-8 exists on every machine, so that a cluster sorts the same wherever it was made. Before 17 it was the system's.
    const version = await majorVersion(initdb, user, cluster);
    const isBuiltIn = version >= 17;
    const provider = isBuiltIn ? ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"] : ["--locale=C.UTF-8"];
    const locale = ["--encoding=UTF8", ...provider];
    // Tests sign in thousands of times with a password that nobody keeps.
    const speed = durable ? [] : ["--no-sync", ...(version >= 16 ? ["--set", "scram_iterations=1"] : [])];
    await runBinary(
      initdb,
      ["--pgdata", cluster, "--username=aivo", `--pwfile=${passwordFile}`, "--auth=scram-sha-256", ...locale, ...speed],
      user,
      cluster,
    );
  } finally {
    await rm(passwordFile, { force: true });
  }
  await appendFile(join(cluster, "postgresql.conf"), "\ninclude_if_exists 'aivo.conf'\n");
}

async function majorVersion(initdb: string, user: ServerUser, cluster: string): Promise<number> {
  const said = await runBinary(initdb, ["--version"], user, cluster);
  return Number(/ (\d+)/.exec(said)?.[1]);
}

async function makeReadable(path: string, user: ServerUser): Promise<void> {
  if (user.uid !== undefined && user.gid !== undefined) await chown(path, user.uid, user.gid);
}

async function startServer(cluster: string, user: ServerUser, durable: boolean): Promise<number> {
  const { pgCtl } = await postgresBinaries();
  const log = join(cluster, "server.log");
  if (existsSync(log) && (await stat(log)).size > 20_000_000) await truncate(log);
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    await writeFile(join(cluster, "aivo.conf"), settings(port, durable));
    await makeReadable(join(cluster, "aivo.conf"), user);
    try {
      await runBinary(pgCtl, ["start", "-D", cluster, "-l", log, "-w", "-t", "120", "-s"], user, cluster);
      return port;
    } catch (error) {
      // Another process may have taken the port meanwhile.
      if (attempt === 3) throw new Error(`PostgreSQL did not start; its log ${log} ends with:\n${await lastLines(log)}`, { cause: error });
    }
  }
}

/**
 * Sized for imports on a small machine: a million rows are written without a checkpoint in the middle. Log lines carry
 * no statement and no detail, because those would hold names and emails of students.
 */
function settings(port: number, durable: boolean): string {
  const megabytes = Math.floor(totalmem() / 1_048_576);
  // All of them are looked through for each table that is dropped, and tests drop hundreds of databases.
  const sharedBuffers = durable ? Math.max(64, Math.min(1024, Math.floor(megabytes / 8))) : 128;
  return `${[
    `port = ${port}`,
    "listen_addresses = '127.0.0.1'",
    "unix_socket_directories = ''",
    "max_connections = 100",
    `shared_buffers = ${sharedBuffers}MB`,
    `effective_cache_size = ${Math.max(128, Math.floor(megabytes / 2))}MB`,
    "work_mem = 32MB",
    "maintenance_work_mem = 128MB",
    "max_wal_size = 4GB",
    "min_wal_size = 256MB",
    "checkpoint_timeout = 15min",
    "random_page_cost = 1.1",
    `max_parallel_workers_per_gather = ${Math.min(2, availableParallelism() - 1)}`,
    "jit = off",
    "log_error_verbosity = terse",
    "log_min_error_statement = panic",
    "log_parameter_max_length_on_error = 0",
    "timezone = 'UTC'",
    ...(durable ? [] : notDurable),
  ].join("\n")}\n`;
}

/** What is written ahead is never read again. */
const notDurable = [
  "fsync = off",
  "synchronous_commit = off",
  "full_page_writes = off",
  "wal_level = minimal",
  "max_wal_senders = 0",
  "wal_init_zero = off",
];

/** The port of the server in this cluster, or null. A postmaster.pid left behind by a crash, or whose number now belongs to another process, counts as none. */
async function runningPort(cluster: string): Promise<number | null> {
  let lines: string[];
  try {
    lines = (await readFile(join(cluster, "postmaster.pid"), "utf8")).split("\n");
  } catch {
    return null;
  }
  const pid = Number(lines[0]);
  const port = Number(lines[3]);
  if (!Number.isInteger(pid) || pid <= 0 || !Number.isInteger(port) || port <= 0) return null;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return null;
  }
  // PostgreSQL works inside its data directory: where the system can tell, a recycled number is thereby seen through.
  const workingDirectory = await readlink(`/proc/${pid}/cwd`).catch(() => null);
  if (workingDirectory !== null) return workingDirectory === cluster ? port : null;
  return (await isAnswering(port)) ? port : null;
}

function isAnswering(port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect({ host: "127.0.0.1", port });
    socket.once("connect", () => done(true)).once("error", () => done(false));
    socket.once("close", () => done(false)).once("connect", () => socket.destroy());
  });
}

async function lastLines(path: string): Promise<string> {
  const text = await readFile(path, "utf8").catch(() => "(no log)");
  return text.trimEnd().split("\n").slice(-15).join("\n");
}
