import { RunFailure } from "#lib/platform/errors.ts";
import { CsvTokenizer, type Quoting, truncated } from "./csv.ts";
import { type Spooled, textOf } from "./spool.ts";

export interface Row {
  readonly line: number;
  readonly cells: readonly string[];
  /** False for a last row without a line end. */
  readonly isTerminated: boolean;
  /** Where its quotation marks may be wrong. */
  readonly quoting: Quoting | null;
}

/**
 * The rows of a spooled file, blank ones left out, in groups as they come; the header is the first row.
 * @throws RunFailure `file-truncated`, `file-malformed`
 */
export async function* rowsOf(file: Spooled): AsyncGenerator<readonly Row[]> {
  let rows: Row[] = [];
  let lastLine = 1;
  let width = -1;
  const tokenizer = new CsvTokenizer(file.name, (cells, line, isTerminated, quoting) => {
    lastLine = line;
    if (cells.every(isBlank)) return;
    if (width === -1) width = namedWidth(cells);
    else if (!isTerminated && cells.length < width) throw truncated(file.name, line);
    rows.push({ line, cells, isTerminated, quoting });
  });
  for await (const text of textOf(file)) {
    tokenizer.push(text);
    if (rows.length === 0) continue;
    yield rows;
    rows = [];
  }
  if (!file.isHead) tokenizer.end();
  if (file.encoding?.endsInCharacter && !file.isHead) throw truncated(file.name, lastLine);
  if (rows.length > 0) yield rows;
}

/** The header, and whether any row follows. @throws RunFailure `file-empty`, and as `rowsOf` */
export async function headOf(file: Spooled): Promise<{ header: readonly string[]; hasRows: boolean }> {
  let header: readonly string[] | null = null;
  for await (const rows of rowsOf(file)) {
    const [first, second] = rows;
    if (header !== null) return { header, hasRows: true };
    if (first !== undefined) header = first.cells;
    if (header !== null && second !== undefined) return { header, hasRows: true };
  }
  if (header === null) throw empty(file);
  return { header, hasRows: false };
}

function empty(file: Spooled): RunFailure {
  return new RunFailure({
    code: "file-empty",
    step: `read ${file.name}`,
    message: file.bytes === 0 ? `${file.name} has no bytes.` : `${file.name} holds nothing but blank lines.`,
    remedy: "Let the SIS export and upload the files again. If it happens each time, its export job fails: look at its log.",
  });
}

/** Cells of a header up to its last name; spreadsheets leave blank ones behind it. */
export function namedWidth(header: readonly string[]): number {
  return header.findLastIndex((cell) => !isBlank(cell)) + 1;
}

function isBlank(cell: string): boolean {
  return cell === "" || cell.trim() === "";
}
