import { RunFailure } from "#lib/errors.ts";
import type { Collection } from "#lib/roster/canonical.ts";
import { readId } from "#lib/roster/id.ts";
import type { Issue } from "#lib/roster/issues.ts";
import type { RawBatch, RawRecord, RejectedRecord } from "#lib/roster/raw.ts";
import type { Header } from "./headers.ts";
import type { Spooled } from "./spool.ts";
import { type Row, rowsOf } from "./table.ts";

const BATCH_ROWS = 2_000;

/** A file's rows as raw records, about 2,000 at a time. @throws RunFailure as `rowsOf` */
export async function* batchesOf(file: Spooled, collection: Collection, header: Header): AsyncGenerator<RawBatch> {
  let records: RawRecord[] = [];
  let rejected: RejectedRecord[] = [];
  let isHeader = true;
  const columns = header.columns.map(({ name }) => name);
  for await (const rows of rowsOf(file)) {
    for (const row of rows) {
      if (isHeader) {
        isHeader = false;
        continue;
      }
      const result = recordOf(row, file.name, collection, header);
      if ("issue" in result) rejected.push(result);
      else records.push(result);
      if (records.length + rejected.length < BATCH_ROWS) continue;
      yield { collection, columns, records, rejected };
      records = [];
      rejected = [];
    }
  }
  if (records.length + rejected.length > 0) yield { collection, columns, records, rejected };
}

/** One row. Surplus blank cells are a spreadsheet's; surplus values mean that the values have shifted. */
export function recordOf(row: Row, part: string, collection: Collection, header: Header): RawRecord | RejectedRecord {
  const { cells, line } = row;
  const { columns, width, namedWidth } = header;
  const place = { part, position: line };
  if (cells.length > width && cells.slice(width).some((cell) => cell.trim() !== "")) {
    const externalId = readId(cells[columns.find(({ name }) => name === "sourcedId")?.index ?? -1] ?? "") || null;
    return { place, externalId, issue: issueOf("row-too-long", row, place, collection, externalId, width) };
  }
  const fields: Record<string, string | undefined> = {};
  for (const { name, index } of columns) fields[name] = cells[index];
  if (cells.length >= namedWidth) return { place, fields };
  return { place, fields, issues: [issueOf("row-too-short", row, place, collection, readId(fields.sourcedId ?? "") || null, width)] };
}

function issueOf(
  code: "row-too-long" | "row-too-short",
  row: Row,
  place: Issue["place"],
  collection: Collection,
  externalId: string | null,
  width: number,
): Issue {
  return {
    code,
    collection,
    externalId,
    place,
    field: null,
    value: `${row.cells.length} cells, header has ${width}`,
    kept: code === "row-too-long" ? "left out; what Aivo has for it stays as it was" : "missing cells read as blank",
  };
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
