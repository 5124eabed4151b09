/**
 * Which files in a directory are the set to read. Pure: listings in, a decision and its reasons out.
 *
 * A directory holds loose files under their own names, or under dated names of which the newest complete day counts, or
 * zip archives, the newest first; or a subfolder per day with any of these.
 */
import { RunFailure } from "#lib/platform/errors.ts";
import { isReadFile, parseFileName, requiredFiles, stampOf } from "./files.ts";
import { type Instead, insteadOf, isUnfinished, sentencesOf } from "./instead.ts";
import type { RemoteEntry } from "./session.ts";

export interface LocatedFile {
  readonly entry: RemoteEntry;
  readonly file: string;
}

export type Located =
  | {
      readonly kind: "files";
      readonly files: readonly LocatedFile[];
      readonly isComplete: boolean;
      /** What stands there for files that are not. */
      readonly instead: Instead;
      readonly notes: readonly string[];
    }
  /** Newest first; the next one only if there is no roster file in the one before. */
  | {
      readonly kind: "archives";
      readonly archives: readonly RemoteEntry[];
      /** The other entries, if no archive holds a roster file. */
      readonly beside: readonly RemoteEntry[];
      readonly notes: readonly string[];
    }
  | { readonly kind: "none" };

/** Decides over one folder's entries. @throws RunFailure `file-unexpected` for two files of one name in the set that would be read */
export function locateSet(entries: readonly RemoteEntry[]): Located {
  const notes: string[] = [];
  const files = entries.filter(({ kind, name }) => kind === "file" && !isHidden(name) && !isUnfinished(name));
  const stillUploading = entries.filter(({ kind, name }) => kind === "file" && !isHidden(name) && isUnfinished(name));
  if (stillUploading.length > 0) notes.push(`Ignored as unfinished uploads: ${namesOf(stillUploading)}.`);

  const archives = files.filter(({ name }) => /\.zip$/i.test(name)).sort(newestFirst);
  const beside = entries.filter(({ name }) => !/\.zip$/i.test(name));
  const sets = setsIn(files);
  const complete = sets.find((set) => set.isComplete);
  const set = complete ?? (archives.length === 0 ? sets[0] : undefined);

  if (set === undefined && archives.length === 0) return { kind: "none" };
  const archive = archives[0];
  if (set !== undefined && archive !== undefined && archive.modified > set.modified) {
    notes.push(`Both loose files and ${archive.name} are there; the archive is newer and was read.`);
    return { kind: "archives", archives, beside, notes };
  }
  if (set === undefined) {
    if (sets.length > 0) notes.push("Loose files are there as well, but no complete set of them; the archive was read.");
    if (archives.length > 1) notes.push(`${archives.length} archives are there; the newest was read.`);
    return { kind: "archives", archives, beside, notes };
  }
  if (set.twins !== null) throw ambiguous(set.twins);
  if (archive !== undefined) notes.push(`Both loose files and ${archive.name} are there; the loose files are newer and were read.`);
  const newer = sets.slice(0, sets.indexOf(set));
  if (newer.length > 0)
    notes.push(
      `The set of ${newer.map(({ day }) => day ?? "undated names").join(", ")} is not complete; the one of ${set.day ?? "undated names"} was read.`,
    );
  else if (sets.length > 1)
    notes.push(`Sets of ${sets.length} days are there; the newest${set.day === null ? "" : `, of ${set.day},`} was read.`);

  const ignored = files.filter(({ name }) => !/\.zip$/i.test(name) && parseFileName(name) === null);
  const others = set.files.filter(({ file }) => !isReadFile(file));
  if (others.length > 0) notes.push(`Not part of a roster, not used: ${namesOf(others.map(({ entry }) => entry))}.`);
  if (ignored.length > 0) notes.push(`Not OneRoster files, not read: ${namesOf(ignored)}.`);
  return {
    kind: "files",
    files: set.files.filter(({ file }) => isReadFile(file)),
    isComplete: set.isComplete,
    instead: insteadOf(entries.map(asSeen)),
    notes,
  };
}

/** The subfolders that may be one day's set, newest first. */
export function dayFolders(entries: readonly RemoteEntry[], limit = 30): RemoteEntry[] {
  return entries
    .filter(({ kind, name }) => kind === "folder" && !isHidden(name))
    .sort(newestFirst)
    .slice(0, limit);
}

const asSeen = ({ name, kind }: RemoteEntry) => ({ name, isFolder: kind === "folder" });

