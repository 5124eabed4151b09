import { type Columns, columns, type SetFile } from "./columns.ts";
import { csvIds, csvPersonIds, type PersonIds } from "./csv-ids.ts";
import { type CollectionName, type District, enrollmentRoles, type Living, personKinds } from "./district.ts";
import { about, draw, drawFraction } from "./draw.ts";
import { classRecord, courseRecord, orgRecord, personRecord, sessionRecord } from "./records.ts";
import { none } from "./table.ts";

export type Cells = Readonly<Record<string, string>>;

/** Where each file's rows come from, and what they say after sourcedId, status and dateLastModified. */
const files = {
  academicSessions: {
    collection: "sessions",
    cells: (district, row) => {
      const term = sessionRecord(district, row);
      return { title: term.name, type: "term", startDate: term.begins, endDate: term.ends, schoolYear: String(term.schoolYear) };
    },
  },
  orgs: {
    collection: "orgs",
    cells: (district, row) => {
      const org = orgRecord(district, row);
      return {
        name: org.name,
        type: org.isSchool ? "school" : "district",
        identifier: org.number,
        parentSourcedId: org.isSchool ? csvIds.orgs(district, 0) : "",
      };
    },
  },
  courses: {
    collection: "courses",
    cells: (district, row) => {
      const course = courseRecord(district, row);
      return { title: course.title, courseCode: course.code, orgSourcedId: csvIds.orgs(district, 0) };
    },
  },
  classes: {
    collection: "classes",
    cells: (district, row) => {
      const record = classRecord(district, row);
      return {
        title: record.title,
        grades: record.grade,
        courseSourcedId: csvIds.courses(district, record.course),
        classCode: record.code,
        classType: record.isHomeroom ? "homeroom" : "scheduled",
        location: record.room,
        schoolSourcedId: csvIds.orgs(district, record.school),
        termSourcedIds: csvIds.sessions(district, record.session),
        subjects: record.subject,
        periods: record.period,
      };
    },
  },
  users: {
    collection: "people",
    cells: (district, row, personId) => {
      const person = personRecord(district, row);
      const isLearner = person.kind === personKinds.learner;
      return {
        enabledUser: "true",
        orgSourcedIds: person.orgs.map((org) => csvIds.orgs(district, org)).join(","),
        role: roles[person.kind] ?? "",
        username: person.username,
        givenName: person.given,
        familyName: person.family,
        middleName: person.middle,
        identifier: person.studentNumber,
        email: person.email,
        agentSourcedIds: isLearner && person.relative !== none ? personId(person.relative) : "",
        grades: person.grade,
      };
    },
  },
  enrollments: {
    collection: "enrollments",
    cells: (district, row, personId) => {
      const inClass = district.enrollments.get("class", row);
      const school = district.classes.get("school", inClass);
      const role = district.enrollments.get("role", row);
      return {
        classSourcedId: csvIds.classes(district, inClass),
        schoolSourcedId: csvIds.orgs(district, school),
        userSourcedId: personId(district.enrollments.get("person", row), school),
        role: role === enrollmentRoles.student ? "student" : "teacher",
        primary: role === enrollmentRoles.student ? "" : String(role === enrollmentRoles.teacher),
      };
    },
  },
  demographics: {
    collection: "people",
    isIn: (district, row) => district.people.get("kind", row) === personKinds.learner,
    cells: demographics,
  },
} as const satisfies Record<SetFile, FileRows>;

interface FileRows {
  readonly collection: CollectionName;
  readonly isIn?: (district: District, row: number) => boolean;
  readonly cells: (district: District, row: number, personId: PersonIds) => Cells;
}

/** OneRoster's words for our kinds of people. */
export const roles: Readonly<Record<number, string>> = {
  [personKinds.administrator]: "administrator",
  [personKinds.teacher]: "teacher",
  [personKinds.learner]: "student",
  [personKinds.parent]: "parent",
};

/** The day whose changes a delta set tells; null: a bulk set. */
export type ChangedOn = { readonly day: number; readonly stamp: string } | null;

/** Every row of a file: what is in force, or with `changedOn` what that day changed, withdrawn rows included. */
export function* csvRows(
  file: SetFile,
  district: District,
  changedOn: ChangedOn,
  personId: PersonIds = csvPersonIds(district, "1.1", {}),
): Generator<string[]> {
  const { collection, cells, isIn }: FileRows = files[file];
  const names: Columns = columns[file];
  const table: Living = district[collection];
  for (let row = 0; row < table.size; row++) {
    const isActive = table.get("active", row) === 1;
    if (changedOn ? table.get("modified", row) !== changedOn.day : !isActive) continue;
    if (isIn && !isIn(district, row)) continue;
    const sourcedId = collection === "people" ? personId(row) : csvIds[collection](district, row);
    const record: Cells = { ...cells(district, row, personId), ...stateCells(changedOn, isActive), sourcedId };
    yield names.map((name) => record[name] ?? "");
  }
}

/** Status and date stay blank in a bulk set. */
export function stateCells(changedOn: ChangedOn, isActive: boolean): Cells {
  return changedOn ? { status: isActive ? "active" : "tobedeleted", dateLastModified: changedOn.stamp } : {};
}

/** A learner's demographics, which Aivo does not take. */
export function demographics(district: District, row: number): Cells {
  const { seed } = district.shape;
  const learner = district.people.get("number", row);
  const age = district.people.get("cohort", row) - 100;
  const days = draw(seed, about.birthday, learner) % 365;
  const birthDate = new Date(Date.UTC(2020 - age, 8, 1) + days * 86_400_000).toISOString().slice(0, 10);
  const races = ["americanIndianOrAlaskaNative", "asian", "blackOrAfricanAmerican", "nativeHawaiianOrOtherPacificIslander", "white"];
  return {
    birthDate,
    sex: drawFraction(seed, about.sex, learner) < 0.5 ? "female" : "male",
    ...Object.fromEntries(races.map((race) => [race, "false"])),
    white: "true",
    demographicRaceTwoOrMoreRaces: "false",
    hispanicOrLatinoEthnicity: "false",
    countryOfBirthCode: "US",
    stateOfBirthAbbreviation: "IA",
    cityOfBirth: "Cedar Falls",
  };
}
