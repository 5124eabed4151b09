import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { z } from "zod";

/**
 * `npm run sbom`: writes what a running product consists of, from package-lock.json, to `sbom/`: `aivo.cdx.json` (CycloneDX, by npm itself) and
 * `licences.md`. Ends with 1 where a package names no licence, or one that would bind the product's own source.
 */
const root = join(import.meta.dirname, "..");
const folder = join(root, "sbom");

const Bom = z.looseObject({
  bomFormat: z.literal("CycloneDX"),
  components: z.array(
    z.looseObject({
      name: z.string(),
      version: z.string(),
      licenses: z
        .array(
          z.looseObject({
            expression: z.string().optional(),
            license: z.looseObject({ id: z.string().optional(), name: z.string().optional() }).optional(),
          }),
        )
        .optional(),
    }),
  ),
});

/** Those that ask the same of whoever distributes or serves what is built with them. */
const binding = /\b(A?GPL|SSPL|BUSL|OSL|EUPL)/;

const { stdout } = await promisify(execFile)("npm", ["sbom", "--sbom-format=cyclonedx", "--omit=dev", "--package-lock-only"], {
  cwd: root,
  maxBuffer: 64 * 1024 * 1024,
});
const bom = Bom.parse(JSON.parse(stdout));
const lock = z
  .object({ packages: z.record(z.string(), z.looseObject({ license: z.string().optional() })) })
  .parse(JSON.parse(await readFile(join(root, "package-lock.json"), "utf8")));

const packages = bom.components
  .map(({ name, version, licenses }) => ({
    name,
    version,
    licence: licenceOf(licenses) ?? lock.packages[`node_modules/${name}`]?.license ?? olderForm(name),
  }))
  .sort((a, b) => a.name.localeCompare(b.name, "en") || a.version.localeCompare(b.version, "en"));
const unclear = packages.filter(({ licence }) => licence === null || licence.split(" OR ").every((choice) => binding.test(choice)));
const counts = Map.groupBy(packages, ({ licence }) => licence ?? "none named");

await mkdir(folder, { recursive: true });
await writeFile(join(folder, "aivo.cdx.json"), stdout);
await writeFile(
  join(folder, "licences.md"),
  [
    "# Licences of what the product consists of",
    "",
    "| licence | packages |",
    "| --- | --- |",
    ...[...counts].sort(([a], [b]) => a.localeCompare(b, "en")).map(([licence, of]) => `| ${licence} | ${of.length} |`),
    "",
    "| package | version | licence |",
    "| --- | --- | --- |",
    ...packages.map(({ name, version, licence }) => `| ${name} | ${version} | ${licence ?? "none named"} |`),
    "",
  ].join("\n"),
);
console.log(`${packages.length} packages are in sbom/aivo.cdx.json, their licences in sbom/licences.md.`);
for (const { name, version, licence } of unclear) console.error(`${name} ${version}: ${licence ?? "no licence is named"}`);
process.exit(unclear.length === 0 ? 0 : 1);

/** As packages named it before there was `license`. */
function olderForm(name: string): string | null {
  const file = join(root, "node_modules", name, "package.json");
  if (!existsSync(file)) return null;
  const { licenses = [] } = z
    .looseObject({ licenses: z.array(z.looseObject({ type: z.string() })).optional() })
    .parse(JSON.parse(readFileSync(file, "utf8")));
  return licenses.length === 0 ? null : licenses.map(({ type }) => type).join(" OR ");
}

function licenceOf(licenses: z.infer<typeof Bom>["components"][number]["licenses"]): string | null {
  const words = (licenses ?? []).map(({ expression, license }) => expression ?? license?.id ?? license?.name ?? "").filter(Boolean);
  return words.length === 0 ? null : words.join(" AND ");
}
