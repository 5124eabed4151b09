import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CsvTokenizer } from "./csv.ts";

function rowsOf(pieces: string[], maxRowLength?: number) {
  const rows: { cells: string[]; line: number; isTerminated: boolean }[] = [];
  const tokenizer = new CsvTokenizer("users.csv", (cells, line, isTerminated) => rows.push({ cells, line, isTerminated }), maxRowLength);
  for (const piece of pieces) tokenizer.push(piece);
  tokenizer.end();
  return rows;
}
const cellsOf = (...pieces: string[]) => rowsOf(pieces).map(({ cells }) => cells);

describe("the CSV tokenizer", () => {
  it.each([["\n"], ["\r\n"], ["\r"]])("reads rows that end with %j", (end) => {
    expect(rowsOf([`a,b${end}"1${end}x",2${end}3,4`])).toEqual([
      { cells: ["a", "b"], line: 1, isTerminated: true },
      { cells: [`1${end}x`, "2"], line: 2, isTerminated: true },
      { cells: ["3", "4"], line: 4, isTerminated: false },
    ]);
  });

  it("keeps what stands around quotation marks that should not be there", () => {
    expect(cellsOf('a 5" pipe,b\n"c" d,"e""f"\n""",",x\n')).toEqual([
      ['a 5" pipe', "b"],
      ["c d", 'e"f'],
      ['",', "x"],
    ]);
  });

  it("keeps a lone CR inside a cell where rows end with LF", () => {
    expect(cellsOf("a,b\n1\r2,3\n4,5\r\n")).toEqual([
      ["a", "b"],
      ["1\r2", "3"],
      ["4", "5"],
    ]);
  });

  it("does not take a line end inside a quoted first row for how rows end", () => {
    expect(cellsOf('"a\rb",c\r\n1\r2,3\r\n')).toEqual([
      ["a\rb", "c"],
      ["1\r2", "3"],
    ]);
  });

  it("gives empty lines as one blank cell and ends without a row at a final line end", () => {
    expect(cellsOf("a\n\n\nb\n")).toEqual([["a"], [""], [""], ["b"]]);
    expect(cellsOf("")).toEqual([]);
    expect(cellsOf("a,")).toEqual([["a", ""]]);
    expect(cellsOf("a,b\r")).toEqual([["a", "b"]]);
  });

  it("names the line of a quotation mark that is never closed, and of a row that is cut off inside a quoted cell", () => {
    expect(() => rowsOf(['a,b\n1,2\n"3\n\n4'])).toThrow(
      expect.objectContaining({
        code: "file-malformed",
        message: expect.stringContaining("A quotation mark in line 3 of users.csv is never closed"),
      }),
    );
    expect(() => rowsOf(['a,b\n1,"x\ny","z\n3,4\n'])).toThrow(
      expect.objectContaining({ code: "file-malformed", message: expect.stringContaining("line 3 of users.csv is never closed") }),
    );
    expect(() => rowsOf(['a,b\n1,2\n"3 4'])).toThrow(
      expect.objectContaining({ code: "file-truncated", message: expect.stringContaining("users.csv ends in the middle of line 3") }),
    );
  });

  it("gives up on a quotation mark that is never closed before it fills the memory", () => {
    expect(() => rowsOf(["a,b\n", '"', ...Array<string>(50).fill("x,\n".repeat(10))], 500)).toThrow(
      expect.objectContaining({ code: "file-malformed", message: expect.stringContaining("line 2 of users.csv") }),
    );
  });

  it("says of a row without end where it starts, and blames no quotation mark where none is open", () => {
    const endless = ["a,b\n1,2\n", "3,", ...Array<string>(60).fill("x".repeat(10))];
    for (const pieces of [endless, endless.map((piece) => piece.replace("1,2", '"1",2')), ['a,b\n"1",2\n"3",', "x".repeat(600)]]) {
      expect(() => rowsOf(pieces, 500)).toThrow(
        expect.objectContaining({
          code: "file-malformed",
          message: "The row that starts in line 3 of users.csv does not end within 500 characters.",
          details: expect.objectContaining({
            remedy: expect.stringMatching(/^Look at line 3 of users.csv for a value that is far too long/),
          }),
        }),
      );
    }
  });

  it("gives back any table, with the line of each row, however it is quoted, ended and cut in pieces", () => {
    const cell = fc.string({ unit: fc.constantFrom("a", "é", "😀", ",", '"', "\n", "\r", " ", "1"), maxLength: 8 });
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.record({ text: cell, isQuoted: fc.boolean() }), { minLength: 1, maxLength: 5 }), {
          minLength: 1,
          maxLength: 12,
        }),
        fc.constantFrom("\n", "\r\n", "\r"),
        fc.boolean(),
        fc.array(fc.nat({ max: 400 }), { maxLength: 12 }),
        (table, end, endsWithLineEnd, cuts) => {
          const lines: string[] = [];
          let text = "";
          const expected = table.map((row) => {
            const line = text.split(/\r\n|\r|\n/).length;
            text +=
              row
                .map(({ text: value, isQuoted }) => (isQuoted || /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value))
                .join(",") + end;
            return { cells: row.map(({ text: value }) => value), line };
          });
          if (!endsWithLineEnd) text = text.slice(0, -end.length);
          // A single blank cell without a line end is no row at all.
          if (
            !endsWithLineEnd &&
            (text === "" || text.endsWith(end)) &&
            table.at(-1)?.length === 1 &&
            table.at(-1)?.[0]?.text === "" &&
            !table.at(-1)?.[0]?.isQuoted
          )
            expected.pop();
          const places = [...cuts].sort((a, b) => a - b);
          let from = 0;
          for (const place of [...places, text.length]) {
            lines.push(text.slice(from, Math.max(from, place)));
            from = Math.max(from, place);
          }
          expect(rowsOf(lines).map(({ cells, line }) => ({ cells, line }))).toEqual(expected);
        },
      ),
      { numRuns: 3_000 },
    );
  });
});
