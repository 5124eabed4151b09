import { RunFailure } from "#lib/platform/errors.ts";
import type { ReadMode } from "#lib/roster/input.ts";
import { columnsOf, earlierColumns, laterColumns } from "./columns.ts";
import type { ReadFile } from "./files.ts";
import { namedWidth } from "./table.ts";

export interface Header {
  /** The columns that are read, in the standard's spelling, and where each stands. */
  readonly columns: readonly { readonly name: string; readonly index: number }[];
  /** The header row as it stands in the file. */
  readonly cells: readonly string[];
  /** Cells in the header row. */
  readonly width: number;
  /** Cells up to the last that has a name: what a row needs to be whole. */
  readonly namedWidth: number;
  /** Columns that are not read, as they are spelt in the file. */
  readonly unread: readonly string[];
}

/** A column name without what cannot be seen: byte order marks, zero-width and non-breaking spaces, space around it. */
export function cleanColumnName(text: string): string {
  return text
    .replace(/[\u00ad\u200b-\u200f\u2060\ufeff]/g, "")
    .replace(/[\s\u00a0\u202f]+/g, " ")
    .trim();
}

/**
 * Finds the columns of a file by name, whatever their order and case.
 * @throws RunFailure `header-missing-columns` (naming all) or `header-duplicate-columns`
 */
export function readHeader(file: Exclude<ReadFile, "manifest">, fileName: string, cells: readonly string[], mode: ReadMode): Header {
  const { needed, read, known } = columnsOf[file];
  const positions = new Map<string, number[]>();
  cells.forEach((cell, index) => {
    const name = cleanColumnName(cell).toLowerCase();
    positions.set(name, [...(positions.get(name) ?? []), index]);
  });

  const repeated = [...needed, ...read, ...known].filter((name) => (positions.get(name.toLowerCase())?.length ?? 0) > 1);
  if (repeated.length > 0) {
    throw new RunFailure({
      code: "header-duplicate-columns",
      step: `read ${fileName}`,
      message: `${fileName} has the column ${repeated.join(", ")} more than once, so it cannot be told which one counts.`,
      remedy: "Remove the surplus column from the SIS's export template.",
    });
  }
  // A delta says by its status what is withdrawn; without it everything would seem to be there.
  const missing = [...needed, ...(mode === "delta" ? ["status"] : [])].filter((name) => !positions.has(name.toLowerCase()));
  if (missing.length > 0) {
    throw new RunFailure({
      code: "header-missing-columns",
      step: `read ${fileName}`,
      message: `${fileName} lacks ${missing.length === 1 ? "the column" : "the columns"} ${missing.join(", ")}. It has: ${shown(cells)}.`,
      remedy: remedyFor(cells),
    });
  }
  const columns = [...needed, ...read].flatMap((name) => {
    const index = positions.get(name.toLowerCase())?.[0];
    return index === undefined ? [] : [{ name, index }];
  });
  const taken = new Set(columns.map(({ index }) => index));
  return {
    columns,
    cells,
    width: cells.length,
    namedWidth: namedWidth(cells),
    unread: cells
      .filter((_, index) => !taken.has(index))
      .map(cleanColumnName)
      .filter(Boolean),
  };
}

/**
 * Refuses sets of other versions before anything of them is read: never half imported.
 * @throws RunFailure `version-unsupported` naming the version and what gave it away
 */
export function assertVersion(set: {
  manifestVersion: string | null;
  laterFiles: readonly string[];
  headers: ReadonlyMap<ReadFile, { fileName: string; cells: readonly string[] }>;
}): void {
  const earlier: string[] = [];
  const later: string[] = [...set.laterFiles];
  for (const [file, { fileName, cells }] of set.headers) {
    const names = new Set(cells.map((cell) => cleanColumnName(cell).toLowerCase()));
    const inFile = (name: string) => `${name} (${fileName})`;
    for (const [old, current] of Object.entries(earlierColumns[file] ?? {})) {
      if (names.has(old.toLowerCase()) && !names.has(current.toLowerCase())) earlier.push(inFile(old));
    }
    later.push(...(laterColumns[file] ?? []).filter((name) => names.has(name.toLowerCase())).map(inFile));
  }
  const { manifestVersion } = set;
  // Spreadsheets make 1 of 1.0.
  const stated = manifestVersion === null || /^1\.1(\.|$)/.test(manifestVersion) ? null : manifestVersion === "1" ? "1.0" : manifestVersion;
  if (stated !== null) (/^(0\.|1\.0(\.|$))/.test(stated) ? earlier : later).push(`oneroster.version ${stated} (manifest.csv)`);
  if (later.length > 0) throw unsupported(stated !== null && stated !== "1.0" ? stated : "1.2", later);
  if (earlier.length > 0) throw unsupported("1.0", earlier);
}

function unsupported(version: string, evidence: readonly string[]): RunFailure {
  return new RunFailure({
    code: "version-unsupported",
    step: "read headers",
    message: `The set is OneRoster ${version}, and Aivo reads 1.1. Told by: ${evidence.join(", ")}. Nothing of it was imported.`,
    remedy: "Choose OneRoster 1.1 CSV as the export format in the SIS.",
  });
}

function remedyFor(cells: readonly string[]): string {
  const first = cells[0] ?? "";
  if (/^\s*</.test(first))
    return "The file begins like a web page or XML, perhaps the page of an error or of a sign-in. Find out what puts it there, and export CSV.";
  if (/^\s*[{[]/.test(first)) return "The file begins like JSON. Choose OneRoster 1.1 CSV as the export format.";
  if (/[;\t|]/.test(first)) return "Export with commas between the columns; here they are separated by something else.";
  return "Export OneRoster 1.1 CSV with the standard's header row as the first line; a renamed column must get its standard name back.";
}

function shown(cells: readonly string[]): string {
  const names = cells.slice(0, 30).map((cell) => cleanColumnName(cell).slice(0, 60));
  return cells.length > 30 ? `${names.join(", ")} …` : names.join(", ");
}
