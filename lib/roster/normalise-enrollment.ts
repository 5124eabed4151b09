import { readBoolean } from "./boolean.ts";
import type { Membership, MembershipRole } from "./canonical.ts";
import { parseDate } from "./date.ts";
import type { IssueCode } from "./issue-codes.ts";
import type { Normalised } from "./issues.ts";
import { fieldId, fieldText, leftOut, leftOutForWord, note, notRostered, type Reading, rostered } from "./reading.ts";
import { readRole } from "./role.ts";
import { readOwnWord } from "./role-words.ts";
import { cleanText } from "./text.ts";

/**
 * An enrollment of a student or teacher as a membership. A teacher is a co-teacher where `primary` says no; where it says nothing,
 * as it does in many exports, a teacher. The school is the class's and not read. Dates that make no sense give way to those of
 * the class's terms.
 */
export function normaliseEnrollment(reading: Reading): Normalised<Membership> {
  const own = readOwnWord(fieldText(reading, "role"));
  const mapped = own === null ? fieldText(reading, "role") : reading.rules.enrollmentRoles[own];
  if (own !== null && mapped === undefined) {
    note(reading, "word-own", "role", "not rostered");
    return notRostered(reading, `enrolled as ${own}`);
  }
  const role = readRole(mapped ?? "");
  if (role === undefined) return leftOutForWord(reading, "role");
  if (role.rostered === null) return notRostered(reading, `enrolled as ${role.word}`);

  const classExternalId = fieldId(reading, "classSourcedId");
  if (!classExternalId) return leftOutForReference(reading, "classSourcedId", classExternalId, "reference-class");
  const personExternalId = fieldId(reading, "userSourcedId");
  if (!personExternalId) return leftOutForReference(reading, "userSourcedId", personExternalId, "reference-user");

  let beginDate = readOptionalDate(reading, "beginDate");
  let endDate = readOptionalDate(reading, "endDate");
  if (beginDate !== null && endDate !== null && endDate < beginDate) {
    note(reading, "date-order", "endDate", "kept without dates; those of the class's terms apply", `${beginDate} to ${endDate}`);
    beginDate = null;
    endDate = null;
  }
  return rostered(reading, {
    externalId: reading.externalId,
    classExternalId,
    personExternalId,
    role: role.rostered === "learner" ? "learner" : readTeachingRole(reading),
    beginDate,
    endDate,
  });
}

/** Blank is a missing value; an id that no record can have is a reference to nothing. */
function leftOutForReference(reading: Reading, field: string, id: string | null, code: IssueCode): Normalised<never> {
  return leftOut(reading, id === null ? code : "required-missing", field);
}

function readTeachingRole(reading: Reading): MembershipRole {
  const isPrimary = readBoolean(fieldText(reading, "primary"));
  if (isPrimary === undefined) note(reading, "value-replaced", "primary", "taken as teacher");
  return isPrimary === false ? "co-teacher" : "teacher";
}

function readOptionalDate(reading: Reading, field: "beginDate" | "endDate"): string | null {
  const text = fieldText(reading, field);
  if (text === "") return null;
  const date = parseDate(text);
  if (date === null && cleanText(text) !== "") note(reading, "date-invalid", field, "date left blank");
  return date;
}
