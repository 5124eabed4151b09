import type { Role } from "./canonical.ts";
import { parseDate } from "./date.ts";
import type { Normalised } from "./issues.ts";
import { fieldId, fieldText, leftOut, leftOutForWord, note, type Reading, rostered } from "./reading.ts";
import { readRoleWord } from "./role-words.ts";
import { cleanText } from "./text.ts";
import { vocabulary } from "./vocabulary.ts";

const readRoleType = vocabulary<Role["type"]>({ primary: "primary", secondary: "secondary" });

/**
 * What somebody is at an org. A word of the SIS's own comes through as it is. A role of which it cannot be told who, where, what or
 * when is left out: half of it would be a guess.
 */
export function normaliseRole(reading: Reading): Normalised<Role> {
  const word = readRoleWord(fieldText(reading, "role"));
  if (word === undefined) return leftOutForWord(reading, "role");
  const personExternalId = fieldId(reading, "userSourcedId");
  if (!personExternalId) return leftOut(reading, personExternalId === null ? "reference-user" : "required-missing", "userSourcedId");
  const orgExternalId = fieldId(reading, "orgSourcedId");
  if (!orgExternalId) return leftOut(reading, orgExternalId === null ? "reference-org" : "required-missing", "orgSourcedId");

  const beginDate = readDate(reading, "beginDate");
  if (beginDate === undefined) return leftOut(reading, "role-date", "beginDate");
  const endDate = readDate(reading, "endDate");
  if (endDate === undefined) return leftOut(reading, "role-date", "endDate");
  if (beginDate !== null && endDate !== null && endDate < beginDate) return leftOut(reading, "role-date", "endDate");
  return rostered(reading, {
    externalId: reading.externalId,
    personExternalId,
    word,
    type: readType(reading),
    orgExternalId,
    beginDate,
    endDate,
  });
}

/** Which of several roles is the first decides next to nothing, so that an unknown word costs nothing but the word. */
function readType(reading: Reading): Role["type"] {
  const text = fieldText(reading, "roleType");
  const type = readRoleType(text) ?? null;
  if (type === null && cleanText(text) !== "") note(reading, "value-replaced", "roleType", "taken as neither primary nor secondary");
  return type;
}

/** Null where blank; undefined where it cannot be read. */
function readDate(reading: Reading, field: "beginDate" | "endDate"): string | null | undefined {
  const text = fieldText(reading, field);
  if (cleanText(text) === "") return null;
  return parseDate(text) ?? undefined;
}
