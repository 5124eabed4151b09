import { RunFailure } from "#lib/platform/errors.ts";
import type { ReadMode } from "#lib/roster/input.ts";
import type { OneRosterVersion } from "#lib/roster/version-change.ts";
import { collectionFiles, otherFiles, readFiles, requiredFiles } from "./files.ts";
import type { Instead } from "./instead.ts";

/** The files that a mode is known for. */
export type ModedFile = Exclude<(typeof readFiles)[number], "manifest">;
export type FileModes = Readonly<Record<ModedFile, ReadMode>>;

export interface Manifest {
  /** As it stands there: "1.1"; null where it says nothing. */
  readonly version: string | null;
  /** Lower-case file name → mode, for the files that it names. */
  readonly modes: ReadonlyMap<string, ReadMode>;
}

export const modedFiles = readFiles.filter((file): file is ModedFile => file !== "manifest");
const allAbsent = Object.fromEntries(modedFiles.map((file) => [file, "absent"])) as Record<ModedFile, ReadMode>;
const isMode = (value: string): value is ReadMode => value === "absent" || value === "bulk" || value === "delta";

/**
 * Reads the rows of manifest.csv, header included. Names and values are taken without regard to case.
 * @throws RunFailure `manifest-invalid`
 */
export function parseManifest(rows: readonly { readonly line: number; readonly cells: readonly string[] }[]): Manifest {
  const [header, ...properties] = rows;
  const columns = header?.cells.map(plain) ?? [];
  const nameAt = columns.indexOf("propertyname");
  const valueAt = columns.indexOf("value");
  if (nameAt === -1 || valueAt === -1) throw invalid("manifest.csv has no columns propertyName and value.");

  let version: string | null = null;
  const modes = new Map<string, ReadMode>();
  for (const { line, cells } of properties) {
    const name = plain(cells[nameAt] ?? "");
    const value = plain(cells[valueAt] ?? "");
    if (name === "oneroster.version") version = value === "" ? null : value;
    if (name === "manifest.version" && !["", "1", "1.0"].includes(value))
      throw invalid(`manifest.csv, line ${line}: the manifest's own version is "${cut(value)}", and Aivo knows 1.0.`);
    if (!name.startsWith("file.")) continue;
    const file = name.slice("file.".length);
    if (value === "") continue;
    if (!isMode(value)) throw invalid(`manifest.csv, line ${line}: ${name} is "${cut(value)}", and can only be absent, bulk or delta.`);
    const other = modes.get(file);
    if (other !== undefined && other !== value)
      throw invalid(`manifest.csv, line ${line}: ${name} is said to be ${value}, and ${other} before.`);
    modes.set(file, value);
  }
  return { version, modes };
}

export interface ModesRequest {
  readonly version: OneRosterVersion;
  /** Null: there is none. */
  readonly manifest: Manifest | null;
  readonly present: ReadonlySet<ModedFile>;
  /** What stands where files are not. */
  readonly instead: Instead;
}

/**
 * How each file is to be read, as the manifest says. A set of 1.2 that is its manifest and nothing else says that nothing has happened.
 * @throws RunFailure `manifest-invalid` or `file-missing` where the manifest and the files do not fit
 */
export function readModes({ version, manifest, present, instead }: ModesRequest): { modes: FileModes; notes: string[] } {
  if (manifest === null) return { modes: bulkOf(present, instead), notes: [] };
  if (version === "1.2" && present.size === 0 && ![...manifest.modes.values()].includes("bulk"))
    return {
      modes: allAbsent,
      notes: ["The set is its manifest.csv alone, which says that nothing has changed; nothing was read and nobody is withdrawn by it."],
    };
  const notes: string[] = [];
  const stated = modedFiles.flatMap((file) => {
    const mode = manifest.modes.get(file.toLowerCase());
    return mode === undefined || mode === "absent" || file === "demographics" ? [] : [mode];
  });
  const common = new Set(stated).size === 1 ? stated[0] : undefined;

  const entries = modedFiles.map((file): [ModedFile, ReadMode] => {
    const mode = manifest.modes.get(file.toLowerCase());
    const isThere = present.has(file);
    if (mode === undefined) {
      if (!isThere) return [file, "absent"];
      // Whether such a file is a list or changes, its rows say.
      if (version === "1.2") {
        notes.push(`manifest.csv does not mention ${file}.csv; it was read as its rows are.`);
        return [file, "bulk"];
      }
      if (common === undefined) throw invalid(`${file}.csv is there, but manifest.csv does not say whether it is bulk or delta.`);
      notes.push(`manifest.csv does not mention ${file}.csv; it was read as ${common}, like the others.`);
      return [file, common];
    }
    if (mode === "absent" && isThere) throw invalid(`${file}.csv is there, but manifest.csv says that it is absent.`);
    if (mode !== "absent" && !isThere) {
      throw new RunFailure({
        code: "file-missing",
        step: "read manifest.csv",
        message: `manifest.csv promises ${file}.csv (${mode}), but it is not there${seenInstead([file], instead)}.`,
        remedy: "Check that the SIS uploads all files of the export; if the upload was still going on, the next sync will find it.",
      });
    }
    return [file, mode];
  });
  const modes = Object.fromEntries(entries) as Record<ModedFile, ReadMode>;
  if (collectionFiles.every((file) => modes[file] === "absent")) throw invalid("manifest.csv says that every roster file is absent.");
  const unread = otherFiles.filter((file) => (manifest.modes.get(file.toLowerCase()) ?? "absent") !== "absent");
  if (unread.length > 0) notes.push(`Not part of a roster, not used: ${unread.map((file) => `${file}.csv`).join(", ")}.`);
  return { modes, notes };
}

function bulkOf(present: ReadonlySet<ModedFile>, instead: Instead): FileModes {
  const missing = requiredFiles.filter((file) => !present.has(file));
  if (missing.length > 0) {
    throw new RunFailure({
      code: "file-missing",
      step: "find files",
      message: `${missing.map((file) => `${file}.csv`).join(", ")} ${missing.length === 1 ? "is" : "are"} missing from the set, and there is no manifest.csv that says so${seenInstead(missing, instead)}.`,
      remedy: "Have the SIS export all roster files, or a manifest.csv that marks the ones left out as absent.",
    });
  }
  return Object.fromEntries(modedFiles.map((file) => [file, present.has(file) ? "bulk" : "absent"])) as Record<ModedFile, ReadMode>;
}

function seenInstead(files: readonly ModedFile[], instead: Instead): string {
  const seen = files.flatMap((file) => instead.get(file) ?? []);
  return seen.length === 0 ? "" : `; ${seen.join(", ")}`;
}

function invalid(message: string): RunFailure {
  return new RunFailure({
    code: "manifest-invalid",
    step: "read manifest.csv",
    message,
    remedy: "Correct the export in the SIS, so that manifest.csv describes the files beside it.",
  });
}

function plain(text: string): string {
  return text
    .replace(/[\u200b-\u200d\u2060\ufeff]/g, "")
    .replaceAll("\u00a0", " ")
    .trim()
    .toLowerCase();
}

function cut(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
