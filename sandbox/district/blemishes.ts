import { columns } from "./columns.ts";

/** The handful of mistakes that every real export has, so that the demo shows what becomes of them. */

/** Two learners have no email; one was given the email of a parent, which another has too; one's grade is spelt out. */
const blemished: ReadonlyMap<string, readonly [column: "email" | "grades", text: string]> = new Map([
  ["S1000029", ["email", ""]],
  ["S1000042", ["email", ""]],
  ["S1000003", ["email", "the.parents@families.example"]],
  ["S1000016", ["email", "the.parents@families.example"]],
  ["S1000055", ["grades", "Grade 3"]],
]);

/** A row of users.csv, blemished where it is that of one of them. */
export function blemishUser(cells: readonly string[]): readonly string[] {
  const [column, text] = blemished.get(cells[0] ?? "") ?? [];
  return column === undefined || text === undefined ? cells : cells.with(columns.users.indexOf(column), text);
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
