import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { blemishedClasses, blemishedEnrollments, blemishedUsers, blemishLearner } from "./blemishes.ts";
import { classesOf, classOfLearner, courseId, gradeName } from "./classes.ts";
import { columns, type SetFile, setFiles, ungradedFiles } from "./columns.ts";
import { CsvFile } from "./csv-file.ts";
import { type LearnerState, learnersUntil, stateOn } from "./days.ts";
import { learnerId, teachersAt } from "./people.ts";
import {
  demographicCells,
  districtOrg,
  hasParent,
  learnerCells,
  learnersOn,
  parentCells,
  parentId,
  schoolOrg,
  staffRows,
  teacherCells,
} from "./people-rows.ts";
import { gradeCodes, gradesOfLevel, type Shape, slotsOfLevel } from "./shape.ts";

export interface SetOptions {
  readonly shape: Shape;
  /** 0: the first day of school. */
  readonly day: number;
  /** delta: only what the day before changed. */
  readonly mode: "bulk" | "delta";
  readonly directory: string;
  /** Mail domain of the staff; learners have `students.` in front. */
  readonly domain: string;
  /** With the handful of mistakes that every real export has. */
  readonly blemishes: boolean;
}

/** Rows per file. */
export type SetCounts = Readonly<Partial<Record<SetFile, number>>>;

export const domainOf = (name: string): string => `${name.split(" ").slice(0, 2).join("").toLowerCase()}.example`;

/** Writes a OneRoster 1.1 CSV set. The same options give the same bytes. Memory does not grow with the district. */
export function writeSet(options: SetOptions): SetCounts {
  mkdirSync(options.directory, { recursive: true });
  const counts: Partial<Record<SetFile, number>> = {};
  const writers = options.mode === "bulk" ? bulkWriters : deltaWriters;
  for (const name of setFiles) {
    const write = writers[name];
    if (!write) continue;
    const file = new CsvFile(join(options.directory, `${name}.csv`), columns[name]);
    write(options, file);
    file.close();
    counts[name] = file.rows;
  }
  writeManifest(options);
  return counts;
}

type Writer = (options: SetOptions, file: CsvFile) => void;

/** Status and date stay blank in a bulk set. */
const bulk = ["", ""] as const;

const bulkWriters: Partial<Record<SetFile, Writer>> = {
  academicSessions: (_options, file) => {
    file.write(["Y-2027", ...bulk, "2026-2027", "schoolYear", "2026-08-17", "2027-06-04", "", "2027"]);
    file.write(["Y-2027-F", ...bulk, "Fall Semester", "semester", "2026-08-17", "2026-12-18", "Y-2027", "2027"]);
    file.write(["Y-2027-S", ...bulk, "Spring Semester", "semester", "2027-01-04", "2027-06-04", "Y-2027", "2027"]);
  },
  orgs: ({ shape }, file) => {
    file.write([districtOrg, ...bulk, shape.name, "district", "1044", ""]);
    for (const school of shape.schools) file.write([schoolOrg(school.number), ...bulk, school.name, "school", school.number, districtOrg]);
  },
  courses: (_options, file) => {
    for (const level of ["elementary", "middle", "high"] as const) {
      for (const grade of gradesOfLevel[level]) {
        for (const subject of slotsOfLevel[level]) {
          const title = level === "elementary" ? `${gradeName(grade)} ${subject.name}` : `${subject.name} ${grade}`;
          file.write([
            courseId(grade, subject),
            ...bulk,
            "Y-2027",
            title,
            `${subject.code}${gradeCodes[grade]}`,
            gradeCodes[grade] ?? "",
            districtOrg,
            subject.subject,
            "",
          ]);
        }
      }
    }
  },
  classes: ({ shape, blemishes }, file) => {
    for (const row of classesOf(shape)) {
      const term = row.subject.term === "fall" ? "Y-2027-F" : row.subject.term === "spring" ? "Y-2027-S" : "Y-2027-F,Y-2027-S";
      const type = row.subject.code === "HR" ? "homeroom" : "scheduled";
      const room = `Room ${row.grade + 1}${String(row.section + 1).padStart(2, "0")}`;
      file.write([
        row.id,
        ...bulk,
        row.title,
        gradeCodes[row.grade] ?? "",
        row.courseId,
        row.code,
        type,
        room,
        schoolOrg(row.school.number),
        term,
        row.subject.subject,
        "",
        String(row.slot + 1),
      ]);
    }
    if (blemishes) for (const row of blemishedClasses) file.write(row);
  },
  users: (options, file) => {
    const { shape, domain, day } = options;
    for (const staff of staffRows(shape, domain)) file.write([staff.id, ...bulk, ...staff.cells]);
    for (const school of shape.schools)
      for (const teacher of teachersAt(shape, school)) file.write([teacher.id, ...bulk, ...teacherCells(shape, teacher, domain)]);
    for (const { learner, id, state } of learnersOn(shape, day)) {
      const cells = learnerCells(shape, learner, state, domain);
      file.write([id, ...bulk, ...(options.blemishes ? blemishLearner(learner, cells) : cells)]);
      if (hasParent(shape, learner)) file.write([parentId(learner), ...bulk, ...parentCells(shape, learner)]);
    }
    if (options.blemishes) for (const row of blemishedUsers) file.write(row);
  },
  enrollments: ({ shape, day, blemishes }, file) => {
    for (const row of classesOf(shape)) {
      const school = schoolOrg(row.school.number);
      file.write([`${row.id}.${row.teacher.id}`, ...bulk, row.id, school, row.teacher.id, "teacher", "true", "", ""]);
      if (row.coTeacher)
        file.write([`${row.id}.${row.coTeacher.id}`, ...bulk, row.id, school, row.coTeacher.id, "teacher", "false", "", ""]);
    }
    for (const { learner, id, state } of learnersOn(shape, day)) {
      const school = schoolOrg(shape.seatOf(learner).school.number);
      for (const inClass of classIdsOf(shape, learner, state))
        file.write([`${inClass}.${id}`, ...bulk, inClass, school, id, "student", "", "", ""]);
    }
    if (blemishes) for (const row of blemishedEnrollments) file.write(row);
  },
  demographics: ({ shape, day }, file) => {
    for (const { learner, id } of learnersOn(shape, day)) file.write([id, ...bulk, ...demographicCells(shape, learner)]);
  },
};

