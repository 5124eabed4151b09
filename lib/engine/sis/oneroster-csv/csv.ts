/**
 * CSV text in pieces → rows, each with the physical line where it starts.
 *
 * Ours rather than a package's: udsv, the fastest, takes one row ending and one width for the whole file, does not tell
 * lines, and reads a file that is cut off in a quote as if it were complete. What makes this one quick is that a line
 * without a quotation mark is found and cut by indexOf; only other lines are looked at character by character.
 *
 * Rules: RFC 4180; a quotation mark inside an unquoted cell is text; text after a closing quotation mark belongs to the
 * cell. Either tells that a mark is missing or too many, so that the row may hold more lines than it should: such a row is
 * handed on with its text. Rows end with LF or CRLF; where the first row ends with a lone CR, with CR as well. Elsewhere a lone CR is text.
 */
import { RunFailure } from "#lib/platform/errors.ts";

const QUOTE = 34;
const COMMA = 44;
const LF = 10;
const CR = 13;

/** Of a row whose quotation marks may be wrong: one that breaks the rules of quoting, or that spans several lines. */
export interface Quoting {
  readonly isMalformed: boolean;
  /** The row as it stands in the file. */
  readonly text: string;
}

/** `isTerminated` is false for a last row without a line end. */
export type OnRow = (cells: string[], line: number, isTerminated: boolean, quoting: Quoting | null) => void;

export class CsvTokenizer {
  readonly #file: string;
  readonly #onRow: OnRow;
  readonly #maxRowLength: number;
  #rest = "";
  /** The line where the row that `#rest` begins with starts. */
  #line = 1;
  /** Whether a lone CR ends a row; null until the first row has ended. */
  #endsAtCr: boolean | null = null;
  /** Where the next quotation mark is, or -1. */
  #quote = -1;
  /** The line of the mark that opened a cell of the row that `#rest` begins with and found no other yet; null where none did. */
  #openLine: number | null = null;

  /** `file` is for messages. A row longer than `maxRowLength` characters is taken for a quotation mark that was never closed. */
  constructor(file: string, onRow: OnRow, maxRowLength = 1_048_576) {
    this.#file = file;
    this.#onRow = onRow;
    this.#maxRowLength = maxRowLength;
  }

  /** @throws RunFailure `file-malformed` for a row without end */
  push(text: string): void {
    const whole = this.#rest === "" ? text : this.#rest + text;
    const consumed = this.#read(whole, false);
    this.#rest = consumed === 0 ? whole : whole.slice(consumed);
    if (this.#rest.length > this.#maxRowLength) throw this.#endless();
  }

  #endless(): RunFailure {
    const cause = this.#openLine === null ? "" : `; a quotation mark in line ${this.#openLine} is probably never closed`;
    return new RunFailure({
      code: "file-malformed",
      step: `read ${this.#file}`,
      message: `The row that starts in line ${this.#line} of ${this.#file} does not end within ${this.#maxRowLength.toLocaleString("en-US")} characters${cause}.`,
      remedy:
        this.#openLine === null
          ? `Look at line ${this.#line} of ${this.#file} for a value that is far too long, or for line ends that are missing, correct it in the SIS and export again.`
          : `Look at line ${this.#openLine} of ${this.#file} for a cell with a single quotation mark, correct it in the SIS and export again.`,
    });
  }

  /** @throws RunFailure `file-truncated` or `file-malformed` when the text ends inside a quoted cell */
  end(): void {
    const consumed = this.#read(this.#rest, true);
    if (consumed < this.#rest.length) throw this.#unclosed(this.#rest.slice(consumed));
    this.#rest = "";
  }

  /** A mark opens a cell and no other closes it: the file was cut off in this very line, or there is a mark too many somewhere before its end. */
  #unclosed(rest: string): RunFailure {
    const lastLine = this.#line + linesIn(rest.trimEnd(), 0, rest.trimEnd().length);
    if (lastLine === this.#line) return truncated(this.#file, this.#line);
    return new RunFailure({
      code: "file-malformed",
      step: `read ${this.#file}`,
      message: `A quotation mark in line ${this.#openLine} of ${this.#file} is never closed, so that everything from there to the end of the file, line ${lastLine}, reads as one value.`,
      remedy: `Look at line ${this.#openLine} of ${this.#file}: take the mark out in the SIS, or have it written twice ("") if it belongs to the value. If that line is right, the file was cut off: export and upload it again.`,
    });
  }

  /** Reads the rows that are complete and returns where the first incomplete one starts. */
  #read(text: string, isLast: boolean): number {
    let start = 0;
    this.#openLine = null;
    // A field, not a variable: V8 takes a search for pure and would repeat it, to the end of the text, for every row.
    this.#quote = text.indexOf('"');
    const { length } = text;
    while (start < length) {
      const quote = this.#quote;
      let end = this.#endOfLine(text, start, quote === -1 ? length : quote, isLast);
      if (quote !== -1 && (end === -1 || quote < end)) {
        const next = this.#readQuoted(text, start, isLast);
        if (next === -1) return start;
        start = next;
        this.#quote = text.indexOf('"', start);
        continue;
      }
      if (end === -1) {
        if (!isLast) return start;
        // A CR that ends the file ends its row as well.
        end = text.charCodeAt(length - 1) === CR ? length - 1 : length;
      }
      const isTerminated = end < length;
      const after = isTerminated ? end + lineEndLength(text, end) : length;
      // A CR before the LF belongs to the line end.
      const cut = isTerminated && text.charCodeAt(end) === LF && end > start && text.charCodeAt(end - 1) === CR ? end - 1 : end;
      this.#onRow(cellsOf(text, start, cut), this.#line, isTerminated, null);
      this.#line += 1;
      start = after;
    }
    return start;
  }

