/**
 * Makes the installed drizzle-orm quick to load: its package.json lists 447 exports in 180 KB, which Node parses anew for each module of the package,
 * so that every process spent two seconds of its start on it. All but the folders follow one pattern, which says the same in a tenth.
 *
 * Run after each install (package.json) and by bootstrap.mjs; what is mended already is left alone. Plain JavaScript that runs on Node 20.
 */
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const path = join(dirname(dirname(fileURLToPath(import.meta.url))), "node_modules", "drizzle-orm", "package.json");
const found = JSON.parse(readFileSync(path, "utf8"));

/** Where the export of this name is when it is a file; "*" for the pattern. */
const fileOf = (name) => ({
  import: { types: `./${name}.d.ts`, default: `./${name}.js` },
  require: { types: `./${name}.d.cts`, default: `./${name}.cjs` },
  types: `./${name}.d.ts`,
  default: `./${name}.js`,
});
const isFile = ([key, target]) => JSON.stringify(target) === JSON.stringify(fileOf(key.slice(2)));
const entries = Object.entries(found.exports);
const others = entries.filter((entry) => !isFile(entry));
// A release that is laid out otherwise, or mended already, stays as it is.
if (others.length < entries.length / 2 && !("./*" in found.exports)) {
  const aside = `${path}.${process.pid}`;
  writeFileSync(aside, JSON.stringify({ ...found, exports: { ...Object.fromEntries(others), "./*": fileOf("*") } }));
  renameSync(aside, path);
}