const deltaWriters: Partial<Record<SetFile, Writer>> = {
  users: ({ shape, day, domain }, file) => {
    const at = modifiedAt(day);
    for (const { learner, now, before } of changedOn(shape, day)) {
      if (now.isEnrolled === before.isEnrolled && now.renames === before.renames) continue;
      const cells = learnerCells(shape, learner, now, domain);
      file.write([learnerId(learner), now.isEnrolled ? "active" : "tobedeleted", at, ...cells]);
    }
  },
  enrollments: ({ shape, day }, file) => {
    const at = modifiedAt(day);
    for (const { learner, now, before } of changedOn(shape, day)) {
      const id = learnerId(learner);
      const school = schoolOrg(shape.seatOf(learner).school.number);
      const left = before.isEnrolled ? classIdsOf(shape, learner, before) : [];
      const joined = now.isEnrolled ? classIdsOf(shape, learner, now) : [];
      for (const inClass of left)
        if (!joined.includes(inClass)) file.write([`${inClass}.${id}`, "tobedeleted", at, inClass, school, id, "student", "", "", ""]);
      for (const inClass of joined)
        if (!left.includes(inClass)) file.write([`${inClass}.${id}`, "active", at, inClass, school, id, "student", "", "", ""]);
    }
  },
};

function classIdsOf(shape: Shape, learner: number, state: LearnerState): string[] {
  const seat = shape.seatOf(learner);
  return slotsOfLevel[seat.school.level].map((_subject, slot) => classOfLearner(shape, seat, slot, state.moves));
}

function* changedOn(shape: Shape, day: number): Generator<{ learner: number; now: LearnerState; before: LearnerState }> {
  const until = learnersUntil(shape, day);
  for (let learner = 0; learner < until; learner++) {
    const before = stateOn(shape, learner, day - 1);
    const now = stateOn(shape, learner, day);
    if (
      now.isEnrolled !== before.isEnrolled ||
      now.renames !== before.renames ||
      (now.moves !== before.moves && JSON.stringify(now.moves) !== JSON.stringify(before.moves))
    )
      yield { learner, now, before };
  }
}

function modifiedAt(day: number): string {
  return new Date(Date.UTC(2026, 7, 17, 3) + day * 86_400_000).toISOString();
}

function writeManifest(options: SetOptions): void {
  const file = new CsvFile(join(options.directory, "manifest.csv"), ["propertyName", "value"]);
  file.write(["manifest.version", "1.0"]);
  file.write(["oneroster.version", "1.1"]);
  const writers = options.mode === "bulk" ? bulkWriters : deltaWriters;
  const modes = [
    ...setFiles.map((name) => [name, writers[name] ? options.mode : "absent"] as const),
    ...ungradedFiles.map((name) => [name, "absent"] as const),
  ];
  for (const [name, mode] of modes.sort(([a], [b]) => (a < b ? -1 : 1))) file.write([`file.${name}`, mode]);
  file.write(["source.systemName", "Cedar Falls Student Information System"]);
  file.write(["source.systemCode", "CFSIS"]);
  file.close();
}
