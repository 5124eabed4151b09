import { demographics, roles } from "#sandbox/district/csv-rows.ts";
import { type District, enrollmentRoles, personKinds } from "#sandbox/district/district.ts";
import { classRecord, courseRecord, orgRecord, personRecord, sessionRecord } from "#sandbox/district/records.ts";
import { lifeOfPerson, recordsOfPerson } from "#sandbox/district/roles.ts";
import { none } from "#sandbox/district/table.ts";
import { type Dialect, type Json, type RecordKind, type Rendering, reference, truth } from "./dialect.ts";
import { recordAt, rowOfRecord } from "./ids.ts";
import { fields12 } from "./records12.ts";

/** A record as this vendor writes it; of people, one of a person's (`recordsOfRow`). */
export function oneRosterRecord(district: District, dialect: Dialect, kind: RecordKind, record: number): Json {
  const row = rowOfRecord(record);
  const { isActive, modified } = lifeOf(district, dialect, kind, record);
  const common = {
    sourcedId: dialect.ids.id(district, kind === "demographics" ? "people" : kind, record),
    status: statusOf(dialect, isActive),
    dateLastModified: dialect.stampOf(modified),
  };
  const written = { ...common, ...fieldsOf({ district, dialect }, kind, row) };
  if (!dialect.nullLists) return written;
  return Object.fromEntries(
    Object.entries(written).map(([key, value]) => [key, Array.isArray(value) && value.length === 0 ? null : value]),
  );
}

function fieldsOf(rendering: Rendering, kind: RecordKind, row: number): Json {
  const { as12 } = rendering.dialect;
  const plain = fields[kind](rendering, row);
  return as12 ? (fields12[kind]?.({ ...rendering, habits: as12 }, row, plain) ?? plain) : plain;
}

/** Whether a record is there, and the day on which it changed last. */
export function lifeOf(district: District, dialect: Dialect, kind: RecordKind, record: number): { isActive: boolean; modified: number } {
  const collection = kind === "demographics" ? "people" : kind;
  const row = rowOfRecord(record);
  if (dialect.as12 && collection === "people") return lifeOfPerson(district, dialect.as12, row);
  return { isActive: district[collection].get("active", row) === 1, modified: district[collection].get("modified", row) };
}

/** A record for each row, but for people where one of them may have none or several. */
export function recordsOfRow(district: District, { as12 }: Dialect, kind: RecordKind, row: number): readonly number[] {
  if (!as12 || (kind !== "people" && kind !== "demographics")) return [row];
  return Array.from({ length: recordsOfPerson(district, as12, row) }, (_, part) => recordAt(row, part));
}

export function isRowByRow({ as12 }: Dialect, kind: RecordKind): boolean {
  return !as12 || (kind !== "people" && kind !== "demographics") || !(as12.mergesPeople || as12.learnersWhoTeach || as12.recordPerSchool);
}

export function statusOf(dialect: Dialect, isActive: boolean): string {
  if (isActive) return "active";
  return dialect.saysInactive ? "inactive" : "tobedeleted";
}

const fields: Readonly<Record<RecordKind, (rendering: Rendering, row: number) => Json>> = {
  orgs: (rendering, row) => {
    const org = orgRecord(rendering.district, row);
    const schools = () => rendering.district.shape.schools.map((school) => reference(rendering, "orgs", school.index + 1));
    return {
      name: org.name,
      type: org.isSchool ? "school" : "district",
      identifier: org.number,
      ...(org.isSchool ? { parent: reference(rendering, "orgs", 0) } : { children: schools() }),
    };
  },
  sessions: ({ district }, row) => {
    const term = sessionRecord(district, row);
    return { title: term.name, type: "term", startDate: term.begins, endDate: term.ends, schoolYear: String(term.schoolYear) };
  },
  courses: (rendering, row) => {
    const course = courseRecord(rendering.district, row);
    return { title: course.title, courseCode: course.code, grades: [], subjects: [], org: reference(rendering, "orgs", 0) };
  },
  classes: (rendering, row) => {
    const record = classRecord(rendering.district, row);
    return {
      title: record.title,
      classCode: record.code,
      classType: record.isHomeroom ? "homeroom" : "scheduled",
      location: record.room,
      grades: [record.grade],
      subjects: [record.subject],
      periods: [record.period],
      course: reference(rendering, "courses", record.course),
      school: reference(rendering, "orgs", record.school),
      terms: [reference(rendering, "sessions", record.session)],
    };
  },
  people: (rendering, row) => {
    const person = personRecord(rendering.district, row);
    return {
      username: person.username,
      enabledUser: truth(rendering, true),
      givenName: person.given,
      familyName: person.family,
      middleName: person.middle,
      role: roles[person.kind] ?? "",
      identifier: person.studentNumber,
      email: person.email,
      sms: "",
      phone: "",
      password: "",
      userIds: person.studentNumber === "" ? [] : [{ type: "Fed", identifier: person.studentNumber }],
      orgs: person.orgs.map((org) => reference(rendering, "orgs", org)),
      agents: person.relative === none ? [] : [reference(rendering, "people", person.relative)],
      grades: person.grade === "" ? [] : [person.grade],
    };
  },
  enrollments: (rendering, row) => {
    const { enrollments, classes } = rendering.district;
    const inClass = enrollments.get("class", row);
    const role = enrollments.get("role", row);
    return {
      user: reference(rendering, "people", enrollments.get("person", row)),
      class: reference(rendering, "classes", inClass),
      school: reference(rendering, "orgs", classes.get("school", inClass)),
      role: role === enrollmentRoles.student ? "student" : "teacher",
      primary: truth(rendering, role === enrollmentRoles.teacher),
    };
  },
  demographics: ({ district }, row) => demographics(district, row),
};

export const isLearner = (district: District, row: number): boolean => district.people.get("kind", row) === personKinds.learner;
export const isTeacher = (district: District, row: number): boolean => district.people.get("kind", row) === personKinds.teacher;
