import type { CollectionName, District } from "#sandbox/district/district.ts";
import type { Habits } from "#sandbox/district/habits.ts";
import type { Ids } from "./ids.ts";

/** How a vendor writes OneRoster's JSON. */
export interface Dialect {
  readonly ids: Ids;
  /** Booleans as "true" and "false". */
  readonly textBooleans: boolean;
  /** `null` where a list is empty. */
  readonly nullLists?: boolean;
  /** `inactive`, the word of OneRoster 1.0, for withdrawn records. */
  readonly saysInactive?: boolean;
  /** What hrefs begin with, up to and with `/v1p1` or `/v1p2`. */
  readonly hrefBase: string;
  readonly stampOf: (day: number) => string;
  /** 1.2, and what this vendor does in it; left out: 1.1. */
  readonly as12?: Habits;
}

export type Json = Readonly<Record<string, unknown>>;
export type RecordKind = CollectionName | "demographics";

export interface Rendering {
  readonly district: District;
  readonly dialect: Dialect;
}

/** 1.1's words; what 1.2 calls otherwise stands below them. */
const referenceTypes: Readonly<Record<CollectionName, string>> = {
  orgs: "org",
  sessions: "term",
  courses: "course",
  classes: "class",
  people: "user",
  enrollments: "enrollment",
};
const referenceTypes12: Readonly<Partial<Record<CollectionName, string>>> = { sessions: "academicSession" };
const paths: Readonly<Record<CollectionName, string>> = {
  orgs: "orgs",
  sessions: "academicSessions",
  courses: "courses",
  classes: "classes",
  people: "users",
  enrollments: "enrollments",
};

/** References to what many records point to, so that each is written once. Ids never change, and rows are only added. */
const written = new WeakMap<Dialect, Map<number, Json>>();
const shared: readonly CollectionName[] = ["orgs", "sessions", "courses", "classes"];

export function reference(rendering: Rendering, collection: CollectionName, row: number): Json {
  const at = shared.indexOf(collection);
  if (at === -1) return newReference(rendering, collection, row);
  const known = written.get(rendering.dialect) ?? new Map<number, Json>();
  written.set(rendering.dialect, known);
  const key = row * shared.length + at;
  const found = known.get(key) ?? newReference(rendering, collection, row);
  known.set(key, found);
  return found;
}

function newReference({ district, dialect }: Rendering, collection: CollectionName, row: number): Json {
  const sourcedId = dialect.ids.id(district, collection, row);
  const type = (dialect.as12 && referenceTypes12[collection]) ?? referenceTypes[collection];
  return { href: `${dialect.hrefBase}/${paths[collection]}/${encodeURIComponent(sourcedId)}`, sourcedId, type };
}

export function truth({ dialect }: Rendering, value: boolean): boolean | string {
  return dialect.textBooleans ? String(value) : value;
}
