import { expect, it } from "vitest";
import { parseSchoolYear } from "./school-year.ts";

it.each([
  ["2027", 2027],
  [" 2027 ", 2027],
  ["2026-2027", 2027],
  ["2026 - 2027", 2027],
  ["2026–2027", 2027],
  ["2026/27", 2027],
  ["1999-00", 2000],
])("%j ends in %j", (text, year) => expect(parseSchoolYear(text)).toBe(year));

it.each(["", "27", "2026-2028", "2027-2026", "2026-28", "0000", "20262027", "this year", "2026-2027 School Year"])(
  "%j is no school year",
  (text) => expect(parseSchoolYear(text)).toBeNull(),
);
