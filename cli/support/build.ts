import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { cp, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isAlive, withLock } from "./lock.ts";

const root = join(import.meta.dirname, "../..");

/** What a build is made of. Not tsconfig.json, which `next build` itself may touch. */
const sourceFolders = ["app", "components", "lib", "public"] as const;
const sourceFiles = [
  "next.config.ts",
  "postcss.config.mjs",
  "proxy.ts",
  "instrumentation.ts",
  "drizzle/meta/_journal.json",
  "package.json",
  "package-lock.json",
] as const;

export interface Build {
  /** For NEXT_DIST_DIR. */
  readonly directory: string;
  readonly wasBuilt: boolean;
}

/**
 * The production build of the sources as they are, made when there is none. Each state of the sources has a directory of
 * its own, so that a copy that is running keeps its files while another one builds. `next build` itself always works in
 * `.next`, where its cache and the route types for the editor are, and the outcome is copied.
 */
export async function ensureBuild(say: (line: string) => void): Promise<Build> {
  const directory = `.next-${await sourcesHash()}`;
  if (existsSync(join(root, directory))) return { directory, wasBuilt: false };
  return withLock(
    join(root, "node_modules", ".aivo-build.lock"),
    () => say("Waiting for another copy to finish building …"),
    async () => {
      if (existsSync(join(root, directory))) return { directory, wasBuilt: false };
      await removeUnused();
      await nextBuild();
      const aside = join(root, `${directory}.part`);
      await rm(aside, { recursive: true, force: true });
      await cp(join(root, ".next"), aside, { recursive: true, filter: (from) => !/[\\/]\.next[\\/](cache|dev|diagnostics)$/.test(from) });
      await rename(aside, join(root, directory));
      return { directory, wasBuilt: true };
    },
  );
}

/** Marks the build as used by this process, so that no other one removes it. */
export async function claimBuild(build: Build): Promise<{ release(): Promise<void> }> {
  const mark = join(root, build.directory, "users", String(process.pid));
  await mkdir(join(root, build.directory, "users"), { recursive: true });
  await writeFile(mark, "");
  return { release: () => rm(mark, { force: true }) };
}

/** Builds of earlier sources that no living process uses. */
async function removeUnused(): Promise<void> {
  for (const name of await readdir(root)) {
    if (!/^\.next-[0-9a-f]{12}(\.part)?$/.test(name)) continue;
    const users = await readdir(join(root, name, "users")).catch(() => []);
    if (!users.some((pid) => isAlive(Number(pid)))) await rm(join(root, name), { recursive: true, force: true });
  }
}

async function sourcesHash(): Promise<string> {
  const hash = createHash("sha256");
  const add = async (path: string) => {
    hash
      .update(path)
      .update("\0")
      .update(await readFile(join(root, path)))
      .update("\0");
  };
  for (const folder of sourceFolders) {
    const names = await readdir(join(root, folder), { recursive: true, withFileTypes: true }).catch(() => []);
    const files = names
      .filter((entry) => entry.isFile() && !/\.test\.tsx?$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1));
    for (const file of files.sort()) await add(file);
  }
  for (const file of sourceFiles) if (existsSync(join(root, file))) await add(file);
  return hash.digest("hex").slice(0, 12);
}

function nextBuild(): Promise<void> {
  return new Promise((resolve, reject) => {
    const { NEXT_DIST_DIR: _, ...variables } = process.env;
    const child = spawn(process.execPath, [join(root, "node_modules/next/dist/bin/next"), "build"], {
      cwd: root,
      env: { ...variables, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.on("error", reject);
    child.on("exit", (code) => (code === 0 ? resolve() : reject(new Error(`next build failed:\n${output}`))));
  });
}
