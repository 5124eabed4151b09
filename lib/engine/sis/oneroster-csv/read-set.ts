/** What a fetched set is: its version, how each file is to be read, its headers. Nothing of its records is used before. */
import { createHash } from "node:crypto";
import { RunFailure } from "#lib/platform/errors.ts";
import type { FetchedSet } from "./fetch-set.ts";
import { collectionFiles, type ReadFile, readFiles } from "./files.ts";
import { assertVersion, type Header, readHeader } from "./headers.ts";
import { type FileModes, type Manifest, type ModedFile, parseManifest, readModes } from "./manifest.ts";
import { noRows } from "./records.ts";
import { headOf, type Row, rowsOf } from "./table.ts";

/** A bulk file that may not be without rows. Enrollments are judged by what was there before, after the source. */
const needRows: readonly ReadFile[] = ["orgs", "classes", "users"];

export interface ReadableSet {
  readonly modes: FileModes;
  readonly headers: ReadonlyMap<ModedFile, Header>;
  readonly notes: readonly string[];
  /** What the manifest promised and the set has, a line; null: there is no manifest. */
  readonly proof: string | null;
}

/** @throws RunFailure for a set of another version, a manifest that does not fit, missing files or columns, files without rows */
export async function readSet(set: FetchedSet): Promise<ReadableSet> {
  const heads = await headsOf(set);
  const manifest = await readManifest(set);
  assertVersion({ manifestVersion: manifest?.version ?? null, laterFiles: set.laterFiles, headers: heads });
  refuseTemplate(heads, manifest);
  const { modes, notes } = readModes(manifest, presentIn(set), set.instead);
  const headers = headersOf(heads, modes);
  for (const file of readFiles) {
    const spooled = set.files.get(file);
    if (spooled?.encoding?.encoding === "windows-1252") notes.push(`${spooled.name} is not UTF-8, read as Windows-1252.`);
  }
  if (manifest === null) notes.push("There is no manifest.csv; every file was read as complete (bulk).");
  return { modes, headers, notes, proof: manifest === null ? null : proofOf(manifest, presentIn(set)) };
}

/** Of the files of a roster: what else a manifest names is not looked for. */
function proofOf({ modes }: Manifest, present: ReadonlySet<ModedFile>): string {
  const named = readFiles.filter(
    (file): file is ModedFile => file !== "manifest" && (modes.get(file.toLowerCase()) ?? "absent") !== "absent",
  );
  return `manifest.csv names ${named.length} roster ${named.length === 1 ? "file" : "files"}: ${named.filter((file) => present.has(file)).length} found`;
}

/** The first row of each file. */
export type Heads = ReadonlyMap<ReadFile, { readonly fileName: string; readonly cells: readonly string[]; readonly hasRows: boolean }>;

/** @throws RunFailure `file-empty`, and as `rowsOf` */
export async function headsOf(set: FetchedSet): Promise<Heads> {
  const heads = new Map<ReadFile, { fileName: string; cells: readonly string[]; hasRows: boolean }>();
  for (const [file, spooled] of set.files) {
    const { header, hasRows } = await headOf(spooled);
    heads.set(file, { fileName: spooled.name, cells: header, hasRows });
  }
  return heads;
}

/** @throws RunFailure `header-missing-columns`, `header-duplicate-columns`, `file-no-rows` */
export function headersOf(heads: Heads, modes: FileModes): ReadonlyMap<ModedFile, Header> {
  const headers = new Map<ModedFile, Header>();
  for (const [file, { fileName, cells, hasRows }] of heads) {
    if (file === "manifest") continue;
    headers.set(file, readHeader(file, fileName, cells, modes[file]));
    if (modes[file] === "bulk" && needRows.includes(file) && !hasRows) throw noRows(fileName);
  }
  return headers;
}

/**
 * A set of headers alone is no roster, whatever its manifest says; only one that calls itself a set of changes may be without any.
 * @throws RunFailure `file-no-rows`
 */
export function refuseTemplate(heads: Heads, manifest: Manifest | null): void {
  const files = collectionFiles.filter((file) => heads.has(file));
  if (files.length === 0 || files.some((file) => heads.get(file)?.hasRows)) return;
  if (files.every((file) => manifest?.modes.get(file.toLowerCase()) === "delta")) return;
  const names = files.map((file) => heads.get(file)?.fileName);
  throw new RunFailure({
    code: "file-no-rows",
    step: "read headers",
    message: `The set is empty: ${names.join(", ")} ${names.length === 1 ? "has" : "have"} a header and not a single row, like a blank template. Nothing was changed.`,
    remedy: "Replace the template by the files that the SIS exports, and check that its export is switched on.",
  });
}

export function presentIn(set: FetchedSet): ReadonlySet<ModedFile> {
  return new Set([...set.files.keys()].filter((file): file is ModedFile => file !== "manifest"));
}

/** @returns null where the set has none. @throws RunFailure `manifest-invalid` */
export async function readManifest(set: FetchedSet): Promise<Manifest | null> {
  const file = set.files.get("manifest");
  if (file === undefined) return null;
  const rows: Row[] = [];
  for await (const group of rowsOf(file)) rows.push(...group);
  return parseManifest(rows);
}

/** Rows of demographics, which are read for their soundness and not stored. @throws RunFailure as `rowsOf` */
export async function countRows(set: FetchedSet, file: ReadFile): Promise<number> {
  const spooled = set.files.get(file);
  if (spooled === undefined) return 0;
  let rows = -1;
  for await (const group of rowsOf(spooled)) rows += group.length;
  return Math.max(0, rows);
}

/** Equal for equal content of what matters, whatever it is packed in or named like. */
export function fingerprintOf(set: FetchedSet): string {
  const hash = createHash("sha256");
  for (const file of ["manifest", ...collectionFiles].sort()) {
    const spooled = set.files.get(file as ReadFile);
    if (spooled !== undefined) hash.update(`${file.toLowerCase()}.csv ${spooled.sha256}\n`);
  }
  return hash.digest("hex");
}
