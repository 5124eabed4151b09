import { type Term, termOf } from "./calendar.ts";
import { type District, personKinds } from "./district.ts";
import { about, draw, pick } from "./draw.ts";
import { schoolNames } from "./names.ts";
import { mailbox, type Name, nameOf, parentRange, staffRange, studentNumber, teacherRange } from "./people.ts";
import { gradeCodes, type Subject, schoolKinds, slotsOfLevel } from "./shape.ts";
import { none } from "./table.ts";

/** What every protocol says about the same thing; references are rows of the district's tables. */
export interface OrgRecord {
  readonly name: string;
  readonly isSchool: boolean;
  readonly number: string;
}

export function orgRecord(district: District, row: number): OrgRecord {
  if (row === 0) return { name: district.shape.name, isSchool: false, number: district.shape.number };
  const school = district.schoolAt(row);
  const renames = district.orgs.get("renames", row);
  const name =
    renames === 0
      ? school.name
      : `${pick(schoolNames, draw(district.shape.seed, about.school, row, renames + 10_000)).replaceAll("-", " ")} ${schoolKinds[school.level]}`;
  return { name, isSchool: true, number: school.number };
}

export function sessionRecord(district: District, row: number): Term {
  return termOf(district.sessions.get("year", row), district.sessions.get("part", row));
}

export interface CourseRecord {
  readonly title: string;
  readonly code: string;
}

export function courseRecord(district: District, row: number): CourseRecord {
  const grade = district.courses.get("grade", row);
  const subject = subjectOf(grade, district.courses.get("slot", row));
  return {
    title: grade <= 5 ? `${gradeName(grade)} ${subject.name}` : `${subject.name} ${grade}`,
    code: `${subject.code}${gradeCodes[grade]}`,
  };
}

export interface ClassRecord {
  readonly title: string;
  readonly code: string;
  readonly isHomeroom: boolean;
  readonly room: string;
  readonly grade: string;
  readonly subject: string;
  readonly period: string;
  readonly course: number;
  readonly school: number;
  readonly session: number;
}

export function classRecord(district: District, row: number): ClassRecord {
  const { classes } = district;
  const grade = classes.get("grade", row);
  const slot = classes.get("slot", row);
  const section = classes.get("section", row);
  const subject = subjectOf(grade, slot);
  const part = subject.term === undefined ? 0 : subject.term === "fall" ? 1 : 2;
  const room = `Room ${grade + 1}${String(section + 1 + classes.get("room", row)).padStart(2, "0")}`;
  return {
    title: grade <= 5 ? `${gradeName(grade)} ${subject.name}, ${room}` : `${subject.name} ${grade} – Period ${slot + 1}.${section + 1}`,
    code: `${subject.code}${gradeCodes[grade]}-${section + 1}`,
    isHomeroom: subject.code === "HR",
    room,
    grade: gradeCodes[grade] ?? "",
    subject: subject.subject,
    period: String(slot + 1),
    course: grade * 7 + slot,
    school: classes.get("school", row),
    session: classes.get("year", row) * 3 + part,
  };
}

export interface PersonRecord extends Name {
  readonly kind: number;
  readonly username: string;
  readonly email: string;
  /** Learners only. */
  readonly studentNumber: string;
  /** Learners only, as a code. */
  readonly grade: string;
  /** Rows of orgs, the first one first. */
  readonly orgs: readonly number[];
  /** Row of the learner's parent or of the parent's learner. */
  readonly relative: number;
}

export function personRecord(district: District, row: number): PersonRecord {
  const { people } = district;
  const kind = people.get("kind", row);
  const org = people.get("school", row);
  const base = { kind, studentNumber: "", grade: "", orgs: [org], relative: none };
  if (kind === personKinds.learner) return { ...base, ...learnerRecord(district, row) };
  if (kind === personKinds.teacher) {
    const second = people.get("school2", row);
    return { ...base, ...teacherNames(district, row), orgs: second === 0 ? [org] : [org, second] };
  }
  if (kind === personKinds.parent) return { ...base, ...parentNames(district, row), relative: people.get("number", row) };
  const name = nameOf(district.shape, staffRange + org);
  const username = mailbox(name, org === 0 ? "" : `.a${district.schoolAt(org).number}`);
  return { ...base, ...name, username, email: `${username}@${district.shape.domain}` };
}

function learnerRecord({ shape, people }: District, row: number) {
  const number = people.get("number", row);
  const name = nameOf(shape, number, people.get("renames", row));
  // A mailbox keeps the name it was made with.
  const username = mailbox(nameOf(shape, number), number);
  const next = row + 1;
  return {
    ...name,
    username,
    email: `${username}@students.${shape.domain}`,
    studentNumber: studentNumber(number),
    grade: gradeCodes[people.get("grade", row)] ?? "",
    relative: next < people.size && people.get("kind", next) === personKinds.parent ? next : none,
  };
}

function teacherNames(district: District, row: number) {
  const { shape, people } = district;
  const person = teacherRange + people.get("number", row) + people.get("generation", row) * 5_000_000;
  const username = mailbox(nameOf(shape, person), teacherKey(district, row).replace("-", ""));
  return { ...nameOf(shape, person, people.get("renames", row)), username, email: `${username}@${shape.domain}` };
}

function parentNames({ shape, people }: District, row: number) {
  const learner = people.get("number", people.get("number", row));
  const name = { ...nameOf(shape, parentRange + learner), family: nameOf(shape, learner).family };
  const username = mailbox(name, `.p${learner}`);
  return { ...name, username, email: `${username}@families.example` };
}

/** `101-001`, and `101-001b` for who had the post next. */
export function teacherKey(district: District, row: number): string {
  const { people } = district;
  const number = people.get("number", row);
  const generation = people.get("generation", row);
  const school = district.schoolAt(people.get("school", row)).number;
  const rank = String((number % 1000) + 1).padStart(2, "0");
  return `${school}-${Math.floor(number / 1000) % 10}${rank}${generation === 0 ? "" : String.fromCharCode(97 + (generation % 26))}`;
}

function subjectOf(grade: number, slot: number): Subject {
  const subject = slotsOfLevel[grade <= 5 ? "elementary" : grade <= 8 ? "middle" : "high"][slot];
  if (!subject) throw new RangeError(`no subject ${slot}`);
  return subject;
}

function gradeName(grade: number): string {
  return grade === 0 ? "Kindergarten" : `Grade ${grade}`;
}
