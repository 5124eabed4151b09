import type { Collection } from "./canonical.ts";
import { readId } from "./id.ts";
import type { IssueCode } from "./issue-codes.ts";
import type { Issue, Normalised } from "./issues.ts";
import { type RawValue, readList, readText } from "./list.ts";
import { isLabelTooLong, maxLabelLength, normaliseLabel } from "./name.ts";
import type { RawRecord } from "./raw.ts";
import type { ReadingRules } from "./reading-rules.ts";
import { cleanText, isStorable, quoteValue } from "./text.ts";

/** A record that is being normalised: in use, with a usable id. Issues gather here. */
export interface Reading {
  readonly collection: Collection;
  readonly raw: RawRecord;
  readonly externalId: string;
  /** Fields of which a blank is no issue. */
  readonly mayBeBlank: readonly string[];
  /** Whether people's roles are told apart from them. */
  readonly rolesApart: boolean;
  readonly rules: ReadingRules;
  /** Shared and empty until the first `note`: nearly every record stays without. */
  issues: readonly Issue[];
}

export const noIssues: readonly Issue[] = Object.freeze([]);

const recordStays = "left out; what Aivo has for this id stays as it was";

/**
 * Notes that a field did not come through as it is, unless it is blank and may be. `kept` says in an admin's words what was kept
 * instead.
 */
export function note(reading: Reading, code: IssueCode, field: string, kept: string, value: RawValue = reading.raw.fields[field]): void {
  if (reading.mayBeBlank.includes(field) && cleanText(readText(value)) === "") return;
  reading.issues = [...reading.issues, describeIssue(reading.collection, reading.raw, reading.externalId, code, field, kept, value)];
}

export function describeIssue(
  collection: Collection,
  raw: RawRecord,
  externalId: string | null,
  code: IssueCode,
  field: string,
  kept: string,
  value: RawValue = raw.fields[field],
): Issue {
  const text = quoteValue(readText(value));
  return { code, collection, externalId, place: raw.place, field, value: cleanText(text) === "" ? null : text, kept };
}

export function rostered<T>(reading: Reading, record: T): Normalised<T> {
  return { disposition: "rostered", record, issues: reading.issues };
}

export function notRostered(reading: Reading, why: string): Normalised<never> {
  return { disposition: "not-rostered", externalId: reading.externalId, why, issues: reading.issues };
}

export function leftOut(reading: Reading, code: IssueCode, field: string): Normalised<never> {
  note(reading, code, field, recordStays);
  return { disposition: "left-out", externalId: reading.externalId, issues: reading.issues };
}

/** A word of a vocabulary that must be one: blank is a missing value, anything else an unknown one. */
export function leftOutForWord(reading: Reading, field: string): Normalised<never> {
  return leftOut(reading, cleanText(fieldText(reading, field)) === "" ? "required-missing" : "value-unknown", field);
}

/** The field as text, as it arrived. */
export function fieldText(reading: Reading, field: string): string {
  return readText(reading.raw.fields[field]);
}

/** A reference to one record; "" where it is blank, null where no record can have that id. */
export function fieldId(reading: Reading, field: string): string | null {
  return readId(readText(reading.raw.fields[field]));
}

/** References to several records; what no record can have as id is noted under `code` and left off. */
export function fieldIds(reading: Reading, field: string, code: IssueCode): readonly string[] {
  const items = readList(reading.raw.fields[field]);
  const usable = items.filter((item) => readId(item) !== null);
  if (usable.length === items.length) return items;
  note(
    reading,
    code,
    field,
    "left off",
    items.find((item) => readId(item) === null),
  );
  return usable;
}

/** A name or title, "" where blank; noted where it had to be cut. */
export function fieldLabel(reading: Reading, field: string): string {
  const text = readText(reading.raw.fields[field]);
  if (isLabelTooLong(text)) note(reading, "value-too-long", field, `cut at ${maxLabelLength} characters`);
  return normaliseLabel(text);
}

/** A name or title that may be missing. */
export function fieldOptionalLabel(reading: Reading, field: string): string | null {
  return fieldLabel(reading, field) || null;
}

/** A list of words as they are shown: subjects, periods. */
export function fieldLabels(reading: Reading, field: string): readonly string[] {
  const items = readList(reading.raw.fields[field]);
  if (items.length === 0) return items;
  const tooLong = items.find(isLabelTooLong);
  if (tooLong !== undefined) note(reading, "value-too-long", field, `cut at ${maxLabelLength} characters`, tooLong);
  return [...new Set(items.map(normaliseLabel))].filter((item) => item !== "");
}

/** A text that identifies somebody: never shortened, since half a number is somebody else's. Null where blank or unusable. */
export function identifying(reading: Reading, field: string, text: string): string | null {
  const clean = cleanText(text);
  if (clean.length <= maxLabelLength && isStorable(clean)) return clean || null;
  note(reading, "value-too-long", field, "left blank", text);
  return null;
}
