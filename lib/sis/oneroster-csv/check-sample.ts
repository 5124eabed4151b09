import type { Collection } from "#lib/roster/canonical.ts";
import { issueCodes } from "#lib/roster/issue-codes.ts";
import { normalise } from "#lib/roster/normalise.ts";
import type { CheckSample, CheckStep } from "#lib/sis/source.ts";
import type { Header } from "./headers.ts";
import { recordOf } from "./records.ts";
import type { Spooled } from "./spool.ts";
import { type Row, rowsOf } from "./table.ts";

/** Rows judged, and rows shown: the first, and after them those that would be skipped. */
const JUDGED_ROWS = 200;
const SHOWN_ROWS = 5;

/** The first rows of a file as they would be taken, with what would be skipped and why. @throws RunFailure as `rowsOf` */
export async function sampleOf(
  file: Spooled,
  collection: Collection,
  header: Header,
): Promise<Pick<CheckStep, "state" | "evidence" | "sample">> {
  const rows = await firstRows(file, JUDGED_ROWS);
  const reasons = new Map<string, number>();
  const remarks = new Map<string, number>();
  const shown: CheckSample["rows"][number][] = [];
  let skippedRows = 0;
  for (const row of rows) {
    const { skipped, notes } = judge(row, file.name, collection, header);
    if (skipped !== null) {
      skippedRows += 1;
      count(reasons, skipped);
    }
    for (const note of notes) count(remarks, note);
    if (shown.length < SHOWN_ROWS || (skipped !== null && shown.length < SHOWN_ROWS * 2)) {
      shown.push({ line: row.line, values: header.columns.map(({ index }) => (row.cells[index] ?? "").slice(0, 200)), skipped });
    }
  }
  return {
    state: [...reasons.keys()].some((reason) => !isExpected(reason)) ? "warning" : "passed",
    evidence: [
      rows.length === 0
        ? "No rows."
        : `Of the first ${rows.length} rows, ${rows.length - skippedRows} come through and ${skippedRows} would be skipped.`,
      ...[...reasons].map(([reason, times]) => `Skipped: ${reason} (${times})`),
      ...[...remarks].map(([remark, times]) => `Comes through, with a remark: ${remark} (${times})`),
    ],
    sample: { collection, part: file.name, columns: header.columns.map(({ name }) => name), rows: shown },
  };
}

const NOT_ROSTERED = "not rostered: ";
const WITHDRAWN = "withdrawn by its status";

function isExpected(reason: string): boolean {
  return reason.startsWith(NOT_ROSTERED) || reason === WITHDRAWN;
}

function judge(row: Row, part: string, collection: Collection, header: Header): { skipped: string | null; notes: readonly string[] } {
  const raw = recordOf(row, part, collection, header);
  if ("issue" in raw) return { skipped: issueCodes[raw.issue.code].title, notes: [] };
  const result = normalise(collection, raw);
  const titles = [...(raw.issues ?? []), ...result.issues].map(
    ({ code, field }) => `${issueCodes[code].title}${field === null ? "" : ` (${field})`}`,
  );
  switch (result.disposition) {
    case "rostered":
      return { skipped: null, notes: titles };
    case "withdrawn":
      return { skipped: WITHDRAWN, notes: titles };
    case "not-rostered":
      return { skipped: `${NOT_ROSTERED}${result.why}`, notes: titles };
    case "left-out":
      return { skipped: titles.join("; "), notes: [] };
  }
}

async function firstRows(file: Spooled, limit: number): Promise<Row[]> {
  const found: Row[] = [];
  for await (const rows of rowsOf(file)) {
    found.push(...rows);
    if (found.length > limit) break;
  }
  return found.slice(1, limit + 1);
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
