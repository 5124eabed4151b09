import { cleanText } from "./text.ts";
import { memoise } from "./vocabulary.ts";

/** The CEDS entry grade levels that OneRoster 1.1 names, youngest first. */
export const gradeCodes = [
  "IT",
  "PR",
  "PK",
  "TK",
  "KG",
  "01",
  "02",
  "03",
  "04",
  "05",
  "06",
  "07",
  "08",
  "09",
  "10",
  "11",
  "12",
  "13",
  "PS",
  "UG",
  "Other",
] as const;
export type GradeCode = (typeof gradeCodes)[number];

/** Spellings without spaces, dots and hyphens, in lower case. "0" and "-1" are PowerSchool's, the long words Clever's. */
const spellings: Record<GradeCode, readonly string[]> = {
  IT: ["it", "infant", "infants", "toddler", "toddlers", "infanttoddler", "infant/toddler"],
  PR: ["pr", "preschool"],
  PK: ["pk", "prek", "prekg", "prekinder", "prekindergarten", "pk3", "pk4", "prek3", "prek4", "-1"],
  TK: ["tk", "transitionalk", "transitionalkg", "transitionalkindergarten"],
  KG: ["kg", "k", "kinder", "kindergarten", "kdg", "0", "00"],
  "01": numbered(1, "st", "one", "first"),
  "02": numbered(2, "nd", "two", "second"),
  "03": numbered(3, "rd", "three", "third"),
  "04": numbered(4, "th", "four", "fourth"),
  "05": numbered(5, "th", "five", "fifth"),
  "06": numbered(6, "th", "six", "sixth"),
  "07": numbered(7, "th", "seven", "seventh"),
  "08": numbered(8, "th", "eight", "eighth"),
  "09": [...numbered(9, "th", "nine", "ninth"), "freshman"],
  "10": [...numbered(10, "th", "ten", "tenth"), "sophomore"],
  "11": [...numbered(11, "th", "eleven", "eleventh"), "junior"],
  "12": [...numbered(12, "th", "twelve", "twelfth"), "senior"],
  "13": numbered(13, "th", "thirteen", "thirteenth"),
  PS: ["ps", "postsecondary", "postgraduate", "postgrad"],
  UG: ["ug", "ungraded"],
  Other: ["other"],
};

function numbered(grade: number, ending: string, word: string, ordinal: string): readonly string[] {
  const padded = String(grade).padStart(2, "0");
  return [String(grade), padded, `${grade}${ending}`, `${padded}${ending}`, word, ordinal];
}

const codeOfSpelling: ReadonlyMap<string, GradeCode> = new Map(
  gradeCodes.flatMap((code) => spellings[code].flatMap((spelling) => decorated(spelling).map((text) => [text, code] as const))),
);

function decorated(spelling: string): readonly string[] {
  const around = ["grade", "gr", "gradelevel"].flatMap((word) => [
    `${word}${spelling}`,
    `${word}-${spelling}`,
    `${spelling}${word}`,
    `${spelling}-${word}`,
  ]);
  return [spelling, `g${spelling}`, ...around];
}

/**
 * The CEDS code of a grade in a usual spelling (`3`, `03`, `Grade 3`, `3rd`, `Gr. 3`, `K`, `Pre-K`, `12th grade`), or null. A range (`K-5`), a
 * fraction or a list is no grade: nothing is guessed.
 */
export const normaliseGrade: (text: string) => GradeCode | null = memoise((text) => codeOfSpelling.get(foldGrade(text)) ?? null);

const longestGrade = 40;

function foldGrade(text: string): string {
  const clean = cleanText(text);
  if (clean.length > longestGrade) return "";
  return clean
    .toLowerCase()
    .replace(/[\u2010-\u2015\u2212]/g, "-")
    .replace(/^(\d{1,2})\.0$/, "$1")
    .replace(/(?<!\d)[\s._]+|[\s._]+(?!\d)/g, "")
    .replace(/(?<=[a-z])-(?=[a-z])/g, "");
}

const rankOfGrade: ReadonlyMap<string, number> = new Map(gradeCodes.map((code, index) => [code, index]));

/** Kinds of grade that a range passes over where it does not begin or end with one: few schools have them. */
const outsideRanges: ReadonlySet<GradeCode> = new Set(["TK", "PS", "UG", "Other"]);

/**
 * The grades of a school that says its lowest and its highest (Clever's `low_grade` and `high_grade`), as canonical codes, youngest
 * first. One alone is all there is; what is no grade, or a pair in no order, is handed back as it came, for normalising to say so.
 */
export function gradesBetween(lowest: string, highest: string): readonly string[] {
  const given = [lowest, highest].filter((text) => cleanText(text) !== "");
  const [low, high] = given.map(normaliseGrade);
  if (given.length < 2 || !low || !high) return given;
  const [from, to] = [gradeCodes.indexOf(low), gradeCodes.indexOf(high)];
  if (from > to || [low, high].some((code) => code !== "TK" && outsideRanges.has(code))) return given;
  return gradeCodes.slice(from, to + 1).filter((code) => code === low || code === high || !outsideRanges.has(code));
}

/** Canonical grades, each once, youngest first. */
export function sortGrades(grades: readonly string[]): readonly string[] {
  if (grades.length < 2) return grades;
  return [...new Set(grades)].sort((a, b) => (rankOfGrade.get(a) ?? gradeCodes.length) - (rankOfGrade.get(b) ?? gradeCodes.length));
}

/** What a list of grades comes to: the canonical ones in order, and those that could not be read, as they arrived. */
export interface GradeList {
  readonly grades: readonly GradeCode[];
  readonly unread: readonly string[];
}

/** Reads texts that may each hold several grades (`9,10`, `9;10`). In the order of the SIS. */
export function readGrades(texts: readonly string[]): GradeList {
  const grades = new Set<GradeCode>();
  const unread: string[] = [];
  for (const text of texts) {
    for (const part of text.split(/[,;]/)) {
      if (cleanText(part) === "") continue;
      const grade = normaliseGrade(part);
      if (grade === null) unread.push(part);
      else grades.add(grade);
    }
  }
  return { grades: [...grades], unread };
}
