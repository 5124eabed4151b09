/**
 * Which OneRoster a set is: by its manifest, then by the header of users.csv, then by roles.csv. Where two of them disagree nothing is
 * read: a reader of 1.1 would find nobody's role in a set of 1.2, and one of 1.2 no roles in a set of 1.1.
 */

import { RunFailure } from "#lib/platform/errors.ts";
import type { OneRosterVersion } from "#lib/roster/version-change.ts";
import { earlierColumns, formerUserColumns, laterUserColumns } from "./columns.ts";
import type { ReadFile } from "./files.ts";
import { cleanColumnName } from "./headers.ts";

export interface VersionClues {
  /** Null where there is no manifest.csv. */
  readonly manifest: { readonly version: string | null } | null;
  readonly heads: ReadonlyMap<ReadFile, { readonly fileName: string; readonly cells: readonly string[] }>;
}

export interface ToldVersion {
  readonly version: OneRosterVersion;
  /** What told it: "oneroster.version 1.2 (manifest.csv)". */
  readonly because: string;
}

/**
 * @throws RunFailure `version-unsupported` for a version that is not read, `version-disagrees` where the set says two, both named, and
 * `manifest-missing` for a set of 1.2 without one
 */
export function tellVersion(clues: VersionClues): ToldVersion {
  const stated = statedVersion(clues.manifest?.version ?? null);
  const headers = headerVersion(clues);
  const roles = clues.heads.get("roles")?.fileName;
  const byManifest = `oneroster.version ${stated?.text ?? ""} (manifest.csv)`;
  if (stated !== null && stated.version === "other") throw unsupported(stated.text, [byManifest]);
  if (stated?.version === "1.0" && headers?.version !== "1.2")
    throw unsupported("1.0", [byManifest, ...(headers?.version === "1.0" ? headers.evidence : [])]);
  if (stated?.version === "1.2") return ofTwelve(byManifest, headers, roles);
  if (headers?.version === "1.2") {
    if (stated !== null) throw disagrees(byManifest, `${headers.evidence.join(", ")}, which only OneRoster 1.2 has`);
    if (clues.manifest === null) throw manifestMissing(headers.evidence);
    return { version: "1.2", because: headers.evidence.join(", ") };
  }
  if (headers?.version === "1.0") throw unsupported("1.0", headers.evidence);
  if (headers === null && roles !== undefined) {
    if (stated !== null) throw disagrees(byManifest, `${roles}, which only OneRoster 1.2 has`);
    if (clues.manifest === null) throw manifestMissing([roles]);
    return { version: "1.2", because: roles };
  }
  return { version: "1.1", because: stated === null ? (headers?.evidence.join(", ") ?? "no sign of another") : byManifest };
}

/** Of a set whose manifest says 1.2. */
function ofTwelve(byManifest: string, headers: HeaderVersion | null, roles: string | undefined): ToldVersion {
  if (headers?.version === "1.0") throw disagrees(byManifest, `${headers.evidence.join(", ")}, as in OneRoster 1.0`);
  if (headers?.version === "1.1" && !(headers.hasLater && roles !== undefined)) {
    const seen = `${headers.evidence.join(", ")}, as in OneRoster 1.1`;
    throw disagrees(
      byManifest,
      roles === undefined ? `${seen}, and there is no roles.csv: an export of 1.1 that calls itself 1.2` : `${seen}, beside ${roles}`,
    );
  }
  return { version: "1.2", because: byManifest };
}

interface Stated {
  /** As it stands there, but for what spreadsheets make of it. */
  readonly text: string;
  readonly version: "1.0" | OneRosterVersion | "other";
}

/** Spreadsheets make 1 of 1.0 and 1.20 of 1.2; 1.2.1 is the number of the corrected document. */
function statedVersion(text: string | null): Stated | null {
  if (text === null) return null;
  if (text === "1" || /^(0\.|1\.0(\.|$))/.test(text)) return { text: text === "1" ? "1.0" : text, version: "1.0" };
  const version = (["1.1", "1.2"] as const).find((known) => text === known || text === `${known}0` || text.startsWith(`${known}.`));
  return { text, version: version ?? "other" };
}

interface HeaderVersion {
  readonly version: "1.0" | OneRosterVersion;
  /** "primaryOrgSourcedId (users.csv)" */
  readonly evidence: readonly string[];
  /** Whether users.csv has columns of 1.2 beside those of 1.1. */
  readonly hasLater: boolean;
}

/** Null where no header says anything. */
function headerVersion({ heads }: VersionClues): HeaderVersion | null {
  const earlier: string[] = [];
  for (const [file, { fileName, cells }] of heads) {
    const names = namesOf(cells);
    for (const [old, current] of Object.entries(earlierColumns[file] ?? {}))
      if (names.has(old.toLowerCase()) && !names.has(current.toLowerCase())) earlier.push(`${old} (${fileName})`);
  }
  const users = heads.get("users");
  const found = (columns: readonly string[]) => {
    const names = namesOf(users?.cells ?? []);
    return columns.filter((name) => names.has(name.toLowerCase())).map((name) => `${name} (${users?.fileName})`);
  };
  const former = found(formerUserColumns);
  const later = found(laterUserColumns);
  if (earlier.length > 0) return { version: "1.0", evidence: earlier, hasLater: later.length > 0 };
  if (former.length > 0) return { version: "1.1", evidence: former, hasLater: later.length > 0 };
  return later.length > 0 ? { version: "1.2", evidence: later, hasLater: true } : null;
}

function namesOf(cells: readonly string[]): ReadonlySet<string> {
  return new Set(cells.map((cell) => cleanColumnName(cell).toLowerCase()));
}

function unsupported(version: string, evidence: readonly string[]): RunFailure {
  return new RunFailure({
    code: "version-unsupported",
    step: "read headers",
    message: `The set is OneRoster ${version}, and Aivo reads 1.1 and 1.2. Told by: ${evidence.join(", ")}. Nothing of it was imported.`,
    remedy: "Choose OneRoster 1.1 or 1.2 CSV as the export format in the SIS.",
  });
}

function disagrees(manifest: string, other: string): RunFailure {
  return new RunFailure({
    code: "version-disagrees",
    step: "read headers",
    message: `The set says two versions of OneRoster: ${manifest}, and ${other}. Nothing of it was imported.`,
    remedy:
      "Have the SIS export one version, 1.1 or 1.2, with a manifest.csv that says which, and take files of an earlier export off the server.",
  });
}

function manifestMissing(evidence: readonly string[]): RunFailure {
  return new RunFailure({
    code: "manifest-missing",
    step: "read headers",
    message: `manifest.csv is missing, and the set looks like OneRoster 1.2 (${evidence.join(", ")}), which is never without one: whether its files are complete lists or changes cannot be told. Nothing of it was imported.`,
    remedy: "Have the SIS export manifest.csv with the other files.",
  });
}
