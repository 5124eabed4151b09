import type { CollectionName, District } from "#sandbox/district/district.ts";
import { classRecord } from "#sandbox/district/records.ts";
import { gradesOfLevel } from "#sandbox/district/shape.ts";
import { findRow, type Ids } from "./ids.ts";
import { isLearner, isTeacher, type RecordKind } from "./records.ts";

/** What a path below `/ims/oneroster/v1p1` asks for. */
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

/** Null for a path that OneRoster does not have, or whose parent is not there. */
export function asked(district: District, ids: Ids, segments: readonly string[]): Asked | null {
  const [first = "", id, second, secondId, third] = segments;
  const one = flat[first];
  if (!one) return null;
  const scope = one.kind === "demographics" ? "roster-demographics.readonly" : "roster-core.readonly";
  const { isIn } = one;
  if (id === undefined) return { ...withoutRows(one), scope, single: null, ...(isIn && { isIn: (row) => isIn(district, row) }) };
  const row = findRow(ids, district, tableOf(one.kind), id);
  const isThere = row !== -1 && (isIn?.(district, row) ?? true);
  if (segments.length === 2) return { ...withoutRows(one), scope, single: isThere ? row : -1 };
  if (!isThere) return null;
  if (segments.length === 3 && second !== undefined) return nested(district, first, row, second);
  if (segments.length !== 5 || first !== "schools" || second !== "classes" || secondId === undefined || third === undefined) return null;
  const inClass = findRow(ids, district, "classes", secondId);
  return inClass !== -1 && district.classes.get("school", inClass) === row ? nested(district, "classes", inClass, third) : null;
}

export const tableOf = (kind: RecordKind): CollectionName => (kind === "demographics" ? "people" : kind);

function nested(district: District, parent: string, row: number, name: string): Asked | null {
  const of = flat[name];
  const isIn = membership(district, parent, row, name);
  if (!of || !isIn) return null;
  const isOfKind = of.isIn;
  return {
    ...withoutRows(of),
    scope: "roster.readonly",
    single: null,
    isIn: (candidate) => isIn(candidate) && (isOfKind?.(district, candidate) ?? true),
  };
}

/** Which rows of the nested collection belong to the parent; null where OneRoster has no such path. */
function membership(district: District, parent: string, row: number, name: string): ((candidate: number) => boolean) | null {
  const { classes, people, enrollments } = district;
  if (parent === "schools") {
    const { level } = district.schoolAt(row);
    if (name === "classes") return (candidate) => classes.get("school", candidate) === row;
    if (name === "students" || name === "teachers") return (one) => people.get("school", one) === row || people.get("school2", one) === row;
    if (name === "enrollments") return (one) => classes.get("school", enrollments.get("class", one)) === row;
    if (name === "courses") return (one) => gradesOfLevel[level].includes(district.courses.get("grade", one));
    return name === "terms" ? () => true : null;
  }
  if (parent === "classes") {
    if (name === "enrollments") return (one) => enrollments.get("class", one) === row;
    const members = new Set(district.membersOf(row).map((seat) => enrollments.get("person", seat)));
    return name === "students" || name === "teachers" ? (one) => members.has(one) : null;
  }
  if (["students", "teachers", "users"].includes(parent) && name === "classes") {
    const own = new Set(district.enrollmentsOf(row).map((seat) => enrollments.get("class", seat)));
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
