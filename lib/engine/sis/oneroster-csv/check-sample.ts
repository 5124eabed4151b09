import { sampleRecords } from "#lib/engine/sis/sample.ts";
import type { CheckStep } from "#lib/engine/sis/source.ts";
import { type FileKind, howRead, recordsOf } from "./records.ts";
import { shapeOf } from "./row-shape.ts";
import type { Spooled } from "./spool.ts";
import { type Row, rowsOf } from "./table.ts";

const JUDGED_ROWS = 200;

/** The first rows of a file as they would be taken, with what would be skipped and why. @throws RunFailure as `rowsOf` */
export async function sampleOf(file: Spooled, kind: FileKind): Promise<Pick<CheckStep, "state" | "evidence" | "sample">> {
  const { collection, header } = kind;
  const rows = await firstRows(file, JUDGED_ROWS);
  const place = { part: file.name, ...kind, shape: shapeOf(header, rows) };
  // Of several lines that were read as one row, the sample shows what the row looks like.
  const records = rows.flatMap((row) => recordsOf(row, place).slice(0, 1));
  return sampleRecords({
    collection,
    part: file.name,
    columns: header.columns.map(({ name }) => name),
    noun: "rows",
    ...howRead(kind),
    records,
    valuesOfRejected: (index) => header.columns.map((column) => rows[index]?.cells[column.index] ?? ""),
  });
}

async function firstRows(file: Spooled, limit: number): Promise<Row[]> {
  const found: Row[] = [];
  for await (const rows of rowsOf(file)) {
    found.push(...rows);
    if (found.length > limit) break;
  }
  return found.slice(1, limit + 1);
}
