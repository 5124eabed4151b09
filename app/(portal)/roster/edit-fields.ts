import type { EditField } from "#components/roster/edit-form.tsx";
import { formatGrade } from "#lib/platform/format/grade.ts";
import { gradeCodes } from "#lib/roster/grade.ts";
import type { ClassroomForm } from "#lib/services/edits/form.ts";
import type { NamedRef, PersonDetail } from "#lib/services/people/schema.ts";

const grades = gradeCodes.map((code) => ({ value: code, label: formatGrade(code) }));
const choicesOf = (records: readonly NamedRef[]) => records.map(({ id, name }) => ({ value: id, label: name }));

/** The fields of the form that edits a person. */
export function personFields(person: PersonDetail, schools: readonly NamedRef[]): EditField[] {
  const learner: EditField[] = [
    { kind: "one", name: "grade", label: "Grade", value: person.grade ?? "", options: grades, blank: "None" },
    { kind: "text", name: "studentNumber", label: "Student number", value: person.studentNumber ?? "" },
  ];
  return [
    { kind: "text", name: "givenName", label: "First name", value: person.givenName },
    { kind: "text", name: "middleName", label: "Middle name", value: person.middleName ?? "" },
    { kind: "text", name: "familyName", label: "Last name", value: person.familyName },
    { kind: "email", name: "email", label: "Email", value: person.email ?? "" },
    { kind: "text", name: "username", label: "User name", value: person.username ?? "" },
    ...(person.role === "learner" ? learner : []),
    { kind: "many", name: "schoolIds", label: "Schools", value: person.schools.map(({ id }) => id), options: choicesOf(schools) },
  ];
}

/** The same of a classroom. */
export function classroomFields(room: ClassroomForm): EditField[] {
  const kinds = [
    { value: "scheduled", label: "Scheduled class" },
    { value: "homeroom", label: "Homeroom" },
  ];
  return [
    { kind: "text", name: "name", label: "Name", value: room.name, required: true },
    { kind: "text", name: "code", label: "Code", value: room.code ?? "" },
    { kind: "one", name: "classType", label: "Kind", value: room.classType, options: kinds, required: true },
    {
      kind: "words",
      name: "subjects",
      label: "Subjects",
      value: room.subjects,
      hint: "With commas between them. Blank: those of its course.",
    },
    { kind: "many", name: "grades", label: "Grades (none: those of its course)", value: room.grades, options: grades },
    { kind: "words", name: "periods", label: "Periods", value: room.periods, hint: "With commas between them." },
    { kind: "one", name: "schoolId", label: "School", value: room.schoolId, options: choicesOf(room.schools), required: true },
    { kind: "one", name: "courseId", label: "Course", value: room.courseId ?? "", options: choicesOf(room.courses), blank: "None" },
    { kind: "many", name: "termIds", label: "Terms", value: room.termIds, options: choicesOf(room.terms) },
  ];
}
