import { cleanText } from "./text.ts";
import { memoise } from "./vocabulary.ts";

/**
 * A calendar date as `YYYY-MM-DD`, or null where the text is none. Read are `2026-08-05`, `2026-8-5`, `2026/08/05`, `20260805`, and
 * the date part, as it stands, of a date-time (`2026-08-05T04:00:00.000Z`, `2026-08-05 00:00:00`): it is not moved into another
 * time zone. Dates that do not exist (2026-02-30) and years before 1900 (what databases say for "none") are refused. So is
 * `8/5/2026`: it is May in one country and August in another.
 */
export const parseDate: (text: string) => string | null = memoise(readDate);

const dateShape =
  /^(\d{4})(?:-(\d{1,2})-(\d{1,2})|\/(\d{1,2})\/(\d{1,2})|(\d{2})(\d{2}))(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?(?: ?(?:Z|[+-]\d{2}:?\d{2}))?)?$/i;
const longestDate = 48;

function readDate(text: string): string | null {
  const clean = cleanText(text);
  if (clean.length > longestDate) return null;
  const match = dateShape.exec(clean);
  if (match === null) return null;
  const year = Number(match[1]);
  const month = Number(match[2] ?? match[4] ?? match[6]);
  const day = Number(match[3] ?? match[5] ?? match[7]);
  if (year < 1900 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return null;
  return `${match[1]}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}
