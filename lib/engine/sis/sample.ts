import type { Collection } from "#lib/roster/canonical.ts";
import { issueCodes } from "#lib/roster/issue-codes.ts";
import { readText } from "#lib/roster/list.ts";
import { normalise } from "#lib/roster/normalise.ts";
import type { RawRecord, RejectedRecord } from "#lib/roster/raw.ts";
import type { CheckSample, CheckStep } from "./source.ts";

export interface SampleRequest {
  readonly collection: Collection;
  /** The file or endpoint. */
  readonly part: string;
  /** The fields shown, in their order. */
  readonly columns: readonly string[];
  readonly records: readonly (RawRecord | RejectedRecord)[];
  /** Of an endpoint's page all records have the same place; they are numbered instead. */
  readonly isOnePage?: boolean;
  /** As a batch has it. */
  readonly mayBeBlank?: readonly string[];
  /** Likewise. */
  readonly rolesApart?: boolean;
  /** What the source calls them: "rows", "records". */
  readonly noun: string;
  /** The values of a record that could not be read as one. */
  readonly valuesOfRejected?: (index: number) => readonly string[];
}

/** Rows shown: the first, and after them those that would be skipped. */
const SHOWN_ROWS = 5;

/** The first records as they would be taken, with what would be skipped and why. */
export function sampleRecords(request: SampleRequest): Pick<CheckStep, "state" | "evidence" | "sample"> {
  const { collection, part, columns, records, noun } = request;
  const reasons = new Map<string, number>();
  const remarks = new Map<string, number>();
  const shown: CheckSample["rows"][number][] = [];
  let skippedRows = 0;
  for (const [index, record] of records.entries()) {
    const { skipped, notes } = judge(record, request);
    if (skipped !== null) {
      skippedRows += 1;
      count(reasons, skipped);
    }
    for (const note of notes) count(remarks, note);
    if (shown.length < SHOWN_ROWS || (skipped !== null && shown.length < SHOWN_ROWS * 2)) {
      const values = "fields" in record ? columns.map((name) => readText(record.fields[name])) : (request.valuesOfRejected?.(index) ?? []);
      shown.push({
        line: request.isOnePage ? index + 1 : record.place.position,
        values: values.map((value) => value.slice(0, 200)),
        skipped,
      });
    }
  }
  return {
    state: [...reasons.keys()].some((reason) => !isExpected(reason)) ? "warning" : "passed",
    evidence: [
      records.length === 0
        ? `No ${noun}.`
        : `Of the first ${records.length} ${noun}, ${records.length - skippedRows} come through and ${skippedRows} would be skipped.`,
      ...[...reasons].map(([reason, times]) => `Skipped: ${reason} (${times})`),
      ...[...remarks].map(([remark, times]) => `Comes through, with a remark: ${remark} (${times})`),
    ],
    sample: { collection, part, columns, rows: shown },
  };
}

const NOT_ROSTERED = "not rostered: ";
const WITHDRAWN = "withdrawn by its status";

function isExpected(reason: string): boolean {
  return reason.startsWith(NOT_ROSTERED) || reason === WITHDRAWN;
}

function judge(
  record: RawRecord | RejectedRecord,
  { collection, mayBeBlank, rolesApart }: SampleRequest,
): { skipped: string | null; notes: readonly string[] } {
  if ("issue" in record) return { skipped: issueCodes[record.issue.code].title, notes: [] };
  const result = normalise(collection, record, mayBeBlank, { rolesApart });
  const titles = [...(record.issues ?? []), ...result.issues].map(
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

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
