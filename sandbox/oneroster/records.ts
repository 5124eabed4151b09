import { demographics, roles } from "#sandbox/district/csv-rows.ts";
import { type CollectionName, type District, enrollmentRoles, personKinds } from "#sandbox/district/district.ts";
import { classRecord, courseRecord, orgRecord, personRecord, sessionRecord } from "#sandbox/district/records.ts";
import { none } from "#sandbox/district/table.ts";
import type { Ids } from "./ids.ts";

/** How a vendor writes OneRoster's JSON. */
export interface Dialect {
  readonly ids: Ids;
  /** Booleans as "true" and "false". */
  readonly textBooleans: boolean;
  /** `null` where a list is empty. */
  readonly nullLists?: boolean;
  /** `inactive`, the word of OneRoster 1.0, for withdrawn records. */
  readonly saysInactive?: boolean;
  /** What hrefs begin with, up to and with `/v1p1`. */
  readonly hrefBase: string;
  readonly stampOf: (day: number) => string;
}

export type Json = Readonly<Record<string, unknown>>;
export type RecordKind = CollectionName | "demographics";

interface Rendering {
  readonly district: District;
  readonly dialect: Dialect;
}

/** A record as this vendor writes it. */
export function oneRosterRecord(district: District, dialect: Dialect, kind: RecordKind, row: number): Json {
  const collection = kind === "demographics" ? "people" : kind;
  const common = {
    sourcedId: dialect.ids.id(district, collection, row),
    status: statusOf(dialect, district[collection].get("active", row) === 1),
    dateLastModified: dialect.stampOf(district[collection].get("modified", row)),
  };
  const record = { ...common, ...fields[kind]({ district, dialect }, row) };
  if (!dialect.nullLists) return record;
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, Array.isArray(value) && value.length === 0 ? null : value]));
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

const referenceTypes: Readonly<Record<CollectionName, string>> = {
  orgs: "org",
  sessions: "term",
  courses: "course",
  classes: "class",
  people: "user",
  enrollments: "enrollment",
};
const paths: Readonly<Record<CollectionName, string>> = {
  orgs: "orgs",
  sessions: "academicSessions",
  courses: "courses",
  classes: "classes",
  people: "users",
  enrollments: "enrollments",
};

/** References to what many records point to, so that each is written once. Ids never change, and rows are only added. */
const written = new WeakMap<Dialect, Map<number, Json>>();
const shared: readonly CollectionName[] = ["orgs", "sessions", "courses", "classes"];

function reference(rendering: Rendering, collection: CollectionName, row: number): Json {
  const at = shared.indexOf(collection);
  if (at === -1) return newReference(rendering, collection, row);
  const known = written.get(rendering.dialect) ?? new Map<number, Json>();
  written.set(rendering.dialect, known);
  const key = row * shared.length + at;
  const found = known.get(key) ?? newReference(rendering, collection, row);
  known.set(key, found);
  return found;
}

function newReference({ district, dialect }: Rendering, collection: CollectionName, row: number): Json {
  const sourcedId = dialect.ids.id(district, collection, row);
  return { href: `${dialect.hrefBase}/${paths[collection]}/${encodeURIComponent(sourcedId)}`, sourcedId, type: referenceTypes[collection] };
}

function truth({ dialect }: Rendering, value: boolean): boolean | string {
  return dialect.textBooleans ? String(value) : value;
}

export const isLearner = (district: District, row: number): boolean => district.people.get("kind", row) === personKinds.learner;
export const isTeacher = (district: District, row: number): boolean => district.people.get("kind", row) === personKinds.teacher;