  /** Where the line that is at `start` ends (its LF, or its CR in a CR file), or -1 if not before `limit` as far as is known. */
  #endOfLine(text: string, start: number, limit: number, isLast: boolean): number {
    if (this.#endsAtCr === false) return text.indexOf("\n", start);
    for (let at = start; at < limit; at += 1) {
      const code = text.charCodeAt(at);
      if (code === LF) {
        this.#endsAtCr ??= false;
        return at;
      }
      if (code !== CR) continue;
      // Whether an LF follows decides what it is; it may be in the next piece.
      if (at + 1 === text.length && !isLast) return -1;
      if (text.charCodeAt(at + 1) === LF) {
        if (this.#endsAtCr === null) {
          this.#endsAtCr = false;
          return at + 1;
        }
        return at;
      }
      this.#endsAtCr = true;
      return at;
    }
    return -1;
  }

  /** Reads one row with quotation marks; returns where the next starts, or -1 if it does not end in the text. */
  #readQuoted(text: string, start: number, isLast: boolean): number {
    const cells: string[] = [];
    const { length } = text;
    let linesInside = 0;
    let isMalformed = false;
    let at = start;
    for (;;) {
      let cell = "";
      const isQuoted = text.charCodeAt(at) === QUOTE;
      if (isQuoted) {
        const opened = at;
        at += 1;
        for (;;) {
          const close = text.indexOf('"', at);
          if (close === -1) {
            this.#openLine = this.#line + linesIn(text, start, opened);
            return -1;
          }
          linesInside += linesIn(text, at, close);
          if (close + 1 === length && !isLast) return -1; // may be the first of two
          if (text.charCodeAt(close + 1) === QUOTE) {
            cell += text.slice(at, close + 1);
            at = close + 2;
          } else {
            cell += text.slice(at, close);
            at = close + 1;
            break;
          }
        }
      }
      const from = at;
      while (at < length) {
        const code = text.charCodeAt(at);
        if (code === COMMA || code === LF || (code === CR && this.#isLineEnd(text, at))) break;
        if (isQuoted || code === QUOTE) isMalformed = true;
        at += 1;
      }
      if (at < length && text.charCodeAt(at) === CR && at + 1 === length && !isLast) return -1;
      if (at === length && !isLast) return -1;
      cells.push(cell === "" ? text.slice(from, at) : cell + text.slice(from, at));
      if (at < length && text.charCodeAt(at) === COMMA) {
        at += 1;
        continue;
      }
      const isTerminated = at < length;
      if (isTerminated) this.#endsAtCr ??= text.charCodeAt(at) === CR && text.charCodeAt(at + 1) !== LF;
      this.#onRow(cells, this.#line, isTerminated, isMalformed || linesInside > 0 ? { isMalformed, text: text.slice(start, at) } : null);
      this.#line += 1 + linesInside;
      return isTerminated ? at + lineEndLength(text, at) : length;
    }
  }

  /** Whether the CR at this place ends a row: always with an LF after it, alone only in a CR file. At the end of a piece it may. */
  #isLineEnd(text: string, at: number): boolean {
    return this.#endsAtCr !== false || at + 1 === text.length || text.charCodeAt(at + 1) === LF;
  }
}

/** @returns the failure of a file that ends where it must not */
export function truncated(file: string, line: number): RunFailure {
  return new RunFailure({
    code: "file-truncated",
    step: `read ${file}`,
    message: `${file} ends in the middle of line ${line}; the rest of it did not arrive or was never written.`,
    remedy:
      "Let the SIS export and upload the files again, completely. If it happens each time, schedule the sync later than the upload ends.",
    transient: false,
  });
}

/** The cells of a line without quotation marks. */
function cellsOf(text: string, start: number, end: number): string[] {
  const cells: string[] = [];
  let from = start;
  for (;;) {
    const comma = text.indexOf(",", from);
    if (comma === -1 || comma >= end) break;
    cells.push(text.slice(from, comma));
    from = comma + 1;
  }
  cells.push(text.slice(from, end));
  return cells;
}

function lineEndLength(text: string, at: number): number {
  return text.charCodeAt(at) === CR && text.charCodeAt(at + 1) === LF ? 2 : 1;
}

/** Line ends between two places; CRLF is one. */
function linesIn(text: string, from: number, to: number): number {
  let lines = 0;
  for (let at = from; at < to; at += 1) {
    const code = text.charCodeAt(at);
    if (code === LF || (code === CR && text.charCodeAt(at + 1) !== LF)) lines += 1;
  }
  return lines;
}
