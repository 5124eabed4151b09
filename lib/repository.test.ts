import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";

/** Rules of the code that lint cannot say. */
const root = join(import.meta.dirname, "..");
const folders = ["app", "components", "lib", "worker", "cli", "sandbox", "e2e"] as const;

interface SourceFile {
  readonly path: string;
  readonly text: string;
}

const sources: readonly SourceFile[] = folders.flatMap((folder) =>
  (existsSync(join(root, folder)) ? readdirSync(join(root, folder), { recursive: true, withFileTypes: true }) : [])
    .filter((entry) => entry.isFile() && /\.(ts|tsx|mjs)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ path: path.slice(root.length + 1), text: readFileSync(path, "utf8") })),
);
const isTest = (file: SourceFile) => /\.test\.tsx?$|testing(\.ts$|\/)|\.model\.ts$/.test(file.path);

test("every import resolves to a file", () => {
  const broken: string[] = [];
  for (const { path, text } of sources) {
    for (const [, specifier = ""] of text.matchAll(/^(?:import|export)\b[^"'\n]*(?:\{[^}]*\}[^"'\n]*)?["']([#.][^"']+)["']/gm)) {
      const target = specifier.startsWith("#") ? join(root, specifier.slice(1)) : join(root, dirname(path), specifier);
      if (!existsSync(target)) broken.push(`${path}: ${specifier}`);
    }
  }
  expect(broken).toEqual([]);
});

test("only the entrance of each process reads its environment", () => {
  // lib/platform/env.ts parses what they pass on; cli/ prepares the environment of other processes.
  const entrances = ["lib/platform/env.ts", "app/services.ts", "app/session.ts", "worker/index.ts"];
  const readers = sources.filter((file) => !isTest(file) && !/^(cli|sandbox|e2e)\//.test(file.path) && /\bprocess\.env\b/.test(file.text));
  expect(readers.map((file) => file.path).filter((path) => !entrances.includes(path))).toEqual([]);
});

test("no file of lib is longer than 400 lines", () => {
  const long = sources.filter((file) => /^(lib|worker)\//.test(file.path) && !isTest(file) && file.text.split("\n").length > 400);
  expect(long.map((file) => file.path)).toEqual([]);
});

test("sealed secrets and password hashes are selected where they are used, and nowhere else", () => {
  const secrets = sources.filter(
    (file) => !isTest(file) && /integrations\.secrets\b|\bselect[^;]*\bsecrets\b[^;]*\bfrom integrations\b/.test(file.text),
  );
  expect(secrets.map((file) => file.path).filter((path) => !/^lib\/(services\/integrations|platform\/db\/schema)\//.test(path))).toEqual(
    [],
  );
  const hashes = sources.filter((file) => !isTest(file) && /accounts\.passwordHash\b|\bpassword_hash\b/.test(file.text));
  expect(
    hashes.map((file) => file.path).filter((path) => !/^lib\/(services\/(accounts|retention)|platform\/db\/schema)\//.test(path)),
  ).toEqual([]);
});

test("leave for some schools becomes leave for the district in few places", () => {
  const wideners = sources.filter((file) => !isTest(file) && /\bbeyondSchools\(/.test(file.text));
  expect(wideners.map((file) => file.path).toSorted()).toEqual([
    "lib/services/chain/classroom.ts",
    "lib/services/chain/person.ts",
    "lib/services/chain/school.ts",
    "lib/services/origins/read.ts",
    "lib/services/people/export.ts",
    "lib/services/views/record.ts",
    "lib/services/within-reach.ts",
  ]);
});

test("tests are neither skipped nor left for later", () => {
  const skipped = sources.filter(
    (file) => file.path !== "lib/repository.test.ts" && /\b(test|it|describe)\.(skip|only|todo|fixme)\b|\b(TODO|FIXME)\b/.test(file.text),
  );
  expect(skipped.map((file) => file.path)).toEqual([]);
});
