/**
 * A quotation mark that is missing or too many makes one row of several lines. Which of them are rows of their own cannot be
 * told for sure, so none of them is used; that they are in the file can, so that nobody in them is taken for gone.
 */
import { readId } from "#lib/roster/id.ts";
import type { Header } from "./headers.ts";
import type { Row } from "./table.ts";

export interface FileLine {
  readonly line: number;
  /** The id that the line begins with, "" for none; null where it cannot be read. */
  readonly externalId: string | null;
}

/** The lines of a row that breaks the rules of quoting, or that holds lines which look like rows; null where the row is sound. */
export function linesOfUnsound(row: Row, header: Header, usualWidth: number): readonly FileLine[] | null {
  if (row.quoting === null) return null;
  const lines = row.quoting.text.split(/\r\n|\r|\n/);
  // A value over two lines leaves one part of its row in each; rows that were swallowed are whole.
  const isWhole = (text: string | undefined) => (text?.split(",").length ?? 0) >= Math.min(header.namedWidth, usualWidth);
  if (!row.quoting.isMalformed && !(isWhole(lines[0]) && lines.slice(1).some(isWhole))) return null;
  const at = header.columns.find(({ name }) => name === "sourcedId")?.index ?? 0;
  return lines.flatMap((text, index) =>
    index === 0 || text.includes(",") ? [{ line: row.line + index, externalId: idIn(text, at) }] : [],
  );
}

/** The cell at this place, as far as the line's quotation marks are in order before it. */
function idIn(text: string, at: number): string | null {
  let rest = text;
  for (let index = 0; ; index += 1) {
    const quoted = /^"((?:[^"]|"")*)"(?=,|$)/.exec(rest);
    const cell = quoted?.[0] ?? /^[^",]*/.exec(rest)?.[0] ?? "";
    const after = rest.slice(cell.length);
    if (index === at) {
      // Of a first cell with a mark too many, what stands before the comma is the id, whatever the mark means.
      const plain =
        quoted?.[1]?.replaceAll('""', '"') ??
        (at === 0 ? (/^"?([^",]*)/.exec(rest)?.[1] ?? "") : after === "" || after[0] === "," ? cell : null);
      return plain === null ? null : readId(plain);
    }
    if (after[0] !== ",") return null;
    rest = after.slice(1);
  }
}