/** Nothing to read: says what was there and what is expected. `inside`: what is in the archives, as sentences. */
export function nothingFound(directory: string, entries: readonly RemoteEntry[], inside: readonly string[] = []): RunFailure {
  const seen = entries.filter(({ name }) => !isHidden(name));
  const held = [`There is no OneRoster set in ${directory}. It holds: ${namesOf(seen)}.`, ...inside, sentencesOf(seen.map(asSeen))];
  return new RunFailure({
    code: "no-files",
    step: "find files",
    message: seen.length === 0 ? `The directory ${directory} is empty.` : held.filter((sentence) => sentence !== "").join(" "),
    remedy: `Aivo expects ${requiredFiles.map((file) => `${file}.csv`).join(", ")} (and manifest.csv, courses.csv) as loose files or in one zip. Check the directory, and that the SIS exports to it.`,
  });
}

function ambiguous([one, other]: readonly [string, string]): RunFailure {
  return new RunFailure({
    code: "file-unexpected",
    step: "find files",
    message: `${one} and ${other} are both there, and differ only in upper and lower case: it cannot be told which of them is the roster.`,
    remedy:
      "Take the one that is not current off the server. An export that changed the spelling of its file names leaves the old ones there.",
  });
}

interface CandidateSet {
  /** `2026-08-01`, or null for names without a date. */
  readonly day: string | null;
  readonly modified: Date;
  readonly files: readonly LocatedFile[];
  readonly isComplete: boolean;
  /** Two names of one file that differ only in case. */
  readonly twins: readonly [string, string] | null;
}

/** Loose files by the day in their names, the newest day first. */
function setsIn(entries: readonly RemoteEntry[]): CandidateSet[] {
  const byDay = new Map<string, Map<string, { entry: RemoteEntry; stamp: string }>>();
  const twins = new Map<string, readonly [string, string]>();
  for (const entry of entries) {
    const parsed = parseFileName(entry.name);
    if (parsed === null) continue;
    const day = parsed.stamp?.slice(0, 8) ?? "";
    const files = byDay.get(day) ?? new Map<string, { entry: RemoteEntry; stamp: string }>();
    byDay.set(day, files);
    // One day may have been exported more than once. A case-sensitive server may hold users.csv beside Users.csv.
    const other = files.get(parsed.file);
    const stamp = parsed.stamp ?? "";
    if (other?.entry.name.toLowerCase() === entry.name.toLowerCase()) twins.set(day, [other.entry.name, entry.name]);
    if (other === undefined || stamp > other.stamp || (stamp === other.stamp && entry.modified > other.entry.modified))
      files.set(parsed.file, { entry, stamp });
  }
  // One manifest without a date beside dated files speaks for all of them: without it a delta would be read as everything.
  const undated = byDay.get("");
  const manifest = undated?.get("manifest");
  if (undated?.size === 1 && manifest !== undefined && byDay.size > 1) {
    byDay.delete("");
    for (const files of byDay.values()) if (!files.has("manifest")) files.set("manifest", manifest);
  }
  return [...byDay]
    .map(([day, found]) => {
      const files = [...found].map(([file, { entry }]) => ({ file, entry }));
      const has = (file: string) => found.has(file);
      const isRoster = files.some(({ file }) => isReadFile(file) && file !== "manifest");
      return {
        day: day === "" ? null : `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6, 8)}`,
        modified: new Date(Math.max(0, ...files.map(({ entry }) => entry.modified.getTime()))),
        files,
        // What a manifest says is judged when it has been read.
        twins: twins.get(day) ?? null,
        isComplete: isRoster && (has("manifest") || requiredFiles.every(has)),
      };
    })
    .sort((a, b) => dayOf(b).localeCompare(dayOf(a)) || b.modified.getTime() - a.modified.getTime());
}

function dayOf({ day, modified }: CandidateSet): string {
  return day ?? modified.toISOString().slice(0, 10);
}

function newestFirst(a: RemoteEntry, b: RemoteEntry): number {
  const [first, second] = [stampOf(a.name), stampOf(b.name)];
  if (first !== null && second !== null && first !== second) return second.localeCompare(first);
  return b.modified.getTime() - a.modified.getTime() || b.name.localeCompare(a.name);
}

function isHidden(name: string): boolean {
  return name.startsWith(".") || name === "__MACOSX";
}

/** Up to ten names. */
function namesOf(entries: readonly RemoteEntry[]): string {
  const names = entries.slice(0, 10).map(({ name, kind }) => (kind === "folder" ? `${name}/` : name));
  return entries.length > 10 ? `${names.join(", ")} and ${entries.length - 10} more` : names.join(", ");
}
