import { formatDay } from "#lib/platform/format/date-time.ts";
import { formatCount } from "#lib/platform/format/number.ts";
import type { TurnedTerm } from "#lib/roster/when.ts";

/** Free of Node: pages and components import this file. */

/** What the calendar brought on one day. */
export interface SchoolDay {
  readonly day: string;
  /** The day that was looked at before: everything after it is in these numbers. */
  readonly previousDay: string;
  readonly classroomsBegan: number;
  readonly classroomsEnded: number;
  /** By dates of their own, in classes that went on. */
  readonly membershipsBegan: number;
  readonly membershipsEnded: number;
  readonly terms: readonly TurnedTerm[];
}

/** A term that ends or begins soon, with the classes that do with it. */
export interface TermToCome {
  readonly name: string;
  readonly turn: "began" | "ended";
  /** Its first day, or its last. */
  readonly day: string;
  readonly classrooms: number;
}

/** What a day brought, a sentence each: "Fall Semester 2026 ended on Dec 18, 2026: 412 classrooms are archived." */
export function sentencesOf(day: SchoolDay): readonly string[] {
  const terms = day.terms.map(({ name, turn, day: date, classrooms }) =>
    turn === "ended"
      ? `${name} ended on ${formatDay(date)}: ${formatCount(classrooms, "classroom")} ${classrooms === 1 ? "is" : "are"} archived.`
      : `${name} began on ${formatDay(date)}: ${formatCount(classrooms, "classroom")} ${classrooms === 1 ? "is" : "are"} open.`,
  );
  const all = [
    day.terms.some(({ turn }) => turn === "ended") ? null : count(day.classroomsEnded, "classroom", "ended"),
    day.terms.some(({ turn }) => turn === "began") ? null : count(day.classroomsBegan, "classroom", "began"),
    count(day.membershipsBegan, "membership", "began by a date of its own", "began by dates of their own"),
    count(day.membershipsEnded, "membership", "ended by a date of its own", "ended by dates of their own"),
  ];
  return [...terms, ...all.filter((sentence) => sentence !== null)];
}

function count(number: number, noun: string, one: string, many = one): string | null {
  return number === 0 ? null : `${formatCount(number, noun)} ${number === 1 ? one : many}.`;
}
