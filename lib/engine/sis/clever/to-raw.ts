/**
 * Clever's records under OneRoster's names. Taken is what a roster needs; birth dates, gender, race, addresses and the like are not
 * even read. What the values mean is decided in lib/roster.
 */
import { gradesBetween } from "#lib/roster/grade.ts";
import type { RawRecord } from "#lib/roster/raw.ts";
import { roles } from "./quirks.ts";
import type { WireObject } from "./wire.ts";

export type RawFields = RawRecord["fields"];

export function schoolFields(school: WireObject): RawFields {
  const hasRange = school.low_grade !== undefined || school.high_grade !== undefined;
  return {
    sourcedId: text(school.id),
    name: text(school.name),
    type: "school",
    identifier: text(school.school_number),
    grades: hasRange ? gradesBetween(text(school.low_grade) ?? "", text(school.high_grade) ?? "") : undefined,
  };
}

/** Clever has no kinds of terms and no school years: the year is the one in which a term that begins between July and June ends. */
export function termFields(term: WireObject): RawFields {
  const startDate = day(term.start_date);
  const endDate = day(term.end_date);
  return { sourcedId: text(term.id), title: text(term.name), type: "term", startDate, endDate, schoolYear: schoolYearOf(startDate) };
}

export function courseFields(course: WireObject): RawFields {
  return { sourcedId: text(course.id), title: text(course.name), courseCode: text(course.number) };
}

export function sectionFields(section: WireObject): RawFields {
  const subject = text(section.subject);
  return {
    sourcedId: text(section.id),
    title: text(section.name),
    classCode: text(section.section_number),
    classType: subject === "homeroom/advisory" ? "homeroom" : "scheduled",
    subjects: one(subject),
    grades: one(text(section.grade)),
    periods: one(text(section.period)),
    courseSourcedId: text(section.course),
    schoolSourcedId: text(section.school),
    termSourcedIds: one(text(section.term_id)),
  };
}

/** Who is in a section, by their ids. */
export interface Members {
  readonly section: string;
  readonly lead: string | undefined;
  readonly teachers: readonly string[];
  readonly students: readonly string[];
}

/**
 * Who is in a section, and who leads it: the one whom `teacher` names, also where `teachers` leaves them out. Null for a section without
 * an id: it could be any, and its members anybody's.
 */
export function membersOf(section: WireObject): Members | null {
  const id = text(section.id);
  if (id === undefined) return null;
  const lead = text(section.teacher);
  const teachers = new Set([...(lead === undefined ? [] : [lead]), ...list(section.teachers)]);
  return { section: id, lead, teachers: [...teachers], students: [...new Set(list(section.students))] };
}

/** What is put aside of a section's members, as records; of a section without an id, one enrollment without an id says so. */
export function enrollmentsIn(members: Members | null): readonly RawFields[] {
  if (members === null) return [{}];
  const { section, lead, teachers, students } = members;
  const member = (id: string, role: "student" | "teacher") => ({
    sourcedId: enrollmentId(section, id, role),
    classSourcedId: section,
    userSourcedId: id,
    role,
  });
  return [
    ...teachers.map((id) => ({ ...member(id, "teacher"), primary: String(id === lead) })),
    ...students.map((id) => member(id, "student")),
  ];
}

/** Clever has no enrollments; theirs is the id of what makes them. */
export function enrollmentId(sectionId: string, userId: string, role: "student" | "teacher"): string {
  return `${sectionId}:${userId}:${role}`;
}

export interface ReadUser {
  readonly fields: RawFields;
  /** Both a student and a teacher: which of them counts follows from what they teach. */
  readonly isBoth: boolean;
}

/** A person, as teacher where they are one; `as` says otherwise. Looks at every role. */
export function readUser(user: WireObject, as?: "student" | "teacher"): ReadUser {
  const given = object(user.roles);
  const held = roles.filter(([role]) => isObject(given[role]));
  const isBoth = isObject(given.student) && isObject(given.teacher);
  const [clever, oneRoster] = held.find(([role]) => role === as) ??
    held[0] ?? [Object.keys(given).find((role) => isObject(given[role])), undefined];
  const role = clever === undefined ? {} : object(given[clever]);
  const name = object(user.name);
  const first = text(role.school);
  return {
    isBoth,
    fields: {
      sourcedId: text(user.id),
      // A role that Clever has added since is no reason to fail, nor to guess.
      role: oneRoster ?? clever,
      givenName: text(name.first),
      middleName: text(name.middle),
      familyName: text(name.last),
      email: text(user.email),
      username: text(object(role.credentials).district_username),
      grades: one(text(role.grade)),
      identifier: clever === "student" ? text(role.student_number) : undefined,
      orgSourcedIds: [...new Set([...(first === undefined ? [] : [first]), ...list(role.schools)])],
    },
  };
}

export function idOf({ sourcedId }: RawFields): string | undefined {
  return typeof sourcedId === "string" ? sourcedId : undefined;
}

/** Whether Aivo rosters a person of this record, as far as the record itself tells. */
export function isRostered(fields: RawFields): boolean {
  const hasName = (fields.givenName ?? "") !== "" || (fields.familyName ?? "") !== "";
  return hasName && (fields.role === "teacher" || fields.role === "student");
}

/** What a record that is gone comes through as. */
export function withdrawn(id: string): RawFields {
  return { sourcedId: id, status: "tobedeleted" };
}

/** "" and null both mean "not given". */
function text(value: unknown): string | undefined {
  if (typeof value === "string") return value === "" ? undefined : value;
  return typeof value === "number" ? String(value) : undefined;
}

function list(value: unknown): readonly string[] {
  if (!Array.isArray(value)) return [];
  const isPlain = value.every((item) => typeof item === "string" && item !== "");
  return isPlain ? (value as string[]) : value.flatMap((item) => text(item) ?? []);
}

function one(value: string | undefined): readonly string[] | undefined {
  return value === undefined ? undefined : [value];
}

/** The documents say date, the specification date and time. */
function day(value: unknown): string | undefined {
  return text(value)?.replace(/^(\d{4}-\d{2}-\d{2})T.*$/s, "$1");
}

function schoolYearOf(startDate: string | undefined): string | undefined {
  const match = /^(\d{4})-(\d{2})-\d{2}$/.exec(startDate ?? "");
  return match === null ? undefined : String(Number(match[1]) + (Number(match[2]) >= 7 ? 1 : 0));
}

function isObject(value: unknown): value is WireObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function object(value: unknown): WireObject {
  return isObject(value) ? value : {};
}
