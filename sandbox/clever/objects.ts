import { csvIds } from "#sandbox/district/csv-ids.ts";
import { type District, enrollmentRoles, personKinds } from "#sandbox/district/district.ts";
import { classRecord, courseRecord, orgRecord, personRecord, sessionRecord } from "#sandbox/district/records.ts";
import { gradeCodes, gradesOfLevel } from "#sandbox/district/shape.ts";
import { none } from "#sandbox/district/table.ts";
import { districtId, type Kind, objectId, tables } from "./ids.ts";

export type Json = Readonly<Record<string, unknown>>;

/** One moment of the district, as Clever shows it. */
export interface View {
  readonly district: District;
  readonly stampOf: (day: number) => string;
  /** People from this row on are not there (half a roster). */
  readonly peopleUntil: number;
  /** Sections have names of Clever's own making, and neither a number nor a course. */
  readonly hasOwnNames: boolean;
}

export function exists({ district, peopleUntil }: View, kind: Kind, row: number): boolean {
  if (kind === "schools" && row === 0) return false;
  return district[tables[kind]].get("active", row) === 1 && (kind !== "users" || row < peopleUntil);
}

export function cleverObject(view: View, kind: Kind, row: number): Json {
  return objects[kind](view, row);
}

const objects: Readonly<Record<Kind, (view: View, row: number) => Json>> = {
  schools: (view, row) => {
    const { district } = view;
    const school = orgRecord(district, row);
    const grades = gradesOfLevel[district.schoolAt(row).level];
    return {
      ...common(view, "schools", row, district.orgs.get("modified", row)),
      name: school.name,
      sis_id: csvIds.orgs(district, row),
      school_number: school.number,
      state_id: null,
      nces_id: null,
      mdr_number: null,
      low_grade: gradeOf(gradeCodes[grades.at(0) ?? 0] ?? ""),
      high_grade: gradeOf(gradeCodes[grades.at(-1) ?? 0] ?? ""),
      phone: null,
      location: null,
      principal: { name: null, email: null },
      ext: {},
    };
  },
  terms: ({ district }, row) => {
    const term = sessionRecord(district, row);
    return {
      id: objectId(district, "terms", row),
      district: districtId(district),
      name: term.name,
      start_date: term.begins,
      end_date: term.ends,
    };
  },
  courses: ({ district }, row) => {
    const course = courseRecord(district, row);
    return { id: objectId(district, "courses", row), district: districtId(district), name: course.title, number: course.code };
  },
  sections: (view, row) => {
    const { district, hasOwnNames } = view;
    const record = classRecord(district, row);
    const members = membersOf(view, row);
    return {
      ...common(view, "sections", row, district.classes.get("shown", row)),
      school: objectId(district, "schools", record.school),
      name: hasOwnNames ? `${record.subject} - ${members.teachers[0] ?? ""} - ${record.period}` : record.title,
      sis_id: csvIds.classes(district, row),
      course: hasOwnNames ? null : objectId(district, "courses", record.course),
      term_id: objectId(district, "terms", record.session),
      subject: record.subject,
      grade: gradeOf(record.grade),
      period: record.period,
      section_number: hasOwnNames ? null : record.code,
      teacher: members.teachers[0] ?? null,
      teachers: members.teachers,
      students: members.students,
      ext: {},
    };
  },
  users: (view, row) => {
    const { district } = view;
    const person = personRecord(district, row);
    return {
      ...common(view, "users", row, district.people.get("modified", row)),
      email: person.email,
      name: { first: person.given, middle: person.middle === "" ? null : person.middle, last: person.family },
      roles: rolesOf(view, row),
    };
  },
};

function common({ district, stampOf }: View, kind: Kind, row: number, changedOn: number) {
  return {
    id: objectId(district, kind, row),
    district: districtId(district),
    created: stampOf(district[tables[kind]].get("created", row)),
    last_modified: stampOf(changedOn),
  };
}

function membersOf({ district, peopleUntil }: View, row: number): { readonly teachers: string[]; readonly students: string[] } {
  const teachers: string[] = [];
  const students: string[] = [];
  for (const seat of district.membersOf(row)) {
    const person = district.enrollments.get("person", seat);
    if (person >= peopleUntil) continue;
    const id = objectId(district, "users", person);
    const role = district.enrollments.get("role", seat);
    if (role === enrollmentRoles.student) students.push(id);
    // The one who leads the section comes first.
    else if (role === enrollmentRoles.teacher) teachers.unshift(id);
    else teachers.push(id);
  }
  return { teachers, students };
}

function rolesOf(view: View, row: number): Json {
  const { district, stampOf, peopleUntil } = view;
  const person = personRecord(district, row);
  const schools = person.orgs.filter((org) => org > 0).map((org) => objectId(district, "schools", org));
  const legacy_id = `5${objectId(district, "users", row).slice(1)}`;
  const credentials = { district_username: person.username };
  const dates = { created: stampOf(district.people.get("created", row)), last_modified: stampOf(district.people.get("modified", row)) };
  const sis_id = csvIds.people(district, row);
  if (person.kind === personKinds.learner) {
    return {
      student: {
        school: schools[0] ?? null,
        schools,
        sis_id,
        legacy_id,
        ...dates,
        credentials,
        grade: gradeOf(person.grade),
        graduation_year: null,
        student_number: person.studentNumber,
        state_id: null,
        dob: "9/1/2012",
        gender: "",
        race: null,
        hispanic_ethnicity: null,
        ell_status: null,
        location: null,
        enrollments: schools.map((school) => ({ school, start_date: null, end_date: null })),
        ext: {},
      },
    };
  }
  if (person.kind === personKinds.teacher) {
    return {
      teacher: {
        school: schools[0] ?? null,
        schools,
        sis_id,
        legacy_id,
        ...dates,
        credentials,
        teacher_number: null,
        state_id: null,
        title: null,
        ext: {},
      },
    };
  }
  if (person.kind === personKinds.parent) {
    const child = person.relative;
    const isThere = child !== none && child < peopleUntil;
    const student_relationships = isThere
      ? [{ student: objectId(district, "users", child), relationship: "Parent", type: "Parent/Guardian" }]
      : [];
    return { contact: { sis_id, legacy_id, phone: null, phone_type: null, student_relationships } };
  }
  if (schools.length === 0) return { district_admin: { title: "Superintendent", legacy_id } };
  return {
    staff: { schools, staff_id: sis_id, roles: ["Principal"], department: null, title: "Principal", legacy_id, credentials, ext: {} },
  };
}

/** Clever's words for our grade codes. */
function gradeOf(code: string): string {
  return code === "KG" ? "Kindergarten" : String(Number(code));
}

/** The key that a person has in `roles`. */
export function roleOf(district: District, row: number): string {
  const kind = district.people.get("kind", row);
  if (kind === personKinds.learner) return "student";
  if (kind === personKinds.teacher) return "teacher";
  if (kind === personKinds.parent) return "contact";
  return district.people.get("school", row) === 0 ? "district_admin" : "staff";
}
