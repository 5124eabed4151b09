/**
 * How the rows of one file look beside their header, so that a row whose values stand in the wrong columns is known. An
 * unquoted comma inside a value moves all that follows by one column; what is moved beyond the header may be blank.
 */
import { parseDate } from "#lib/roster/date.ts";
import { cleanText } from "#lib/roster/text.ts";
import { columnNames } from "./columns.ts";
import { cleanColumnName, type Header } from "./headers.ts";
import type { Row } from "./table.ts";

export interface RowShape {
  /** Cells that most rows have, or else the header. */
  readonly usualWidth: number;
  /** Cells that a row may have. */
  readonly width: number;
  /** Whether rows usually have values in cells that the header has no name for. */
  readonly isFilledBeyond: boolean;
  readonly typed: readonly TypedColumn[];
}

interface TypedColumn {
  readonly index: number;
  /** Whether the column being blank says something, too: what an address looks like is known wherever it stands. */
  readonly isBlankTelling: boolean;
  readonly fits: (text: string) => boolean;
}

const isWord = (...words: readonly string[]) => {
  const known = new Set(words);
  return (text: string) => known.has(text.toLowerCase());
};
const isDate = (text: string) => parseDate(text) !== null;
const isRole = isWord(
  "administrator",
  "aide",
  "counselor",
  "districtadministrator",
  "guardian",
  "parent",
  "principal",
  "proctor",
  "relative",
  "siteadministrator",
  "student",
  "systemadministrator",
  "teacher",
);
const isBoolean = isWord("true", "false", "1", "0", "y", "n", "yes", "no", "t", "f");

/** Columns whose values are known by their looks, whatever the district. */
const looks: Readonly<Record<string, (text: string) => boolean>> = {
  status: isWord("active", "inactive", "tobedeleted"),
  datelastmodified: isDate,
  datemodified: isDate,
  enableduser: isBoolean,
  role: (text) => isRole(text) || /^ext:/i.test(text),
  roletype: isWord("primary", "secondary"),
  // What telephone companies give out for text messages (5551234567@sms.example) stands beside an address often.
  email: (text) => /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text) && !/^[\d+().-]+@/.test(text),
  primary: isBoolean,
  begindate: isDate,
  enddate: isDate,
  startdate: isDate,
};

const plain = (name: string) => cleanColumnName(name).toLowerCase();

/** Columns of the standard that hold nothing like an address, a date or a yes beside their own. */
const isNarrow = isWord(...columnNames.map((name) => name.toLowerCase()).filter((name) => name !== "username" && name !== "userids"));

/** @param rows the first rows after the header, of which most are taken to be right */
export function shapeOf(header: Header, rows: readonly Row[]): RowShape {
  const widths = new Map<number, number>();
  for (const { cells } of rows) widths.set(cells.length, (widths.get(cells.length) ?? 0) + 1);
  // Many writers end each row with a separator too many. Where only some rows have one, something else is the matter.
  const usualWidth = [...widths].find(([, count]) => count > rows.length / 2)?.[0] ?? header.width;
  return {
    usualWidth,
    width: Math.max(header.width, usualWidth),
    isFilledBeyond: rows.filter(({ cells }) => hasValueFrom(cells, header.namedWidth)).length > rows.length / 2,
    typed: header.cells.flatMap((name, index) => {
      const fits = looks[plain(name)];
      // Extensions hold anything, and a user name may be an address as well.
      if (fits === undefined || !isNarrow(plain(header.cells[index + 1] ?? ""))) return [];
      const isAlike = ({ cells }: Row) => fits(cleanText(cells[index + 1] ?? ""));
      const alike = rows.filter(isAlike).length;
      const alikeBoth = rows.filter((row) => isAlike(row) && fits(cleanText(row.cells[index] ?? ""))).length;
      return alike > rows.length / 2 || alikeBoth > rows.length / 50 ? [] : [{ index, isBlankTelling: fits === looks.email, fits }];
    }),
  };
}

/** Whether the row has cells that it should not have. */
export function isTooLong({ cells }: Row, { namedWidth }: Header, { width, isFilledBeyond }: RowShape): boolean {
  return cells.length > width || (!isFilledBeyond && cells.length > namedWidth && hasValueFrom(cells, namedWidth));
}

/** The first column with a value that is none of its kind, while the cell after it has one; null where nothing speaks for a shift. */
export function shiftedAt({ cells }: Row, { typed }: RowShape): number | null {
  for (const { index, fits, isBlankTelling } of typed) {
    const text = cleanText(cells[index] ?? "");
    if (text === "" ? !isBlankTelling : fits(text)) continue;
    const next = cleanText(cells[index + 1] ?? "");
    if (next !== "" && fits(next)) return index;
  }
  return null;
}

function hasValueFrom(cells: readonly string[], start: number): boolean {
  for (let at = start; at < cells.length; at += 1) if (cleanText(cells[at] ?? "") !== "") return true;
  return false;
}
