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
  /** In the words that Clever's section has, so that every protocol can say the same. */
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
    { code: "HR", name: "Homeroom", subject: "homeroom/advisory" },
    { code: "ELA", name: "Reading and Writing", subject: "english/language arts" },
    { code: "MAT", name: "Mathematics", subject: "math" },
    { code: "SCI", name: "Science", subject: "science" },
    { code: "SOC", name: "Social Studies", subject: "social studies" },
    { code: "ART", name: "Art and Music", subject: "arts and music" },
    { code: "PE", name: "Physical Education", subject: "PE and health" },
  ],
  middle: [
    { code: "ELA", name: "English Language Arts", subject: "english/language arts" },
    { code: "MAT", name: "Mathematics", subject: "math" },
    { code: "SCI", name: "Integrated Science", subject: "science" },
    { code: "SOC", name: "World Cultures", subject: "social studies" },
    { code: "PE", name: "Physical Education", subject: "PE and health" },
    { code: "LNG", name: "Spanish", subject: "language" },
    { code: "TEC", name: "Technology, Design & Media", subject: "technology and engineering" },
  ],
  high: [
    { code: "ENG", name: "English", subject: "english/language arts" },
    { code: "MAT", name: "Mathematics", subject: "math" },
    { code: "SCI", name: "Laboratory Science", subject: "science" },
    { code: "HIS", name: "History", subject: "social studies" },
    { code: "LNG", name: "Spanish", subject: "language" },
    { code: "HLT", name: "Health", subject: "PE and health", term: "fall" },
    { code: "ART", name: "Studio Art", subject: "arts and music", term: "spring" },
  ],
};

export const domainOf = (name: string): string => `${name.split(" ").slice(0, 2).join("").toLowerCase()}.example`;

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
  /** The state's number of the district. */
  readonly number: string;
  /** Mail domain of the staff; learners have `students.` in front. */
  readonly domain: string;
  /** School days from one rollover to the next. */
  readonly daysPerYear: number;
  /** At the start; the days add more. */
  readonly learners: number;
  readonly schools: readonly SchoolShape[];
  /** Where a learner of this number starts. */
  seatOf(learner: number): Seat;
  /** The school of a level that takes the learners of this turn. */
  schoolFor(grade: number, turn: number): SchoolShape;
  schoolsOf(level: Level): readonly SchoolShape[];
  /** Sections of each subject that a grade has at a school. */
  sections(school: SchoolShape, grade: number): number;
}

/** Lays out schools, grades and sections for about `users` people. */
export function shapeOf(options: {
  readonly users: number;
  readonly seed: number;
  readonly name: string;
  readonly number?: string;
  readonly daysPerYear?: number;
}): Shape {
  const learners = Math.max(26, Math.floor(options.users * 0.92));
  const count = (level: Level) => Math.max(1, Math.round(((learners / 13) * gradesOfLevel[level].length) / learnersPerSchool[level]));
  const counts: Record<Level, number> = { elementary: count("elementary"), middle: count("middle"), high: count("high") };
  const schools: SchoolShape[] = [];
  for (const [digit, level] of (["elementary", "middle", "high"] as const).entries()) {
    for (let rank = 0; rank < counts[level]; rank++) schools.push(schoolOf(schools.length, digit + 1, level, rank));
  }
  const firstOf: Record<Level, number> = { elementary: 0, middle: counts.elementary, high: counts.elementary + counts.middle };
  const schoolFor = (grade: number, turn: number): SchoolShape => {
    const level = levelOfGrade(grade);
    const school = schools[firstOf[level] + (turn % counts[level])];
    if (!school) throw new Error("every level has a school");
    return school;
  };
  const seatOf = (learner: number): Seat => {
    const grade = learner % 13;
    const turn = Math.floor(learner / 13);
    return { school: schoolFor(grade, turn), grade, position: Math.floor(turn / counts[levelOfGrade(grade)]) };
  };
  const schoolsOf = (level: Level) => schools.filter((school) => school.level === level);
  const sections = (school: SchoolShape, grade: number): number => {
    const inGrade = Math.floor((learners - grade + 12) / 13);
    const atSchool = Math.floor((inGrade - school.rank + counts[school.level] - 1) / counts[school.level]);
    return Math.max(1, Math.ceil(atSchool / learnersPerClass));
  };
  const { seed, name, number = "1044", daysPerYear = 180 } = options;
  return { seed, name, number, domain: domainOf(name), daysPerYear, learners, schools, seatOf, schoolFor, schoolsOf, sections };
}

export const schoolKinds: Record<Level, string> = { elementary: "Elementary School", middle: "Middle School", high: "High School" };

function schoolOf(index: number, digit: number, level: Level, rank: number): SchoolShape {
  const round = Math.floor(index / schoolNames.length);
  const base = pick(schoolNames, index).replaceAll("-", " ");
  return {
    index,
    number: String(digit * 100 * (rank < 99 ? 1 : 10) + rank + 1),
    name: `${base}${round > 0 ? ` ${round + 1}` : ""} ${schoolKinds[level]}`,
    level,
    rank,
  };
}
