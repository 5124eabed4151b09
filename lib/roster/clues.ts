import { normaliseEmail } from "./email.ts";
import { readId } from "./id.ts";
import type { Collection } from "./issues.ts";
import { readList, readText } from "./list.ts";
import { normaliseLabel } from "./name.ts";
import type { RawRecord } from "./raw.ts";
import { readRole } from "./role.ts";
import { readStatus } from "./status.ts";
import { cleanText } from "./text.ts";
import { parseUserIds, studentNumberOf } from "./user-ids.ts";

/**
 * Which record a row without a usable id may be, as clues: a record that has one of them may be the row. Written without regard
 * to letter case. A clue that holds at a place only ends in `@` and the place's id in the SIS; a row without a place leaves that blank,
 * as every record does once. `anybody` is everybody's.
 */
export const anybody: readonly string[] = ["anybody@"];

/**
 * The clues of a row: its number, its email address, its name at its school; of an enrollment its class and person. A row that names
 * none of these may be anybody of its role and school. One that is blank, or that the SIS withdraws, is nobody that could be missed.
 */
export function cluesOf(collection: Collection, raw: RawRecord): readonly string[] {
  const isBlank = Object.values(raw.fields).every((value) => cleanText(readText(value)) === "");
  if (isBlank || readStatus(readText(raw.fields.status)) === "withdrawn") return [];
  return readers[collection]((field) => cleanText(readText(raw.fields[field])), raw);
}

type Text = (field: string) => string;
type Reader = (text: Text, raw: RawRecord) => readonly string[];

const readers: Readonly<Record<Collection, Reader>> = {
  orgs: (text) => ofThing(text("identifier"), text("name"), []),
  academicSessions: (text) => ofThing("", text("title"), []),
  courses: (text) => ofThing(text("courseCode"), text("title"), []),
  classes: (text) => ofThing(text("classCode"), text("title"), [text("schoolSourcedId")]),
  users: ofPerson,
  // What an id is missing of is looked for among records of Aivo, and a role leads to none.
  roles: () => [],
  enrollments: (text) => [`${clueOfEnrollment(text("classSourcedId"), text("userSourcedId"))}@`],
};

function ofThing(number: string, name: string, places: readonly string[]): readonly string[] {
  const clues = [...(number ? [`number ${number}@`] : []), ...(name ? at(places, `name ${normaliseLabel(name)}`) : [])];
  return clues.length > 0 ? clues : at(places, "anybody");
}

function ofPerson(text: Text, raw: RawRecord): readonly string[] {
  const number = text("identifier") || studentNumberOf(parseUserIds(raw.fields.userIds));
  const email = normaliseEmail(text("email"));
  const places = readList(raw.fields.orgSourcedIds);
  const [given, family] = [normaliseLabel(text("givenName")), normaliseLabel(text("familyName"))];
  const name = given && family ? `name ${given} ${family}` : given ? `given ${given}` : family ? `family ${family}` : null;
  const clues = [...(number ? [`number ${number}@`] : []), ...(email ? [`email ${email}@`] : []), ...(name ? at(places, name) : [])];
  if (clues.length > 0) return clues;
  const role = readRole(text("role"));
  if (role === undefined) return at(places, "anybody");
  return role.rostered === null ? [] : at(places, role.rostered);
}

function clueOfEnrollment(classId: string, personId: string): string {
  if (classId && personId) return `class ${classId} person ${personId}`;
  return classId ? `class ${classId}` : personId ? `person ${personId}` : "anybody";
}

function at(places: readonly string[], clue: string): readonly string[] {
  const usable = places.flatMap((place) => readId(place) || []);
  return usable.length > 0 ? usable.map((place) => `${clue}@${place}`) : [`${clue}@`];
}
