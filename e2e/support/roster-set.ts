import { csvOf, manifestOf, type SetFiles } from "#lib/engine/testing/sis/sets.ts";

export interface RosterSize {
  readonly learners: number;
  /** A mistake of each kind: a grade that is a formula, an address that is none, a role nobody knows. */
  readonly withMistakes?: boolean;
}

const schools = [
  ["s1", "Birch Elementary", "1001"],
  ["s2", "Cedar Middle", "1002"],
  ["s3", "Dogwood High", "1003"],
] as const;
const grades = ["03", "07", "11"] as const;
const roomsOfSchool = 4;
const year = new Date().getFullYear();

/** The address of the n-th learner, from 1. */
export const learnerEmail = (n: number) => `learner${n}@lakeside.example`;
export const teacherEmail = (n: number) => `teacher${n}@lakeside.example`;

/** A small district as a SIS exports it: three schools, twelve classrooms, twelve teachers, and learners spread evenly over them. */
export function rosterSet({ learners, withMistakes = false }: RosterSize): SetFiles {
  const rooms = schools.flatMap(([school], at) =>
    numbers(roomsOfSchool).map((n) => ({ id: `c-${school}-${n}`, school, n, grade: grades[at] ?? "" })),
  );
  const pupils = numbers(learners).map((n) => {
    const at = (n - 1) % schools.length;
    const room = rooms[at * roomsOfSchool + (Math.trunc((n - 1) / schools.length) % roomsOfSchool)];
    return { n, school: schools[at]?.[0] ?? "", grade: grades[at] ?? "", room: room?.id ?? "" };
  });
  const person = (
    id: string,
    school: string,
    role: string,
    names: readonly [string, string],
    number: string,
    email: string,
    grade: string,
  ) => [id, "", "", "true", school, role, "", "", ...names, number, email, grade];
  return {
    "manifest.csv": manifestOf({}),
    "orgs.csv": csvOf([
      ["sourcedId", "status", "dateLastModified", "name", "type", "identifier", "parentSourcedId"],
      ["d1", "", "", "Lakeside", "district", "1000", ""],
      ...schools.map(([id, name, number]) => [id, "", "", name, "school", number, "d1"]),
    ]),
    "academicSessions.csv": csvOf([
      ["sourcedId", "status", "dateLastModified", "title", "type", "startDate", "endDate", "parentSourcedId", "schoolYear"],
      ["y1", "", "", `${year}`, "schoolYear", `${year - 1}-07-01`, `${year + 1}-06-30`, "", `${year + 1}`],
      ["t1", "", "", "Full year", "term", `${year - 1}-07-01`, `${year + 1}-06-30`, "y1", `${year + 1}`],
    ]),
    "courses.csv": csvOf([
      [
        "sourcedId",
        "status",
        "dateLastModified",
        "schoolYearSourcedId",
        "title",
        "courseCode",
        "grades",
        "orgSourcedId",
        "subjects",
        "subjectCodes",
      ],
      ["co1", "", "", "y1", "Mathematics", "MATH", "", "d1", "Mathematics", ""],
    ]),
    "classes.csv": csvOf([
      [
        "sourcedId",
        "status",
        "dateLastModified",
        "title",
        "grades",
        "courseSourcedId",
        "classCode",
        "classType",
        "location",
        "schoolSourcedId",
        "termSourcedIds",
        "subjects",
        "subjectCodes",
        "periods",
      ],
      ...rooms.map(({ id, school, n, grade }) => [
        id,
        "",
        "",
        `Mathematics ${school.slice(1)}-${n}`,
        grade,
        "co1",
        `M${school.slice(1)}${n}`,
        "scheduled",
        "",
        school,
        "t1",
        "",
        "",
        `${n}`,
      ]),
    ]),
    "users.csv": csvOf([
      [
        "sourcedId",
        "status",
        "dateLastModified",
        "enabledUser",
        "orgSourcedIds",
        "role",
        "username",
        "userIds",
        "givenName",
        "familyName",
        "identifier",
        "email",
        "grades",
      ],
      ...rooms.map(({ school }, at) =>
        person(`t${at + 1}`, school, "teacher", ["Tess", `Teacher${at + 1}`], `T${at + 1}`, teacherEmail(at + 1), ""),
      ),
      ...pupils.map(({ n, school, grade }) =>
        person(`u${n}`, school, "student", ["Lee", nameOf(n)], `${5000 + n}`, learnerEmail(n), grade),
      ),
      ...(withMistakes
        ? [
            person("m1", "s1", "student", ["Mia", "Formula"], "9001", "mia@lakeside.example", "=1+2"),
            person("m2", "s2", "student", ["Max", "Address"], "9002", "max at lakeside", "07"),
            person("m3", "s3", "wizard", ["Moe", "Role"], "9003", "moe@lakeside.example", ""),
          ]
        : []),
    ]),
    "enrollments.csv": csvOf([
      [
        "sourcedId",
        "status",
        "dateLastModified",
        "classSourcedId",
        "schoolSourcedId",
        "userSourcedId",
        "role",
        "primary",
        "beginDate",
        "endDate",
      ],
      ...rooms.map(({ id, school }, at) => [`et${at + 1}`, "", "", id, school, `t${at + 1}`, "teacher", "true", "", ""]),
      ...pupils.map(({ n, school, room }) => [`eu${n}`, "", "", room, school, `u${n}`, "student", "", "", ""]),
    ]),
  };
}

/** The same export with no row left in one of its files. */
export function headerOnly(files: SetFiles, name: string): SetFiles {
  const [header = ""] = String(files[name]).split("\r\n");
  return { ...files, [name]: `${header}\r\n` };
}

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, at) => at + 1);
}

/** Learner 7 is "Pupil007": their names sort as their numbers do. */
function nameOf(n: number): string {
  return `Pupil${String(n).padStart(3, "0")}`;
}
