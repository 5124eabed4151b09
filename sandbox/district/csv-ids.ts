import { type CollectionName, type District, personKinds } from "./district.ts";
import type { Habits, Version } from "./habits.ts";
import { teacherKey } from "./records.ts";
import { campusNumber, letteredId, recordFor } from "./roles.ts";
import { gradeCodes, slotsOfLevel } from "./shape.ts";

/** The sourcedIds of the CSV export, as this student information system writes them. */
export const csvIds: Readonly<Record<CollectionName, (district: District, row: number) => string>> = {
  orgs: (district, row) => (row === 0 ? "D-001" : `SCH-${district.schoolAt(row).number}`),
  sessions: (district, row) =>
    `Y-${2027 + district.sessions.get("year", row)}${["", "-F", "-S"][district.sessions.get("part", row)] ?? ""}`,
  courses: (district, row) => {
    const grade = district.courses.get("grade", row);
    const level = grade <= 5 ? "elementary" : grade <= 8 ? "middle" : "high";
    return `C-${slotsOfLevel[level][district.courses.get("slot", row)]?.code}-${gradeCodes[grade]}`;
  },
  classes: ({ classes, shape }, row) => {
    const school = shape.schools[classes.get("school", row) - 1]?.number ?? "";
    const year = classes.get("year", row);
    const section = String(classes.get("section", row) + 1).padStart(2, "0");
    return `${school}-${gradeCodes[classes.get("grade", row)]}${classes.get("slot", row) + 1}-${section}${year === 0 ? "" : `.${2027 + year}`}`;
  },
  people: (district, row) => {
    const kind = district.people.get("kind", row);
    const number = district.people.get("number", row);
    if (kind === personKinds.learner) return `S${1_000_000 + number}`;
    if (kind === personKinds.parent) return `P${1_000_000 + district.people.get("number", number)}`;
    if (kind === personKinds.teacher) return `T${teacherKey(district, row)}`;
    return number === 0 ? "A000" : `A${district.schoolAt(number).number}`;
  },
  enrollments: (district, row) =>
    `${csvIds.classes(district, district.enrollments.get("class", row))}.${csvIds.people(district, district.enrollments.get("person", row))}`,
};

/** What an export calls a person; in 1.2 it may depend on the school whose enrollment asks. */
export type PersonIds = (row: number, school?: number) => string;

export function csvPersonIds(district: District, version: Version, habits: Habits): PersonIds {
  const { userIds = "kept" } = habits;
  if (version === "1.1") return (row) => (userIds === "letters" ? letteredId(district, habits, row) : csvIds.people(district, row));
  return (row, school) => {
    const record = school === undefined ? { row, part: 0 } : recordFor(district, habits, row, school);
    return csvRecordId(district, habits, record.row, record.part);
  };
}

/** The 1.2 id of one of a person's records. */
export function csvRecordId(district: District, habits: Habits, row: number, part: number): string {
  const { userIds = "kept" } = habits;
  const id = { kept: csvIds.people, letters: (of: District, one: number) => campusNumber(of, habits, one), new: newId }[userIds](
    district,
    row,
  );
  return part === 0 ? id : `${id}.${part + 1}`;
}

const newId = (_district: District, row: number): string => `U-${5_000_000 + row}`;
