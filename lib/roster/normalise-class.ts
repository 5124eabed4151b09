import type { Classroom } from "./canonical.ts";
import type { Normalised } from "./issues.ts";
import {
  fieldId,
  fieldIds,
  fieldLabel,
  fieldLabels,
  fieldOptionalLabel,
  fieldText,
  leftOut,
  note,
  type Reading,
  rostered,
} from "./reading.ts";
import { fieldGrades } from "./reading-grades.ts";
import { vocabulary } from "./vocabulary.ts";

const readClassType = vocabulary<Classroom["classType"]>({ "": "scheduled", homeroom: "homeroom", scheduled: "scheduled" });

/**
 * A class as a classroom. Without a school it belongs to nobody and is left out; without course or terms it comes through, since
 * many districts do not share them.
 */
export function normaliseClass(reading: Reading): Normalised<Classroom> {
  const name = fieldLabel(reading, "title");
  if (name === "") return leftOut(reading, "required-missing", "title");
  const schoolExternalId = fieldId(reading, "schoolSourcedId");
  if (!schoolExternalId) return leftOut(reading, "reference-school", "schoolSourcedId");

  return rostered(reading, {
    externalId: reading.externalId,
    name,
    code: fieldOptionalLabel(reading, "classCode"),
    classType: readTypeOfClass(reading),
    subjects: fieldLabels(reading, "subjects"),
    grades: fieldGrades(reading, "grades"),
    periods: fieldLabels(reading, "periods"),
    courseExternalId: readCourse(reading),
    schoolExternalId,
    termExternalIds: readTerms(reading),
  });
}

function readTypeOfClass(reading: Reading): Classroom["classType"] {
  const type = readClassType(fieldText(reading, "classType"));
  if (type === undefined) note(reading, "value-replaced", "classType", "taken as scheduled");
  return type ?? "scheduled";
}

function readCourse(reading: Reading): string | null {
  const course = fieldId(reading, "courseSourcedId");
  if (!course) note(reading, "reference-course", "courseSourcedId", "class kept without a course");
  return course || null;
}

function readTerms(reading: Reading): readonly string[] {
  const terms = fieldIds(reading, "termSourcedIds", "reference-term");
  if (terms.length === 0 && reading.issues.every((issue) => issue.code !== "reference-term")) {
    note(reading, "reference-term", "termSourcedIds", "class kept without a term");
  }
  return terms;
}
