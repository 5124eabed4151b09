import type { Course } from "./canonical.ts";
import type { Normalised } from "./issues.ts";
import { fieldLabel, fieldLabels, fieldOptionalLabel, leftOut, type Reading, rostered } from "./reading.ts";
import { fieldGrades } from "./reading-grades.ts";

/** A course. Its org and school year are not needed: a classroom has its own. */
export function normaliseCourse(reading: Reading): Normalised<Course> {
  const name = fieldLabel(reading, "title");
  if (name === "") return leftOut(reading, "required-missing", "title");
  return rostered(reading, {
    externalId: reading.externalId,
    name,
    code: fieldOptionalLabel(reading, "courseCode"),
    subjects: fieldLabels(reading, "subjects"),
    grades: fieldGrades(reading, "grades"),
  });
}
