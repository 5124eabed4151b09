/**
 * The first step of every npm command: plain JavaScript that runs on Node 20 with nothing installed. Installs what
 * package-lock.json says when that is not there yet, then hands over to the given script on the pinned Node.
 *
 *     node cli/bootstrap.mjs [--quiet] script.ts [arguments…]
 */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const pinnedNode = join(root, "node_modules", "node", "bin", process.platform === "win32" ? "node.exe" : "node");

const isQuiet = process.argv[2] === "--quiet";
const [script, ...args] = process.argv.slice(isQuiet ? 3 : 2);
if (!script) fail("usage: node cli/bootstrap.mjs [--quiet] script.ts [arguments…]");
if (Number(process.versions.node.split(".")[0]) < 20) fail(`Node 20 or newer is needed to install; this is ${process.versions.node}.`);

if (!isInstalled()) install();
await import("./mend-postgres.mjs");
await import("./mend-drizzle.mjs");
run();

/** Whether what npm last put into node_modules is what package-lock.json asks for, whoever ran npm. */
function isInstalled() {
  const present = packagesIn(join(root, "node_modules", ".package-lock.json"));
  if (present === null || !existsSync(pinnedNode)) return false;
  const wanted = packagesIn(join(root, "package-lock.json")) ?? {};
  return Object.entries(wanted).every(([path, { version, integrity, optional, devOptional }]) => {
    // What belongs to other platforms is never installed.
    if (path === "" || optional || devOptional) return true;
    return present[path]?.version === version && present[path]?.integrity === integrity;
  });
}

function packagesIn(lockfile) {
  return existsSync(lockfile) ? JSON.parse(readFileSync(lockfile, "utf8")).packages : null;
}

/**
 * One installation at a time. Not `npm ci`: it refuses a lock file that lacks some platform's optional binary, even where
 * the registry does not offer that one. `npm install --no-save` keeps to the locked versions, leaves the lock file as it
 * is, and does not delete node_modules from under a copy that is running; that it did keep to them is checked afterwards.
 */
function install() {
  const lock = join(root, ".installing");
  for (let told = false; ; ) {
    try {
      mkdirSync(lock);
      break;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
      if (Date.now() - statSync(lock, { throwIfNoEntry: false })?.mtimeMs > 900_000) rmSync(lock, { recursive: true, force: true });
      else if (!told) say("Waiting for another installation in this folder to finish …");
      told = true;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
    }
  }
  const release = () => rmSync(lock, { recursive: true, force: true });
  process.once("exit", release);
  if (!isInstalled()) {
    say("Installing packages (once, about a minute) …");
    const npm = spawnSync("npm", ["install", "--no-save", "--no-audit", "--no-fund", "--loglevel=error"], {
      cwd: root,
      stdio: ["ignore", "pipe", "pipe"],
      shell: process.platform === "win32",
      env: { ...process.env, NODE_ENV: "" },
    });
    if (npm.status !== 0) {
      process.stderr.write(npm.stdout ?? "");
      process.stderr.write(npm.stderr ?? "");
      release();
      fail(npm.error ? `npm could not be started: ${npm.error.message}` : "npm install failed; what it said is above.");
    }
    if (!isInstalled()) {
      release();
      fail(
        existsSync(pinnedNode)
          ? "npm did not install what package-lock.json says. Is it in step with package.json?"
          : "npm did not install the pinned Node. Does an .npmrc set ignore-scripts, or leave out optional packages?",
      );
    }
  }
  release();
}

/** Passes signals on and ends as the script ended. */
function run() {
  const path = join(root, "node_modules", ".bin");
  const child = spawn(pinnedNode, [join(root, script), ...args], {
    stdio: "inherit",
    env: {
      ...process.env,
      PATH: `${path}${process.platform === "win32" ? ";" : ":"}${process.env.PATH ?? ""}`,
      // Modules are compiled once, not at each start.
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(root, "node_modules", ".cache", "aivo-compiled"),
    },
  });
  // Ctrl-C reaches the child by itself, through the terminal; these are for whoever signals this process alone. A script
  // that stops in order takes a repeated signal for impatience, so the terminal's is not doubled.
  process.on("SIGINT", () => process.stdin.isTTY || child.kill("SIGINT"));
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  process.on("SIGHUP", () => child.kill("SIGHUP"));
  child.on("error", (error) => fail(`The pinned Node could not be started: ${error.message}`));
  child.on("exit", (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

function say(line) {
  if (!isQuiet) console.log(line);
}

function fail(line) {
  console.error(line);
  process.exit(1);
}
