import { cleanText } from "./text.ts";

const schoolYearShape = /^(\d{4})(?: ?[-/\u2013] ?(\d{4}|\d{2}))?$/;

/**
 * The calendar year in which a school year ends: `2027`, `2026-2027`, `2026-27` and `2026/2027` are all 2027. Null for anything
 * else, also for two years that do not follow each other.
 */
export function parseSchoolYear(text: string): number | null {
  const match = schoolYearShape.exec(cleanText(text));
  if (match === null) return null;
  const first = Number(match[1]);
  if (first < 1900 || first > 2199) return null;
  const second = match[2];
  if (second === undefined) return first;
  const next = first + 1;
  return Number(second) === (second.length === 4 ? next : next % 100) ? next : null;
}
