import type { Shape } from "./shape.ts";

const dayMs = 86_400_000;
const firstYear = 2026;

/** Counted from 0; the first day of each further year is a rollover. */
export const yearOf = (shape: Shape, day: number): number => Math.floor(day / shape.daysPerYear);

/** The calendar date of a school day: Mondays to Fridays from the middle of August on. */
export function dateOf(shape: Shape, day: number): Date {
  const inYear = day % shape.daysPerYear;
  const first = Date.UTC(firstYear + yearOf(shape, day), 7, 17);
  return new Date(first + (Math.floor(inYear / 5) * 7 + (inYear % 5)) * dayMs);
}

export interface Term {
  readonly name: string;
  readonly begins: string;
  readonly ends: string;
  /** The calendar year in which the school year ends. */
  readonly schoolYear: number;
}

export const termParts = { year: 0, fall: 1, spring: 2 } as const;

/** A term of a school year: all of it, its first half, its second. */
export function termOf(year: number, part: number): Term {
  const from = firstYear + year;
  const to = from + 1;
  if (part === termParts.fall) return { name: `Fall Semester ${from}`, begins: `${from}-08-17`, ends: `${from}-12-18`, schoolYear: to };
  if (part === termParts.spring) return { name: `Spring Semester ${to}`, begins: `${to}-01-04`, ends: `${to}-06-04`, schoolYear: to };
  return { name: `${from}-${to}`, begins: `${from}-08-17`, ends: `${to}-06-04`, schoolYear: to };
}
