import type { OneRosterVersion } from "#lib/roster/version-change.ts";
import type { FilterableField } from "./query.ts";

/** The kinds of record of OneRoster that Aivo has, and under which keys they are sent. */
export const kinds = {
  orgs: { many: "orgs", one: "org" },
  academicSessions: { many: "academicSessions", one: "academicSession" },
  courses: { many: "courses", one: "course" },
  classes: { many: "classes", one: "class" },
  users: { many: "users", one: "user" },
  enrollments: { many: "enrollments", one: "enrollment" },
} as const;
export type Kind = keyof typeof kinds;

const text = (sql: string): FilterableField => ({ type: "text", sql });
const list = (sql: string): FilterableField => ({ type: "list", sql });
const id = (sql: string): FilterableField => ({ type: "id", sql });
const ids = (sql: string): FilterableField => ({ type: "ids", sql });

const common = {
  sourcedId: id("r.id"),
  status: text("case r.status when 'active' then 'active' else 'tobedeleted' end"),
  dateLastModified: { type: "time", sql: "r.modified_at" },
} as const satisfies Record<string, FilterableField>;

export type Fields = Readonly<Record<string, FilterableField>>;

/** What can be filtered and sorted by, as it stands in the queries of records.ts. */
export function fieldsOf(version: OneRosterVersion, kind: Kind): Fields {
  return { ...commonFields[kind], ...versionFields[version][kind] };
}

/** 1.2's roles are filtered by nowhere reliably: whoever wants teachers asks for /teachers. */
const users11: Fields = {
  role: text("case r.role when 'learner' then 'student' else 'teacher' end"),
  "orgs.sourcedId": ids("r.school_ids"),
};
const users12: Fields = { "primaryOrg.sourcedId": id("r.school_ids[1]") };

/** Of a learner 1.1 does not say it. */
const primary = (ofLearners: string) => text(`case r.role when 'teacher' then 'true' when 'learner' then ${ofLearners} else 'false' end`);

const versionFields: Readonly<Record<OneRosterVersion, Partial<Record<Kind, Fields>>>> = {
  "1.1": { users: users11, enrollments: { primary: primary("null") } },
  "1.2": { users: users12, enrollments: { primary: primary("'false'") } },
};

const commonFields: Readonly<Record<Kind, Readonly<Record<string, FilterableField>>>> = {
  orgs: { ...common, name: text("r.name"), type: text("r.type"), identifier: text("r.number"), "parent.sourcedId": id("r.parent_id") },
  academicSessions: {
    ...common,
    title: text("r.name"),
    type: text("r.type"),
    startDate: text("r.begin_date::text"),
    endDate: text("r.end_date::text"),
    schoolYear: text("coalesce(r.school_year::text, left(r.end_date::text, 4))"),
  },
  courses: {
    ...common,
    title: text("r.name"),
    courseCode: text("r.code"),
    grades: list("r.grades"),
    subjects: list("r.subjects"),
    "org.sourcedId": id("r.org_id"),
  },
  classes: {
    ...common,
    title: text("r.name"),
    classCode: text("r.code"),
    classType: text("r.class_type"),
    grades: list("r.grades"),
    subjects: list("r.subjects"),
    periods: list("r.periods"),
    "course.sourcedId": id("r.course_id"),
    "school.sourcedId": id("r.school_id"),
    "terms.sourcedId": ids("r.term_ids"),
  },
  users: {
    ...common,
    username: text("r.username"),
    enabledUser: text("case r.status when 'active' then 'true' else 'false' end"),
    givenName: text("r.given_name"),
    middleName: text("r.middle_name"),
    familyName: text("r.family_name"),
    identifier: text("r.student_number"),
    email: text("r.email"),
    grades: list("array_remove(array[r.grade], null)"),
  },
  enrollments: {
    ...common,
    role: text("case r.role when 'learner' then 'student' else 'teacher' end"),
    beginDate: text("r.begin_date::text"),
    endDate: text("r.end_date::text"),
    "class.sourcedId": id("r.classroom_id"),
    "user.sourcedId": id("r.account_id"),
    "school.sourcedId": id("r.school_id"),
  },
};

/** The fields of a record, for `fields=`. */
export function selectable(version: OneRosterVersion, kind: Kind): readonly string[] {
  if (kind !== "users") return commonSelectable[kind];
  return [...commonSelectable.users, ...(version === "1.1" ? ["role", "orgs"] : ["roles", "primaryOrg"])];
}

const commonSelectable: Readonly<Record<Kind, readonly string[]>> = {
  orgs: ["sourcedId", "status", "dateLastModified", "name", "type", "identifier", "parent", "children"],
  academicSessions: ["sourcedId", "status", "dateLastModified", "title", "type", "startDate", "endDate", "schoolYear"],
  courses: ["sourcedId", "status", "dateLastModified", "title", "courseCode", "grades", "subjects", "org"],
  classes: [
    ...["sourcedId", "status", "dateLastModified", "title", "classCode", "classType", "grades", "subjects", "periods"],
    ...["course", "school", "terms"],
  ],
  users: [
    ...["sourcedId", "status", "dateLastModified", "username", "enabledUser", "givenName", "middleName", "familyName"],
    ...["identifier", "email", "grades"],
  ],
  enrollments: ["sourcedId", "status", "dateLastModified", "role", "primary", "beginDate", "endDate", "user", "class", "school"],
};
