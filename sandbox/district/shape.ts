import { pick } from "./draw.ts";
import { schoolNames } from "./names.ts";

export type Level = "elementary" | "middle" | "high";

export interface SchoolShape {
  readonly index: number;
  /** "101", "201", "301": the first digit is the level. */
  readonly number: string;
  readonly name: string;
  readonly level: Level;
  /** Position among the schools of its level. */
  readonly rank: number;
}

export interface Subject {
  readonly code: string;
  readonly name: string;
  readonly subject: string;
  /** Year-long unless it says otherwise. */
  readonly term?: "fall" | "spring";
}

/** 0 is kindergarten. */
export const gradeCodes = ["KG", "01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12"] as const;
const levelOfGrade = (grade: number): Level => (grade <= 5 ? "elementary" : grade <= 8 ? "middle" : "high");
export const gradesOfLevel: Record<Level, readonly number[]> = { elementary: [0, 1, 2, 3, 4, 5], middle: [6, 7, 8], high: [9, 10, 11, 12] };

/** Seven classes a learner. */
export const slotsOfLevel: Record<Level, readonly Subject[]> = {
  elementary: [
    { code: "HR", name: "Homeroom", subject: "Homeroom" },
    { code: "ELA", name: "Reading and Writing", subject: "English Language Arts" },
    { code: "MAT", name: "Mathematics", subject: "Mathematics" },
    { code: "SCI", name: "Science", subject: "Science" },
    { code: "SOC", name: "Social Studies", subject: "Social Studies" },
    { code: "ART", name: "Art and Music", subject: "Arts" },
    { code: "PE", name: "Physical Education", subject: "Physical Education" },
  ],
  middle: [
    { code: "ELA", name: "English Language Arts", subject: "English Language Arts" },
    { code: "MAT", name: "Mathematics", subject: "Mathematics" },
    { code: "SCI", name: "Integrated Science", subject: "Science" },
    { code: "SOC", name: "World Cultures", subject: "Social Studies" },
    { code: "PE", name: "Physical Education", subject: "Physical Education" },
    { code: "LNG", name: "Spanish", subject: "World Languages" },
    { code: "TEC", name: "Technology, Design & Media", subject: "Technology" },
  ],
  high: [
    { code: "ENG", name: "English", subject: "English Language Arts" },
    { code: "MAT", name: "Mathematics", subject: "Mathematics" },
    { code: "SCI", name: "Laboratory Science", subject: "Science" },
    { code: "HIS", name: "History", subject: "Social Studies" },
    { code: "LNG", name: "Spanish", subject: "World Languages" },
    { code: "HLT", name: "Health", subject: "Physical Education", term: "fall" },
    { code: "ART", name: "Studio Art", subject: "Arts", term: "spring" },
  ],
};

const learnersPerSchool: Record<Level, number> = { elementary: 520, middle: 680, high: 1300 };
const learnersPerClass = 26;

/** Where a learner belongs; all of it follows from the learner's number. */
export interface Seat {
  readonly school: SchoolShape;
  readonly grade: number;
  /** Position within the school's grade. */
  readonly position: number;
}

export interface Shape {
  readonly seed: number;
  readonly name: string;
  /** At the start; the days add more. */
  readonly learners: number;
  readonly schools: readonly SchoolShape[];
  seatOf(learner: number): Seat;
  /** Sections of each subject that a grade has at a school. */
  sections(school: SchoolShape, grade: number): number;
}

/** Lays out schools, grades and sections for about `users` people. */
export function shapeOf(options: { readonly users: number; readonly seed: number; readonly name: string }): Shape {
  const learners = Math.max(26, Math.floor(options.users * 0.92));
  const count = (level: Level) => Math.max(1, Math.round(((learners / 13) * gradesOfLevel[level].length) / learnersPerSchool[level]));
  const counts: Record<Level, number> = { elementary: count("elementary"), middle: count("middle"), high: count("high") };
  const schools: SchoolShape[] = [];
  for (const [digit, level] of (["elementary", "middle", "high"] as const).entries()) {
    for (let rank = 0; rank < counts[level]; rank++) schools.push(schoolOf(schools.length, digit + 1, level, rank));
  }
  const firstOf: Record<Level, number> = { elementary: 0, middle: counts.elementary, high: counts.elementary + counts.middle };
  const seatOf = (learner: number): Seat => {
    const grade = learner % 13;
    const level = levelOfGrade(grade);
    const turn = Math.floor(learner / 13);
    const school = schools[firstOf[level] + (turn % counts[level])];
    if (!school) throw new Error("every level has a school");
    return { school, grade, position: Math.floor(turn / counts[level]) };
  };
  const sections = (school: SchoolShape, grade: number): number => {
    const inGrade = Math.floor((learners - grade + 12) / 13);
    const atSchool = Math.floor((inGrade - school.rank + counts[school.level] - 1) / counts[school.level]);
    return Math.max(1, Math.ceil(atSchool / learnersPerClass));
  };
  return { seed: options.seed, name: options.name, learners, schools, seatOf, sections };
}

function schoolOf(index: number, digit: number, level: Level, rank: number): SchoolShape {
  const round = Math.floor(index / schoolNames.length);
  const base = pick(schoolNames, index).replaceAll("-", " ");
  const kind = level === "elementary" ? "Elementary School" : level === "middle" ? "Middle School" : "High School";
  return {
    index,
    number: String(digit * 100 * (rank < 99 ? 1 : 10) + rank + 1),
    name: `${base}${round > 0 ? ` ${round + 1}` : ""} ${kind}`,
    level,
    rank,
  };
}
