import { about, draw, pick } from "./draw.ts";
import { familyNames, givenNames } from "./names.ts";
import { gradesOfLevel, type SchoolShape, type Shape, slotsOfLevel } from "./shape.ts";

export interface Name {
  readonly given: string;
  readonly family: string;
}

/** The name of a person; learners, teachers, parents and staff are numbered in ranges of their own. */
export function nameOf(shape: Shape, person: number, renames = 0): Name {
  return {
    given: pick(givenNames, draw(shape.seed, about.given, person)),
    family: pick(familyNames, draw(shape.seed, renames === 0 ? about.family : about.renamed, person, renames)),
  };
}

/** `zoe.oconnor4711`: plain letters, unique by the number. */
export function mailbox(name: Name, number: number | string): string {
  return `${plain(name.given)}.${plain(name.family)}${number}`;
}

const plainNames = new Map<string, string>();
function plain(name: string): string {
  let known = plainNames.get(name);
  if (known === undefined) {
    known = name
      .normalize("NFD")
      .replace(/[^a-zA-Z]/g, "")
      .toLowerCase();
    plainNames.set(name, known);
  }
  return known;
}

export const learnerId = (learner: number): string => `S${1_000_000 + learner}`;
export const studentNumber = (learner: number): string => String(2_100_000 + learner).padStart(8, "0");

export const teacherRange = 100_000_000;
export const parentRange = 200_000_000;
export const staffRange = 300_000_000;

export interface Teacher {
  readonly id: string;
  readonly school: SchoolShape;
  /** For the name. */
  readonly person: number;
}

/** Teachers of a subject have up to five sections each; in elementary schools a class keeps one teacher for the first five subjects. */
export function teacherOf(shape: Shape, school: SchoolShape, grade: number, slot: number, section: number): Teacher {
  let before = 0;
  for (const earlier of gradesOfLevel[school.level]) if (earlier < grade) before += shape.sections(school, earlier);
  const room = before + section;
  const isHomeroom = school.level === "elementary" && slot < 5;
  return makeTeacher(school, isHomeroom ? 0 : slot, isHomeroom ? room : Math.floor(room / 5));
}

/** Each teacher of a school once. */
export function* teachersAt(shape: Shape, school: SchoolShape): Generator<Teacher> {
  let rooms = 0;
  for (const grade of gradesOfLevel[school.level]) rooms += shape.sections(school, grade);
  for (let slot = 0; slot < slotsOfLevel[school.level].length; slot++) {
    const isHomeroom = school.level === "elementary" && slot < 5;
    if (isHomeroom && slot > 0) continue;
    const count = isHomeroom ? rooms : Math.ceil(rooms / 5);
    for (let rank = 0; rank < count; rank++) yield makeTeacher(school, slot, rank);
  }
}

function makeTeacher(school: SchoolShape, slot: number, rank: number): Teacher {
  return {
    id: `T${school.number}-${slot}${String(rank + 1).padStart(2, "0")}`,
    school,
    person: teacherRange + school.index * 10_000 + slot * 1000 + rank,
  };
}
