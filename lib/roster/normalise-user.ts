import type { Person } from "./canonical.ts";
import { normaliseEmail } from "./email.ts";
import type { Normalised } from "./issues.ts";
import {
  fieldId,
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
import { foldWord } from "./vocabulary.ts";

/**
 * A student or teacher as a person; other roles are not rostered. One name is enough to come through, an email address is not
 * needed. enabledUser is not read: it never withdraws anybody. Nor are password, phone numbers and agents.
 */
export function normaliseUser(reading: Reading): Normalised<Person> {
  if (reading.rolesApart) return normalisePersonApart(reading);
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

/** The same where roles are told apart: whoever the SIS has comes through, and their roles decide what they are (fold-roles.ts). */
function normalisePersonApart(reading: Reading): Normalised<Person> {
  const givenName = fieldName(reading, "givenName", ["preferredGivenName", "preferredFirstName"]);
  const familyName = fieldName(reading, "familyName", ["preferredFamilyName", "preferredLastName"]);
  if (givenName === "" && familyName === "") return leftOut(reading, "required-missing", "familyName");
  if (givenName === "") note(reading, "name-incomplete", "givenName", "kept with the family name alone");
  if (familyName === "") note(reading, "name-incomplete", "familyName", "kept with the given name alone");

  return rostered(reading, {
    externalId: reading.externalId,
    role: null,
    givenName,
    middleName: fieldName(reading, "middleName", ["preferredMiddleName"]) || null,
    familyName,
    email: readEmail(reading),
    username: identifying(reading, "username", fieldText(reading, "username")),
    grade: fieldFirstGrade(reading, "grades"),
    studentNumber: readStudentNumber(reading),
    schoolExternalIds: [],
    apart: {
      masterId: identifying(reading, "userMasterIdentifier", asOneCase(fieldText(reading, "userMasterIdentifier"))),
      personKeys: readPersonKeys(reading),
      legacyId: fieldId(reading, "legacySourcedId") || null,
      primaryOrgExternalId: fieldId(reading, "primaryOrgSourcedId") || null,
    },
  });
}

/** Of the ids of other systems those that the connection says identify a person. Most connections say so of none. */
function readPersonKeys(reading: Reading): readonly string[] {
  const { personKeys } = reading.rules;
  if (personKeys.length === 0) return [];
  const keys = new Set(personKeys.map(foldWord));
  const found = parseUserIds(reading.raw.fields.userIds).flatMap(({ type, identifier }) =>
    keys.has(foldWord(type)) && identifying(reading, "userIds", identifier) ? [`${foldWord(type)}:${identifier}`] : [],
  );
  return [...new Set(found)].sort();
}

const uuid = /^\s*[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\s*$/i;

/** A UUID is the same one in capitals (RFC 9562, section 4); of any other identifier nobody knows. */
function asOneCase(identifier: string): string {
  return uuid.test(identifier) ? identifier.toLowerCase() : identifier;
}

/** A part of the name, as the person prefers it where that is asked for and told. */
function fieldName(reading: Reading, field: string, preferred: readonly string[]): string {
  if (reading.rules.preferredNames) {
    for (const other of preferred) {
      const name = fieldLabel(reading, other);
      if (name !== "") return name;
    }
  }
  return fieldLabel(reading, field);
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
