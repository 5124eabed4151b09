/** What a fetched set is: its version, how each file is to be read, its headers. Nothing of its records is used before. */
import { createHash } from "node:crypto";
import { RunFailure } from "#lib/platform/errors.ts";
import type { OneRosterVersion } from "#lib/roster/version-change.ts";
import type { FetchedSet } from "./fetch-set.ts";
import { collectionFiles, type ReadFile, readFiles } from "./files.ts";
import { type Header, readHeader } from "./headers.ts";
import { type FileModes, type Manifest, type ModedFile, modedFiles, parseManifest, readModes } from "./manifest.ts";
import { noRows } from "./records.ts";
import { areChanges } from "./row-modes.ts";
import { headOf, type Row, rowsOf } from "./table.ts";
import { type ToldVersion, tellVersion } from "./version.ts";

/** A bulk file that may not be without rows. Enrollments are judged by what was there before, after the source. */
const needRows: readonly ReadFile[] = ["orgs", "classes", "users", "roles"];

export interface ReadableSet extends ToldVersion {
  /** The files that count: of a set of 1.1, not a roles.csv that stands beside. */
  readonly set: FetchedSet;
  readonly modes: FileModes;
  readonly headers: ReadonlyMap<ModedFile, Header>;
  readonly notes: readonly string[];
  /** What the manifest promised and the set has, a line; null: there is no manifest. */
  readonly proof: string | null;
}

/**
 * @throws RunFailure for a set of a version that is not read, or of two, a manifest that does not fit, missing files or columns, files
 * without rows, people of 1.2 without roles
 */
export async function readSet(fetched: FetchedSet): Promise<ReadableSet> {
  const allHeads = await headsOf(fetched);
  const manifest = await readManifest(fetched);
  const told = tellVersion({ manifest, heads: allHeads });
  const { set, heads, notes: unused } = ofVersion(told.version, fetched, allHeads);
  refuseTemplate(heads, manifest);
  const stated = readModes({ ...told, manifest, present: presentIn(set), instead: set.instead });
  const understood = await understand(set, heads, { ...told, modes: stated.modes });
  const notes = [...(told.version === "1.2" ? [`OneRoster 1.2, told by ${told.because}.`] : []), ...unused, ...stated.notes];
  notes.push(...understood.notes);
  for (const file of readFiles) {
    const spooled = set.files.get(file);
    if (spooled?.encoding?.encoding === "windows-1252") notes.push(`${spooled.name} is not UTF-8, read as Windows-1252.`);
  }
  if (manifest === null) notes.push("There is no manifest.csv; every file was read as complete (bulk).");
  return { ...told, ...understood, set, notes, proof: manifest === null ? null : proofOf(manifest, presentIn(set)) };
}

/** Of the files of a roster: what else a manifest names is not looked for. */
function proofOf({ modes }: Manifest, present: ReadonlySet<ModedFile>): string {
  const named = readFiles.filter(
    (file): file is ModedFile => file !== "manifest" && (modes.get(file.toLowerCase()) ?? "absent") !== "absent",
  );
  return `manifest.csv names ${named.length} roster ${named.length === 1 ? "file" : "files"}: ${named.filter((file) => present.has(file)).length} found`;
}

/** The set without what is no part of it in its version. */
export function ofVersion(version: OneRosterVersion, set: FetchedSet, heads: Heads): { set: FetchedSet; heads: Heads; notes: string[] } {
  const roles = set.files.get("roles");
  if (version === "1.2" || roles === undefined) return { set, heads, notes: [] };
  const isCounted = ([file]: readonly [ReadFile, unknown]) => file !== "roles";
  return {
    set: { ...set, files: new Map([...set.files].filter(isCounted)) },
    heads: new Map([...heads].filter(isCounted)),
    notes: [`${roles.name} is of OneRoster 1.2 and was not used: the set is 1.1.`],
  };
}

/**
 * Headers, and the modes as the rows have them: a list of 1.2 in which every row is a change is one of changes, whatever its manifest
 * says, so that nobody is withdrawn for not being in it.
 * @throws RunFailure `header-missing-columns`, `header-duplicate-columns`, `file-no-rows`, `roles-missing`
 */
export async function understand(
  set: FetchedSet,
  heads: Heads,
  { version, modes: stated }: { version: OneRosterVersion; modes: FileModes },
): Promise<Pick<ReadableSet, "modes" | "headers" | "notes">> {
  const modes = { ...stated };
  const notes: string[] = [];
  refuseWithoutRoles(version, heads, modes);
  const headers = headersOf(heads, modes, version);
  if (version === "1.1") return { modes, headers, notes };
  for (const file of modedFiles) {
    const spooled = set.files.get(file);
    const header = headers.get(file);
    if (modes[file] !== "bulk" || spooled === undefined || header === undefined || !(await areChanges(spooled, header))) continue;
    modes[file] = "delta";
    notes.push(
      `${spooled.name} should be a complete list (bulk), and every row has a status and a date, as in a list of changes: it was read as changes, so that nobody is withdrawn for missing from it.`,
    );
  }
  return { modes, headers, notes };
}

/** Who they are and where stands in roles.csv alone: a list of people without it would make everybody nobody. */
function refuseWithoutRoles(version: OneRosterVersion, heads: Heads, modes: FileModes): void {
  if (version !== "1.2" || modes.users !== "bulk" || heads.get("roles")?.hasRows === true) return;
  const users = heads.get("users")?.fileName ?? "users.csv";
  const roles = heads.get("roles")?.fileName;
  throw new RunFailure({
    code: "roles-missing",
    step: "read headers",
    message: `${users} lists everybody (bulk), and ${roles === undefined ? "there is no roles.csv" : `${roles} has a header and not a single row`}: in OneRoster 1.2 it alone says who is a student or a teacher, and where. Nothing was changed.`,
    remedy: "Have the SIS export roles.csv together with users.csv.",
  });
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
export function headersOf(heads: Heads, modes: FileModes, version: OneRosterVersion): ReadonlyMap<ModedFile, Header> {
  const headers = new Map<ModedFile, Header>();
  for (const [file, { fileName, cells, hasRows }] of heads) {
    if (file === "manifest") continue;
    headers.set(file, readHeader({ file, fileName, version }, cells, modes[file]));
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
