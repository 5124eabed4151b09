import type { Term } from "./canonical.ts";
import { parseDate } from "./date.ts";
import type { Normalised } from "./issues.ts";
import { fieldLabel, fieldText, leftOut, leftOutForWord, note, type Reading, rostered } from "./reading.ts";
import { parseSchoolYear } from "./school-year.ts";
import { cleanText } from "./text.ts";
import { vocabulary } from "./vocabulary.ts";

const readSessionType = vocabulary<Term["type"]>({
  gradingPeriod: "gradingPeriod",
  semester: "semester",
  schoolYear: "schoolYear",
  term: "term",
});

/** An academic session as a term. One without readable dates in order says nothing about when its classes are, and is left out. */
export function normaliseAcademicSession(reading: Reading): Normalised<Term> {
  const name = fieldLabel(reading, "title");
  if (name === "") return leftOut(reading, "required-missing", "title");
  const type = readSessionType(fieldText(reading, "type"));
  if (type === undefined) return leftOutForWord(reading, "type");

  const beginDate = parseDate(fieldText(reading, "startDate"));
  if (beginDate === null) return leftOutForDate(reading, "startDate");
  const endDate = parseDate(fieldText(reading, "endDate"));
  if (endDate === null) return leftOutForDate(reading, "endDate");
  if (endDate < beginDate) return leftOut(reading, "session-date-order", "endDate");

  return rostered(reading, { externalId: reading.externalId, name, type, beginDate, endDate, schoolYear: readSchoolYear(reading) });
}

function leftOutForDate(reading: Reading, field: "startDate" | "endDate"): Normalised<never> {
  return leftOut(reading, cleanText(fieldText(reading, field)) === "" ? "required-missing" : "date-required-invalid", field);
}

function readSchoolYear(reading: Reading): number | null {
  const text = fieldText(reading, "schoolYear");
  const year = parseSchoolYear(text);
  if (year === null && cleanText(text) !== "") note(reading, "school-year-unknown", "schoolYear", "school year left blank");
  return year;
}
