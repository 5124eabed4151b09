/**
 * CSV per RFC 4180: comma, CRLF, a cell quoted only where it must be.
 *
 * A spreadsheet takes a cell that begins with = + - @ for a formula, which a name typed into a SIS could abuse. Files for
 * people therefore put an apostrophe in front of such a cell (`forPeople`). Files for programs (`exact`) must not: a name that
 * went out as '=x would come back as another name, and whoever reads them does not evaluate cells.
 */
export type CsvAudience = "forPeople" | "exact";

export type CsvCell = string | number | boolean | null | undefined;

/** Also full-width and small, which spreadsheets set to East Asian languages take for the same. */
const formulaStart = /^[=+\-@\t\r\n＝＋－＠﹦﹢﹣﹫]/;
const plainNumber = /^[+-]?\d+(\.\d+)?$/;
const needsQuotes = /[",\r\n]|^\s|\s$/;

/** One line with its ending. */
export function csvLine(cells: readonly CsvCell[], audience: CsvAudience): string {
  return `${cells.map((cell) => csvCell(cell, audience)).join(",")}\r\n`;
}

function csvCell(cell: CsvCell, audience: CsvAudience): string {
  const text = cell === null || cell === undefined ? "" : String(cell);
  const safe = audience === "forPeople" && formulaStart.test(text) && !plainNumber.test(text) ? `'${text}` : text;
  return needsQuotes.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
