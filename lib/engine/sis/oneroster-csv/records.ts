import { RunFailure } from "#lib/platform/errors.ts";
import type { Collection } from "#lib/roster/canonical.ts";
import { readId } from "#lib/roster/id.ts";
import type { ReadMode } from "#lib/roster/input.ts";
import type { IssueCode } from "#lib/roster/issue-codes.ts";
import type { Issue } from "#lib/roster/issues.ts";
import type { RawBatch, RawRecord, RejectedRecord } from "#lib/roster/raw.ts";
import { cleanText, quoteValue } from "#lib/roster/text.ts";
import type { OneRosterVersion } from "#lib/roster/version-change.ts";
import { cleanColumnName, type Header } from "./headers.ts";
import { isTooLong, type RowShape, shapeOf, shiftedAt } from "./row-shape.ts";
import type { Spooled } from "./spool.ts";
import { linesOfUnsound } from "./swallowed.ts";
import { type Row, rowsOf } from "./table.ts";

const BATCH_ROWS = 2_000;

/** What a file is. */
export interface FileKind {
  readonly collection: Collection;
  readonly header: Header;
  readonly version: OneRosterVersion;
  readonly mode: ReadMode;
}

/** A file's rows as raw records, about 2,000 at a time. @throws RunFailure as `rowsOf` */
export async function* batchesOf(file: Spooled, kind: FileKind): AsyncGenerator<RawBatch> {
  const { collection, header } = kind;
  let records: RawRecord[] = [];
  let rejected: RejectedRecord[] = [];
  let isHeader = true;
  let place: RowPlace = { part: file.name, ...kind, shape: null };
  const told = { collection, columns: header.columns.map(({ name }) => name), ...howRead(kind) };
  for await (const group of rowsOf(file)) {
    const rows = isHeader ? group.slice(1) : group;
    isHeader = false;
    // What is usual in the first rows, a few hundred, is taken for usual in the file.
    if (rows.length > 0 && place.shape === null) place = { ...place, shape: shapeOf(header, rows) };
    for (const row of rows) {
      for (const result of recordsOf(row, place)) {
        if ("issue" in result) rejected.push(result);
        else records.push(result);
      }
      if (records.length + rejected.length < BATCH_ROWS) continue;
      yield { ...told, records, rejected };
      records = [];
      rejected = [];
    }
  }
  if (records.length + rejected.length > 0) yield { ...told, records, rejected };
}

/** Of people of 1.2: that their roles come apart from them, and that they need no name to sign in. */
export function howRead({ collection, version }: Pick<FileKind, "collection" | "version">): Pick<RawBatch, "rolesApart" | "mayBeBlank"> {
  return collection === "users" && version === "1.2" ? { rolesApart: true, mayBeBlank: ["username"] } : {};
}

export interface RowPlace extends FileKind {
  readonly part: string;
  /** Null before the first row. */
  readonly shape: RowShape | null;
}

/** One row: as a rule one record. Of a row that may be several lines of the file, each is left out by its id. */
export function recordsOf(row: Row, place: RowPlace): readonly (RawRecord | RejectedRecord)[] {
  const { header, shape } = place;
  const lines = linesOfUnsound(row, header, shape?.usualWidth ?? header.width);
  if (lines !== null) {
    const last = lines.at(-1)?.line ?? row.line;
    const value = last === row.line ? "a quotation mark where none can be" : `lines ${row.line} to ${last} read as one row`;
    return lines.map(({ line, externalId }) => leftOut("row-quoting", place, line, externalId || null, value));
  }
  const { cells, line } = row;
  if (shape !== null && isTooLong(row, header, shape))
    return [leftOut("row-too-long", place, line, idOf(row, header), widthOf(row, header))];
  if (isHeaderAgain(row, header)) return [leftOut("header-repeated", place, line, idOf(row, header), null)];
  const shifted = shape === null ? null : shiftedAt(row, shape);
  if (shifted !== null) {
    const column = cleanColumnName(header.cells[shifted] ?? "");
    return [leftOut("row-shifted", place, line, idOf(row, header), cells[shifted] ?? "", column)];
  }

  const fields: Record<string, string | undefined> = {};
  for (const { name, index } of header.columns) fields[name] = cells[index];
  if (place.version === "1.2" && place.mode === "delta" && cleanText(fields.status ?? "") === "")
    return [leftOut("required-missing", place, line, idOf(row, header), null, "status")];
  const at = { part: place.part, position: line };
  if (cells.length >= header.namedWidth) return [{ place: at, fields }];
  const issue = issueOf("row-too-short", place, line, idOf(row, header), widthOf(row, header), "missing cells read as blank");
  return [{ place: at, fields, issues: [issue] }];
}

function idOf({ cells }: Row, { columns }: Header): string | null {
  return readId(cells[columns.find(({ name }) => name === "sourcedId")?.index ?? -1] ?? "") || null;
}

const widthOf = ({ cells }: Row, { width }: Header) => `${cells.length} cells, header has ${width}`;

/** Files that were put together from several have each one's header. */
function isHeaderAgain({ cells }: Row, { columns, cells: names }: Header): boolean {
  if (!/^[^a-z]*sourcedid/i.test(cells[columns[0]?.index ?? 0] ?? "")) return false;
  const plain = (text: string | undefined) => cleanColumnName(text ?? "").toLowerCase();
  return columns.every(({ index }) => plain(cells[index]) === plain(names[index]));
}

function leftOut(
  code: IssueCode,
  at: RowPlace,
  line: number,
  externalId: string | null,
  value: string | null,
  field: string | null = null,
): RejectedRecord {
  const kept = "left out; what Aivo has for it stays as it was";
  return { place: { part: at.part, position: line }, externalId, issue: issueOf(code, at, line, externalId, value, kept, field) };
}

function issueOf(
  code: IssueCode,
  { part, collection }: RowPlace,
  line: number,
  externalId: string | null,
  value: string | null,
  kept: string,
  field: string | null = null,
): Issue {
  return { code, collection, externalId, place: { part, position: line }, field, value: value && quoteValue(value), kept };
}

/** A bulk file with nobody in it would withdraw everybody. */
export function noRows(name: string): RunFailure {
  return new RunFailure({
    code: "file-no-rows",
    step: `read ${name}`,
    message: `${name} has a header but not a single row. As a complete list it would withdraw everything, so nothing was changed.`,
    remedy: "Check the export in the SIS: its filter, its school year, and whether the job ended with an error.",
  });
}
