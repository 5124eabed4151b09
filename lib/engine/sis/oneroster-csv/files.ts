/** The files of OneRoster's CSV binding, by version, and the names they are found under. */
import type { Collection } from "#lib/roster/canonical.ts";

/** What is read; roles of OneRoster 1.2 alone. Order as in `collections`, after the manifest; demographics is checked and counted, never stored. */
export const readFiles = [
  "manifest",
  "orgs",
  "academicSessions",
  "courses",
  "classes",
  "users",
  "roles",
  "enrollments",
  "demographics",
] as const;
export type ReadFile = (typeof readFiles)[number];

export const collectionFiles = [
  "orgs",
  "academicSessions",
  "courses",
  "classes",
  "users",
  "roles",
  "enrollments",
] as const satisfies readonly Collection[];

/** What a bulk set without a manifest cannot do without. */
export const requiredFiles = ["orgs", "academicSessions", "classes", "users", "enrollments"] as const satisfies readonly Collection[];

/**
 * Files that have nothing to do with rosters, or hold what Aivo must not have: userProfiles.csv is one login with its password a row.
 * They are named and never opened.
 */
export const otherFiles = [
  "categories",
  "classResources",
  "courseResources",
  "lineItemLearningObjectiveIds",
  "lineItems",
  "lineItemScoreScales",
  "resources",
  "resultLearningObjectiveIds",
  "results",
  "resultScoreScales",
  "scoreScales",
  "userProfiles",
  "userResources",
] as const;

type KnownFile = ReadFile | (typeof otherFiles)[number];

const byLowerCase = new Map<string, KnownFile>([...readFiles, ...otherFiles].map((name) => [name.toLowerCase(), name]));
const stamp = String.raw`(\d{4})[-_.]?(\d{2})[-_.]?(\d{2})(?:[-_.T ]?(\d{2})[-_.h]?(\d{2})(?:[-_.m]?(\d{2}))?)?(?:[-_.]?\d{1,6})?Z?`;
const datedBefore = new RegExp(`^${stamp}[-_. ]+([a-z]+)$`, "i");
const datedAfter = new RegExp(`^([a-z]+)[-_. ]+${stamp}$`, "i");
const anywhere = new RegExp(`(?:^|[^\\d])${stamp}(?:[^\\d]|$)`, "i");

export interface FileName {
  readonly file: KnownFile;
  /** Digits of the date (and time) in the name, `20260801` or `20260801020000`; null in a name without. */
  readonly stamp: string | null;
}

/** Recognises `users.csv`, `Users.CSV`, `users_2026-08-01.csv`, `20260801-users.csv`; null for anything else. */
export function parseFileName(name: string): FileName | null {
  const base = /^(.*)\.csv$/i.exec(name)?.[1];
  if (base === undefined) return null;
  const plain = byLowerCase.get(base.toLowerCase());
  if (plain !== undefined) return { file: plain, stamp: null };
  const before = datedBefore.exec(base);
  const after = datedAfter.exec(base);
  const file = byLowerCase.get((before?.[7] ?? after?.[1] ?? "").toLowerCase());
  if (file === undefined) return null;
  const digits = before ? before.slice(1, 7) : (after?.slice(2, 8) ?? []);
  return { file, stamp: digits.filter(Boolean).join("") };
}

/** The date in any name, as digits that sort; null without one. */
export function stampOf(name: string): string | null {
  const match = anywhere.exec(name);
  return match ? match.slice(1, 7).filter(Boolean).join("") : null;
}

export function isReadFile(file: string): file is ReadFile {
  return (readFiles as readonly string[]).includes(file);
}
