import type { Person } from "./canonical.ts";
import { normaliseEmail } from "./email.ts";
import type { Normalised } from "./issues.ts";
import {
  fieldIds,
  fieldLabel,
  fieldOptionalLabel,
  fieldText,
  identifying,
  leftOut,
  leftOutForWord,
  note,
  notRostered,
  type Reading,
  rostered,
} from "./reading.ts";
import { fieldFirstGrade } from "./reading-grades.ts";
import { readRole } from "./role.ts";
import { cleanText } from "./text.ts";
import { parseUserIds, studentNumberOf } from "./user-ids.ts";

/**
 * A student or teacher as a person; other roles are not rostered. One name is enough to come through, an email address is not
 * needed. enabledUser is not read: it never withdraws anybody. Nor are password, phone numbers and agents.
 */
export function normaliseUser(reading: Reading): Normalised<Person> {
  const role = readRole(fieldText(reading, "role"));
  if (role === undefined) return leftOutForWord(reading, "role");
  if (role.rostered === null) return notRostered(reading, role.word);

  const givenName = fieldLabel(reading, "givenName");
  const familyName = fieldLabel(reading, "familyName");
  if (givenName === "" && familyName === "") return leftOut(reading, "required-missing", "familyName");
  if (givenName === "") note(reading, "name-incomplete", "givenName", "kept with the family name alone");
  if (familyName === "") note(reading, "name-incomplete", "familyName", "kept with the given name alone");

  const isLearner = role.rostered === "learner";
  return rostered(reading, {
    externalId: reading.externalId,
    role: role.rostered,
    givenName,
    middleName: fieldOptionalLabel(reading, "middleName"),
    familyName,
    email: readEmail(reading),
    username: identifying(reading, "username", fieldText(reading, "username")),
    grade: isLearner ? fieldFirstGrade(reading, "grades") : null,
    studentNumber: isLearner ? readStudentNumber(reading) : null,
    schoolExternalIds: readSchools(reading),
  });
}

function readEmail(reading: Reading): string | null {
  const text = fieldText(reading, "email");
  if (cleanText(text) === "") {
    note(reading, "email-missing", "email", "kept without an email address");
    return null;
  }
  const email = normaliseEmail(text);
  if (email === null) note(reading, "email-invalid", "email", "kept with the email address that Aivo already has, or without one");
  return email;
}

function readStudentNumber(reading: Reading): string | null {
  const identifier = fieldText(reading, "identifier");
  if (cleanText(identifier) !== "") return identifying(reading, "identifier", identifier);
  return identifying(reading, "userIds", studentNumberOf(parseUserIds(reading.raw.fields.userIds)));
}

function readSchools(reading: Reading): readonly string[] {
  const schools = fieldIds(reading, "orgSourcedIds", "reference-org");
  if (schools.length === 0 && reading.issues.every((issue) => issue.code !== "reference-org")) {
    note(reading, "reference-org", "orgSourcedIds", "kept without a school");
  }
  return schools;
}
