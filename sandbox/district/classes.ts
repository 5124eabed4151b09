import { about, drawFraction } from "./draw.ts";
import { teacherOf, type Teacher } from "./people.ts";
import { gradeCodes, gradesOfLevel, type SchoolShape, type Seat, type Shape, slotsOfLevel, type Subject } from "./shape.ts";

export interface ClassRow {
  readonly id: string;
  readonly title: string;
  readonly code: string;
  readonly courseId: string;
  readonly school: SchoolShape;
  readonly grade: number;
  readonly slot: number;
  readonly section: number;
  readonly subject: Subject;
  readonly teacher: Teacher;
  readonly coTeacher: Teacher | null;
}

/** Every class of the district, school by school. */
export function* classesOf(shape: Shape): Generator<ClassRow> {
  for (const school of shape.schools) {
    for (const grade of gradesOfLevel[school.level]) {
      const sections = shape.sections(school, grade);
      for (const [slot, subject] of slotsOfLevel[school.level].entries()) {
        for (let section = 0; section < sections; section++) yield classRow(shape, school, grade, slot, section, subject);
      }
    }
  }
}

export const courseId = (grade: number, subject: Subject): string => `C-${subject.code}-${gradeCodes[grade]}`;
export const classId = (school: SchoolShape, grade: number, slot: number, section: number): string =>
  `${school.number}-${gradeCodes[grade]}${slot + 1}-${String(section + 1).padStart(2, "0")}`;

/**
 * The class a learner has in a slot. Elementary classes stay together; in the others each subject deals the learners
 * out in another order, so that classmates differ from hour to hour.
 */
export function classOfLearner(shape: Shape, seat: Seat, slot: number, moves: readonly number[] | null): string {
  const sections = shape.sections(seat.school, seat.grade);
  const dealt = seat.school.level === "elementary" ? seat.position : seat.position + slot * Math.floor(seat.position / sections);
  return classId(seat.school, seat.grade, slot, (dealt + (moves?.[slot] ?? 0)) % sections);
}

function classRow(shape: Shape, school: SchoolShape, grade: number, slot: number, section: number, subject: Subject): ClassRow {
  const id = classId(school, grade, slot, section);
  const teacher = teacherOf(shape, school, grade, slot, section);
  const helped = drawFraction(shape.seed, about.coTeacher, school.index * 10_000 + grade * 500 + slot * 70, section) < 0.05;
  const helper = helped ? teacherOf(shape, school, gradesOfLevel[school.level][0] ?? grade, slot, 0) : null;
  const name = gradeName(grade);
  return {
    id,
    title:
      school.level === "elementary"
        ? `${name} ${subject.name}, Room ${grade + 1}${String(section + 1).padStart(2, "0")}`
        : `${subject.name} ${grade} – Period ${slot + 1}.${section + 1}`,
    code: `${subject.code}${gradeCodes[grade]}-${section + 1}`,
    courseId: courseId(grade, subject),
    school,
    grade,
    slot,
    section,
    subject,
    teacher,
    coTeacher: helper !== null && helper.id !== teacher.id ? helper : null,
  };
}

export function gradeName(grade: number): string {
  return grade === 0 ? "Kindergarten" : `Grade ${grade}`;
}
