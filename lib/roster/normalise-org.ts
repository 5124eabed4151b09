import type { School } from "./canonical.ts";
import type { Normalised } from "./issues.ts";
import { fieldLabel, fieldText, identifying, leftOut, leftOutForWord, note, notRostered, type Reading, rostered } from "./reading.ts";
import { fieldGrades } from "./reading-grades.ts";
import { readOwnWord } from "./role-words.ts";
import { vocabulary } from "./vocabulary.ts";

const orgTypes = ["department", "school", "district", "local", "state", "national"] as const;
const readOrgType = vocabulary(Object.fromEntries(orgTypes.map((type) => [type, type])));

/** An org of type school as a school. Orgs of other types are not rostered; people in them keep their real schools. */
export function normaliseOrg(reading: Reading): Normalised<School> {
  const text = fieldText(reading, "type");
  const own = readOwnWord(text);
  const type = own === null ? readOrgType(text) : reading.rules.orgTypes.includes(own) ? "school" : own;
  if (type === undefined) return leftOutForWord(reading, "type");
  if (type === own) note(reading, "word-own", "type", "not rostered");
  if (type !== "school") return notRostered(reading, `org of type ${type}`);

  const name = fieldLabel(reading, "name");
  if (name === "") return leftOut(reading, "required-missing", "name");
  return rostered(reading, {
    externalId: reading.externalId,
    name,
    number: identifying(reading, "identifier", fieldText(reading, "identifier")),
    grades: fieldGrades(reading, "grades"),
  });
}
