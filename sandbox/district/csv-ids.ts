import { type CollectionName, type District, personKinds } from "./district.ts";
import { teacherKey } from "./records.ts";
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
