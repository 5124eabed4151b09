import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";

/** A line of ours is shorter; what is longer is somebody else's. */
const longest = 64 * 1024;

/** The lines of files, and of all files in directories by their names, one after the other; a line that is too long comes cut. */
export async function* linesOfAll(paths: readonly string[]): AsyncGenerator<string> {
  for (const path of paths) {
    const names = (await stat(path)).isDirectory() ? (await readdir(path)).toSorted().map((name) => join(path, name)) : [path];
    for (const name of names) if ((await stat(name)).isFile()) yield* linesOf(name);
  }
}

async function* linesOf(path: string): AsyncGenerator<string> {
  let rest = "";
  for await (const chunk of createReadStream(path, "utf8")) {
    const lines = (rest + chunk).split("\n");
    rest = (lines.pop() ?? "").slice(0, longest);
    yield* lines;
  }
  if (rest !== "") yield rest;
}
