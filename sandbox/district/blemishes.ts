/** The handful of mistakes that every real export has, so that the demo shows what becomes of them. */

/** Learners 29 and 42 have no email; 16 was given the email of a parent, which 3 has too. Cell 9 is the email. */
export function blemishLearner(learner: number, cells: readonly string[]): readonly string[] {
  if (learner === 29 || learner === 42) return cells.with(9, "");
  if (learner === 3 || learner === 16) return cells.with(9, "the.parents@families.example");
  if (learner === 55) return cells.with(13, "Grade 3");
  return cells;
}

export const blemishedUsers: readonly (readonly string[])[] = [
  [
    "X-SUB-1",
    "",
    "",
    "true",
    "SCH-101",
    "substitute",
    "sam.relief",
    "",
    "Sam",
    "Relief",
    "",
    "",
    "sam.relief@cedarfalls.example",
    "",
    "",
    "",
    "",
    "",
  ],
  [
    "",
    "",
    "",
    "true",
    "SCH-201",
    "student",
    "no.id",
    "",
    "Robin",
    "Nobody",
    "",
    "09999901",
    "no.id@students.cedarfalls.example",
    "",
    "",
    "",
    "07",
    "",
  ],
];

export const blemishedClasses: readonly (readonly string[])[] = [
  ["CLUB-CHESS", "", "", "Chess Club", "", "", "CHESS", "scheduled", "Library", "SCH-999", "Y-2027-F", "", "", ""],
];

export const blemishedEnrollments: readonly (readonly string[])[] = [
  ["X-ENR-1", "", "", "101-KG1-01", "SCH-101", "S1999999", "student", "", "", ""],
  ["X-ENR-2", "", "", "301-999-01", "SCH-301", "S1000009", "student", "", "", ""],
  ["X-ENR-3", "", "", "101-KG2-01", "SCH-101", "S1000013", "teacher", "true", "", ""],
  ["X-ENR-4", "", "", "201-061-01", "SCH-201", "T201-001", "teacher", "false", "2027-06-04", "2026-08-17"],
  ["X-ENR-5", "", "", "CLUB-CHESS", "SCH-999", "S1000009", "student", "", "", ""],
];
