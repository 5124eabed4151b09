import type { CollectionName, District } from "#sandbox/district/district.ts";
import type { Habits } from "#sandbox/district/habits.ts";
import { hostOf, rowsOfPerson } from "#sandbox/district/merges.ts";
import { classRecord } from "#sandbox/district/records.ts";
import { gradesOfLevel } from "#sandbox/district/shape.ts";
import type { RecordKind } from "./dialect.ts";
import { findRow, type Ids, rowOfRecord } from "./ids.ts";
import { isLearner, isTeacher } from "./records.ts";

/** What a path below the root asks for. */
export interface Asked {
  readonly kind: RecordKind;
  /** The wrapper key of a collection and of a single record. */
  readonly plural: string;
  readonly singular: string;
  /** The scope's last word that opens it. */
  readonly scope: "roster-core.readonly" | "roster.readonly" | "roster-demographics.readonly";
  /** The one record of a single, -1 where there is none; null for collections. */
  readonly single: number | null;
  /** Rows of a collection; left out: all. */
  readonly isIn?: (row: number) => boolean;
}

interface Flat {
  readonly kind: RecordKind;
  readonly plural: string;
  readonly singular: string;
  /** Of a row of the district; of people, for each of a person's rows. */
  readonly isIn?: (district: District, row: number) => boolean;
}

const orgs = { kind: "orgs", plural: "orgs", singular: "org" } as const;
const sessions = { kind: "sessions", plural: "academicSessions", singular: "academicSession" } as const;
const users = { kind: "people", plural: "users", singular: "user" } as const;

const flat: Readonly<Record<string, Flat>> = {
  orgs,
  schools: { ...orgs, isIn: (_district, row) => row > 0 },
  academicSessions: sessions,
  terms: sessions,
  gradingPeriods: { ...sessions, isIn: () => false },
  courses: { kind: "courses", plural: "courses", singular: "course" },
  classes: { kind: "classes", plural: "classes", singular: "class" },
  users,
  students: { ...users, isIn: isLearner },
  teachers: { ...users, isIn: isTeacher },
  enrollments: { kind: "enrollments", plural: "enrollments", singular: "enrollment" },
  demographics: { kind: "demographics", plural: "demographics", singular: "demographics", isIn: isLearner },
};

/** Null for a path that OneRoster does not have, or whose parent is not there. In 1.2 people may have several rows, by the vendor's habits. */
export function asked(district: District, ids: Ids, segments: readonly string[], habits: Habits = {}): Asked | null {
  const [first = "", id, second, secondId, third] = segments;
  const one = flat[first];
  if (!one) return null;
  const scope = one.kind === "demographics" ? "roster-demographics.readonly" : "roster-core.readonly";
  const isIn = one.isIn && ofAnyRow(district, habits, one.kind, one.isIn);
  if (id === undefined) return { ...withoutRows(one), scope, single: null, ...(isIn && { isIn }) };
  const record = findRow(ids, district, tableOf(one.kind), id);
  const row = record === -1 ? -1 : rowOfRecord(record);
  const isThere = row !== -1 && (isIn?.(row) ?? true);
  if (segments.length === 2) return { ...withoutRows(one), scope, single: isThere ? record : -1 };
  if (!isThere) return null;
  if (segments.length === 3 && second !== undefined) return nested(district, habits, first, row, second);
  if (segments.length !== 5 || first !== "schools" || second !== "classes" || secondId === undefined || third === undefined) return null;
  const inClass = findRow(ids, district, "classes", secondId);
  return inClass !== -1 && district.classes.get("school", inClass) === row ? nested(district, habits, "classes", inClass, third) : null;
}

export const tableOf = (kind: RecordKind): CollectionName => (kind === "demographics" ? "people" : kind);

/** Whether a row is in, or of a person one of the rows that are the same person. */
function ofAnyRow(
  district: District,
  habits: Habits,
  kind: RecordKind,
  isIn: (district: District, row: number) => boolean,
): (row: number) => boolean {
  if (tableOf(kind) !== "people") return (row) => isIn(district, row);
  return (row) => rowsOfPerson(district, habits, row).some((one) => isIn(district, one));
}

function nested(district: District, habits: Habits, parent: string, row: number, name: string): Asked | null {
  const of = flat[name];
  const isIn = membership(district, habits, parent, row, name);
  if (!of || !isIn) return null;
  const isOfKind = of.isIn && ofAnyRow(district, habits, of.kind, of.isIn);
  return {
    ...withoutRows(of),
    scope: "roster.readonly",
    single: null,
    isIn: (candidate) => isIn(candidate) && (isOfKind?.(candidate) ?? true),
  };
}

/** Which rows of the nested collection belong to the parent; null where OneRoster has no such path. */
function membership(
  district: District,
  habits: Habits,
  parent: string,
  row: number,
  name: string,
): ((candidate: number) => boolean) | null {
  const { classes, people, enrollments } = district;
  if (parent === "schools") {
    const { level } = district.schoolAt(row);
    if (name === "classes") return (candidate) => classes.get("school", candidate) === row;
    if (name === "students" || name === "teachers")
      return ofAnyRow(
        district,
        habits,
        "people",
        (_district, one) => people.get("school", one) === row || people.get("school2", one) === row,
      );
    if (name === "enrollments") return (one) => classes.get("school", enrollments.get("class", one)) === row;
    if (name === "courses") return (one) => gradesOfLevel[level].includes(district.courses.get("grade", one));
    return name === "terms" ? () => true : null;
  }
  if (parent === "classes") {
    if (name === "enrollments") return (one) => enrollments.get("class", one) === row;
    const members = new Set(district.membersOf(row).map((seat) => hostOf(district, habits, enrollments.get("person", seat))));
    return name === "students" || name === "teachers" ? (one) => members.has(one) : null;
  }
  if (["students", "teachers", "users"].includes(parent) && name === "classes") {
    const seats = rowsOfPerson(district, habits, row).flatMap((one) => district.enrollmentsOf(one));
    const own = new Set(seats.map((seat) => enrollments.get("class", seat)));
    return (one) => own.has(one);
  }
  if (parent === "courses" && name === "classes") {
    return (one) => classes.get("grade", one) * 7 + classes.get("slot", one) === row;
  }
  if (parent === "terms" && name === "classes") {
    return (one) => classRecord(district, one).session === row;
  }
  return parent === "terms" && name === "gradingPeriods" ? () => false : null;
}

function withoutRows({ kind, plural, singular }: Flat) {
  return { kind, plural, singular };
}
