import { formatDay } from "#lib/platform/format/date-time.ts";
import { formatGrade } from "#lib/platform/format/grade.ts";

/** Column names of the roster in an admin's words, in the order in which they are shown. */
const fieldLabels: Readonly<Record<string, string>> = {
  name: "Name",
  number: "School number",
  grades: "Grades",
  type: "Type",
  begin_date: "Begins",
  end_date: "Ends",
  school_year: "School year",
  code: "Code",
  subjects: "Subjects",
  class_type: "Kind of class",
  periods: "Periods",
  course_id: "Course",
  school_id: "School",
  term_ids: "Terms",
  role: "Role",
  given_name: "First name",
  middle_name: "Middle name",
  family_name: "Last name",
  email: "Email",
  username: "User name",
  grade: "Grade",
  student_number: "Student number",
  school_ids: "Schools",
  status: "Status",
  classroom_id: "Classroom",
  account_id: "Person",
};

const references: Readonly<Record<string, "schools" | "terms" | "courses" | "classrooms" | "accounts">> = {
  course_id: "courses",
  school_id: "schools",
  school_ids: "schools",
  term_ids: "terms",
  classroom_id: "classrooms",
  account_id: "accounts",
};

export function fieldLabel(column: string): string {
  return fieldLabels[column] ?? column.replaceAll("_", " ");
}

const order = Object.keys(fieldLabels);

/** Columns in the order in which they are shown; the database hands them over in its own. */
export function inOrder(columns: Iterable<string>): string[] {
  return [...new Set(columns)].sort((a, b) => order.indexOf(a) - order.indexOf(b));
}

export type Columns = Readonly<Record<string, unknown>> | null;

/** Adds the ids of other records that a change's values name to `into`, by the table they stand in. */
export function collectReferences(
  columns: Columns,
  into: Record<"schools" | "terms" | "courses" | "classrooms" | "accounts", Set<string>>,
): void {
  for (const [column, value] of Object.entries(columns ?? {})) {
    const table = references[column];
    if (table) for (const id of [value].flat()) if (typeof id === "string") into[table].add(id);
  }
}

/** A value in words; null where the field is blank. Ids of records are replaced by their names. */
export function fieldText(column: string, value: unknown, nameOf: (id: string) => string | undefined): string | null {
  if (value === null || value === undefined || value === "") return null;
  if (Array.isArray(value)) {
    return value.length === 0 ? null : value.map((item) => fieldText(column, item, nameOf)).join(", ");
  }
  const text = String(value);
  if (column in references) return nameOf(text) ?? "a record no longer in Aivo";
  if (column === "grade" || column === "grades") return formatGrade(text);
  if (column.endsWith("_date")) return formatDay(text);
  return coded.has(column) ? (vocabulary[text] ?? text) : text;
}

/** Columns whose values are the roster's own codes, and their words. */
const coded = new Set(["status", "class_type", "type", "role"]);
const vocabulary: Readonly<Record<string, string>> = {
  active: "Active",
  deactivated: "Deactivated",
  homeroom: "Homeroom",
  scheduled: "Scheduled class",
  gradingPeriod: "Grading period",
  semester: "Semester",
  schoolYear: "School year",
  term: "Term",
  teacher: "Teacher",
  "co-teacher": "Co-teacher",
  learner: "Learner",
};

/** What a record that does not exist yet would be called, from the values its plan gives it. */
export function plannedLabel(columns: Columns, nameOf: (id: string) => string | undefined): string | null {
  if (!columns) return null;
  if (typeof columns.name === "string") return columns.name;
  if (typeof columns.family_name === "string") return `${columns.given_name ?? ""} ${columns.family_name}`.trim();
  if (typeof columns.account_id === "string") {
    const classroom = typeof columns.classroom_id === "string" ? nameOf(columns.classroom_id) : undefined;
    return `${nameOf(columns.account_id) ?? "Someone"} in ${classroom ?? "a classroom"}`;
  }
  return null;
}
