import type { District, Living } from "#sandbox/district/district.ts";
import { parameter } from "#sandbox/http/query.ts";
import type { Reply } from "#sandbox/http/server.ts";
import { tableOf } from "./endpoints.ts";
import { refused, words11 } from "./envelope.ts";
import { type Filter, looksOnlyAt, matches, parseFilter, unknownField, valuesAt } from "./filter.ts";
import { rowOfRecord } from "./ids.ts";
import type { Question } from "./question.ts";
import { isRowByRow, lifeOf, oneRosterRecord, recordsOfRow, statusOf } from "./records.ts";

/** The rows of a collection that were asked for, in the order that was asked for. */
export interface Selection {
  readonly size: number;
  rowAt(position: number): number;
  /** A sort field that the records do not have is left unsorted, with a warning. */
  readonly warning: string | null;
}

/** Chosen rows of the last questions; a district that has moved on takes its own with it. */
const chosen = new WeakMap<District, Map<string, Uint32Array>>();
const rememberedQuestions = 16;

/** The rows for a question, or the refusal of its filter. */
export function selected(question: Question): Selection | Reply {
  const { live, query, asked, rules, faults, dialect } = question;
  const { words = words11 } = rules;
  const filterText = faults.has("filter-ignored") ? undefined : parameter(query, "filter");
  if (filterText !== undefined && faults.has("filter-refused"))
    return refused(400, "invalid_filter_field", "There are no filters here", words);
  if (filterText !== undefined && faults.has("filter-empty")) return { size: 0, rowAt: () => 0, warning: null };
  const filter = filterText === undefined ? null : parseFilter(filterText);
  if (filterText !== undefined && !filter) return refused(400, "invalid_filter_field", "The filter cannot be read", words);
  const sort = parameter(query, "sort");
  const table: Living = live.today[tableOf(asked.kind)];
  const sample = () => oneRosterRecord(live.today, question.dialect, asked.kind, table.size - 1);
  if (filter && !looksOnlyAt(filter, ["status", "dateLastModified", "sourcedId"])) {
    const unknown = unknownField(filter, sample()) ?? unreached(filter, rules.unfilterable ?? []);
    if (unknown !== null) return refused(400, "invalid_filter_field", `There is no field ${unknown}`, words);
  }
  const isSortable = sort === undefined || sort === "sourcedId" || valuesAt(sample(), sort) !== undefined;
  const warning = isSortable ? null : `There is no field ${sort}`;
  const isDescending = parameter(query, "orderBy") === "desc";
  // Rows are in the order of their sourcedIds, but where people are named otherwise.
  const isInOrder = asked.kind !== "people" || !dialect.ids.findPerson;
  const sortBy = sort === undefined || !isSortable || (sort === "sourcedId" && isInOrder) ? null : sort;
  const isPlain = sortBy === null && !isDescending && isRowByRow(dialect, asked.kind);
  if (isPlain && !filter && !asked.isIn && rules.keepsTombstones && !faults.has("half-roster")) {
    return { size: table.size, rowAt: (position) => position, warning };
  }
  const rows = remembered(live.today, `${question.url} ${filterText} ${sort} ${isDescending} ${faults.has("half-roster")}`, () => {
    const found = chooseRows(question, table, filter);
    if (sortBy !== null) sortRows(question, found, sortBy);
    return isDescending ? found.reverse() : found;
  });
  return { size: rows.length, rowAt: (position) => rows[position] ?? 0, warning };
}

function remembered(district: District, key: string, make: () => Uint32Array): Uint32Array {
  const known = chosen.get(district) ?? new Map<string, Uint32Array>();
  chosen.set(district, known);
  const found = known.get(key);
  if (found) return found;
  const oldest = known.keys().next();
  if (known.size >= rememberedQuestions && !oldest.done) known.delete(oldest.value);
  const made = make();
  known.set(key, made);
  return made;
}

function chooseRows(question: Question, table: Living, filter: Filter | null): Uint32Array {
  const { live, asked, rules, faults, dialect } = question;
  const passes = filter ? filterOf(question, filter) : null;
  const isWhole = !faults.has("half-roster");
  // The earlier half of the people, with what is theirs.
  const half = Math.ceil(live.today.people.size / 2);
  const rows: number[] = [];
  for (let row = 0; row < table.size; row++) {
    if (asked.isIn && !asked.isIn(row)) continue;
    if (!isWhole && personOf(question, row) >= half) continue;
    for (const record of recordsOfRow(live.today, dialect, asked.kind, row)) {
      const { isActive, modified } = lifeOf(live.today, dialect, asked.kind, record);
      if (!isActive && !rules.keepsTombstones) continue;
      if (!passes || passes(record, isActive, modified)) rows.push(record);
    }
  }
  return Uint32Array.from(rows);
}

/** Whether a row passes. What all records of a day share is looked at once. */
function filterOf({ live, dialect, asked }: Question, filter: Filter): (row: number, isActive: boolean, modified: number) => boolean {
  if (!looksOnlyAt(filter, ["status", "dateLastModified"])) {
    return (row) => matches(filter, oneRosterRecord(live.today, dialect, asked.kind, row));
  }
  const known = new Map<number, boolean>();
  return (_row, isActive, modified) => {
    const key = modified * 2 + Number(isActive);
    const found = known.get(key) ?? matches(filter, { status: statusOf(dialect, isActive), dateLastModified: dialect.stampOf(modified) });
    known.set(key, found);
    return found;
  };
}

/** A field of the filter that this vendor's filters do not reach, or null. */
function unreached(filter: Filter, fields: readonly string[]): string | null {
  return filter.predicates.find(({ field }) => fields.includes(field.split(".")[0] ?? ""))?.field ?? null;
}

function personOf({ live, asked }: Question, row: number): number {
  if (asked.kind === "people" || asked.kind === "demographics") return rowOfRecord(row);
  return asked.kind === "enrollments" ? live.today.enrollments.get("person", row) : -1;
}

function sortRows({ live, dialect, asked }: Question, rows: Uint32Array, field: string): void {
  const keys = new Map<number, string>();
  for (const row of rows) keys.set(row, (valuesAt(oneRosterRecord(live.today, dialect, asked.kind, row), field) ?? []).join(","));
  rows.sort((a, b) => {
    const [keyA, keyB] = [keys.get(a) ?? "", keys.get(b) ?? ""];
    return keyA === keyB ? a - b : keyA < keyB ? -1 : 1;
  });
}
