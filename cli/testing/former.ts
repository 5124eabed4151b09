/** Test-only: the version before this one, out of the history, to be run beside this one. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdir, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import journal from "#drizzle/meta/_journal.json" with { type: "json" };

const run = promisify(execFile);
const root = join(import.meta.dirname, "../..");
const journalPath = "drizzle/meta/_journal.json";

export interface FormerVersion {
  readonly commit: string;
  /** Its sources, with this version's packages. */
  readonly directory: string;
}

/**
 * The newest commit before this version's newest migrations, or the one that AIVO_FORMER names. Kept in `.former` until its commit is no longer the one.
 * @throws Error where there is no history to take it from
 */
export async function formerVersion(): Promise<FormerVersion> {
  const commit = await formerCommit();
  const folder = join(root, ".former");
  const directory = join(folder, commit.slice(0, 12));
  if (existsSync(directory)) return { commit, directory };
  await rm(folder, { recursive: true, force: true });
  const aside = `${directory}.part`;
  await mkdir(aside, { recursive: true });
  const archive = join(folder, "sources.tar");
  await git("archive", "--format=tar", "--output", archive, commit);
  await run("tar", ["-xf", archive, "-C", aside]);
  await rm(archive);
  await mkdir(join(aside, "node_modules"));
  for (const name of await readdir(join(root, "node_modules")))
    if (name !== ".cache" && !name.startsWith(".aivo"))
      await linkedCopy(join(root, "node_modules", name), join(aside, "node_modules", name));
  await rename(aside, directory);
  return { commit, directory };
}

async function formerCommit(): Promise<string> {
  const given = process.env.AIVO_FORMER;
  if (given) return (await git("rev-parse", "--verify", `${given}^{commit}`)).trim();
  const newest = Math.max(...journal.entries.map(({ when }) => when));
  const commits = (await git("rev-list", "--first-parent", "HEAD", "--", journalPath)).trim().split("\n").filter(Boolean);
  for (const commit of commits) {
    const before = await git("rev-parse", "--verify", `${commit}^1`).then(
      (said) => said.trim(),
      () => null,
    );
    if (before === null) break;
    const { entries } = JSON.parse(await git("show", `${before}:${journalPath}`)) as typeof journal;
    if (Math.max(...entries.map(({ when }) => when)) < newest) return before;
  }
  throw new Error(
    "The version before this one is not in the history here. Fetch it whole (git fetch --unshallow), or name a commit in AIVO_FORMER.",
  );
}

async function git(...words: string[]): Promise<string> {
  return (await run("git", words, { cwd: root, maxBuffer: 64 * 1024 * 1024 })).stdout;
}

/** A bundler does not follow a link that leads out of the project; hard links cost nothing. */
async function linkedCopy(from: string, to: string): Promise<void> {
  await run("cp", ["-al", from, to]).catch(() => cp(from, to, { recursive: true, verbatimSymlinks: true }));
}
