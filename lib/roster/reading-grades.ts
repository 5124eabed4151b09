import { readGrades, sortGrades } from "./grade.ts";
import { readList } from "./list.ts";
import { note, type Reading } from "./reading.ts";

/** All grades of the field, youngest first. Those that cannot be read are noted and left off. */
export function fieldGrades(reading: Reading, field: string): readonly string[] {
  const texts = readList(reading.raw.fields[field]);
  if (texts.length === 0) return texts;
  const { grades, unread } = readGrades(texts);
  if (unread.length > 0) note(reading, "grade-unknown", field, "grade left off", unread);
  return sortGrades(grades);
}

/** The first grade of the field that can be read, or null; noted only where there are grades and none can be. */
export function fieldFirstGrade(reading: Reading, field: string): string | null {
  const texts = readList(reading.raw.fields[field]);
  if (texts.length === 0) return null;
  const { grades, unread } = readGrades(texts);
  const first = grades[0];
  if (first === undefined && unread.length > 0)
    note(reading, "grade-unknown", field, "grade as Aivo already has it, or left blank", unread);
  return first ?? null;
}
