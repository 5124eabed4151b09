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

/**
 * An academic session as a term. One without readable dates in order says nothing about when its classes are, and is left out; one
 * without a title is named by them, since its classes would lose their term otherwise.
 */
export function normaliseAcademicSession(reading: Reading): Normalised<Term> {
  const type = readSessionType(fieldText(reading, "type"));
  if (type === undefined) return leftOutForWord(reading, "type");

  const beginDate = parseDate(fieldText(reading, "startDate"));
  if (beginDate === null) return leftOutForDate(reading, "startDate");
  const endDate = parseDate(fieldText(reading, "endDate"));
  if (endDate === null) return leftOutForDate(reading, "endDate");
  if (endDate < beginDate) return leftOut(reading, "session-date-order", "endDate");

  const title = fieldLabel(reading, "title");
  const name = title === "" ? nameByDates(beginDate, endDate) : title;
  if (title === "") note(reading, "session-unnamed", "title", `named by its dates, ${name}`);
  return rostered(reading, { externalId: reading.externalId, name, type, beginDate, endDate, schoolYear: readSchoolYear(reading) });
}

const day = new Intl.DateTimeFormat("en-US", { dateStyle: "medium", timeZone: "UTC" });

/** "Aug 17, 2026 to Dec 18, 2026" */
function nameByDates(beginDate: string, endDate: string): string {
  return `${day.format(new Date(beginDate))} to ${day.format(new Date(endDate))}`;
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
