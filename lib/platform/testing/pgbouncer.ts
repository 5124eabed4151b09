import { spawn } from "node:child_process";
import { chmod, chown, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { freePort } from "#cli/support/free-port.ts";
import { serverUser } from "#cli/support/postgres-binaries.ts";
import type { TestPooler } from "./transaction-pooler.ts";

/**
 * A real PgBouncer in transaction mode, with nothing set that is not said in docs/operations.md.
 * @param program its path, or its name where it is on the way or in the usual places
 * @throws Error in one line where there is none, and with what it said where it does not start
 */
export async function startPgBouncer(program: string, databaseUrl: string, size: number): Promise<TestPooler> {
  const target = new URL(databaseUrl);
  const user = serverUser();
  const folder = await mkdtemp(join(tmpdir(), "aivo-pgbouncer-"));
  const port = await freePort();
  const settings = join(folder, "pgbouncer.ini");
  const users = join(folder, "users.txt");
  await writeFile(users, `"${decodeURIComponent(target.username)}" "${decodeURIComponent(target.password)}"\n`, { mode: 0o600 });
  await writeFile(
    settings,
    `[databases]
* = host=${target.hostname} port=${target.port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = ${users}
pool_mode = transaction
default_pool_size = ${size}
`,
    { mode: 0o600 },
  );
  if (user.uid !== undefined && user.gid !== undefined) {
    // It refuses to run as root.
    for (const path of [folder, settings, users]) await chown(path, user.uid, user.gid);
  } else await chmod(folder, 0o700);

  const path = [process.env.PATH, "/usr/sbin", "/usr/local/sbin", "/opt/homebrew/bin"].join(delimiter);
  const child = spawn(program, [settings], { ...user, cwd: "/", env: { ...process.env, PATH: path }, stdio: ["ignore", "pipe", "pipe"] });
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()).once("error", () => resolve()));
  const stop = async () => {
    child.kill("SIGTERM");
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  let said = "";
  const running = new Promise<void>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (piece: Buffer) => {
        said += piece.toString();
        if (said.includes("process up")) resolve();
      });
    }
    child.once("error", () =>
      reject(new Error(`PgBouncer is not installed: apt-get install pgbouncer, or name its program in AIVO_PGBOUNCER (now "${program}")`)),
    );
    child.once("close", () => reject(new Error(`PgBouncer did not start: ${said}`)));
  });
  try {
    await running;
  } catch (error) {
    await stop();
    throw error;
  }
  const url = new URL(databaseUrl);
  url.hostname = "127.0.0.1";
  url.port = String(port);
  return { url: url.href, size, stop };
}
