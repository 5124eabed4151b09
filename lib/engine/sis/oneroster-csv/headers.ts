import { RunFailure } from "#lib/platform/errors.ts";
import type { ReadMode } from "#lib/roster/input.ts";
import type { OneRosterVersion } from "#lib/roster/version-change.ts";
import { columnsOf, otherSpellings } from "./columns.ts";
import type { ReadFile } from "./files.ts";
import { namedWidth } from "./table.ts";

export interface Header {
  /** The columns that are read, in the standard's spelling, and where each stands. */
  readonly columns: readonly { readonly name: string; readonly index: number }[];
  /** Where dateLastModified stands; it is not read, and whether it is blank says what the rows are. */
  readonly modifiedAt: number | null;
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
export function readHeader(
  { file, fileName, version }: { file: Exclude<ReadFile, "manifest">; fileName: string; version: OneRosterVersion },
  cells: readonly string[],
  mode: ReadMode,
): Header {
  const { needed, read, known } = columnsOf(version, file);
  const positions = new Map<string, number[]>();
  cells.forEach((cell, index) => {
    const name = cleanColumnName(cell).toLowerCase();
    positions.set(name, [...(positions.get(name) ?? []), index]);
  });
  for (const name of [...needed, ...read, ...known]) {
    const other = (otherSpellings[name] ?? []).flatMap((spelling) => positions.get(spelling.toLowerCase()) ?? []);
    if (other.length > 0 && !positions.has(name.toLowerCase())) positions.set(name.toLowerCase(), other);
  }

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
    modifiedAt: positions.get("datelastmodified")?.[0] ?? null,
    width: cells.length,
    namedWidth: namedWidth(cells),
    unread: cells
      .filter((_, index) => !taken.has(index))
      .map(cleanColumnName)
      .filter(Boolean),
  };
}

function remedyFor(cells: readonly string[]): string {
  const first = cells[0] ?? "";
  if (/^\s*</.test(first))
    return "The file begins like a web page or XML, perhaps the page of an error or of a sign-in. Find out what puts it there, and export CSV.";
  if (/^\s*[{[]/.test(first)) return "The file begins like JSON. Choose OneRoster CSV as the export format.";
  if (/[;\t|]/.test(first)) return "Export with commas between the columns; here they are separated by something else.";
  return "Export OneRoster CSV with the standard's header row as the first line; a renamed column must get its standard name back.";
}

function shown(cells: readonly string[]): string {
  const names = cells.slice(0, 30).map((cell) => cleanColumnName(cell).slice(0, 60));
  return cells.length > 30 ? `${names.join(", ")} …` : names.join(", ");
}
