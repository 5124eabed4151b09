import type { RoleFamily } from "./role-words.ts";

/** How an integration's records are to be read where OneRoster leaves it open. Stored in part: read with asReadingRules(). */
export interface ReadingRules {
  /** Whether people go by the names that they prefer, where the SIS has them. */
  readonly preferredNames: boolean;
  /** Types of userIds that identify a person who has several records. */
  readonly personKeys: readonly string[];
  /** What words of the SIS's own mean, by word (`ext:…`): as role of a person, */
  readonly roleWords: Readonly<Record<string, RoleFamily>>;
  /** as type of an org that is a school, */
  readonly orgTypes: readonly string[];
  /** and as role of an enrollment. */
  readonly enrollmentRoles: Readonly<Record<string, "student" | "teacher">>;
  /** For so many days after the last of their roles somebody stays what they were. */
  readonly graceDays: number;
}

export const defaultReadingRules: ReadingRules = {
  preferredNames: false,
  personKeys: [],
  roleWords: {},
  orgTypes: [],
  enrollmentRoles: {},
  graceDays: 90,
};

export function asReadingRules(stored: Partial<ReadingRules> | null): ReadingRules {
  return { ...defaultReadingRules, ...stored };
}

/** Equal texts: every record is read as the same. Another one: what the mirror has was read otherwise. */
export function readAs({ preferredNames, personKeys, orgTypes, enrollmentRoles }: ReadingRules): string {
  return JSON.stringify([preferredNames, [...personKeys].sort(), [...orgTypes].sort(), inOrder(enrollmentRoles)]);
}

/** The same of all that a plan depends on. */
export function rulesAsText(rules: ReadingRules): string {
  return JSON.stringify([readAs(rules), inOrder(rules.roleWords), rules.graceDays]);
}

const inOrder = (words: Readonly<Record<string, string>>) => Object.entries(words).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
