import type { PersonRole } from "./canonical.ts";
import type { ReadingRules } from "./reading-rules.ts";
import { familyOfWord, type RoleFamily, type RoleWord } from "./role-words.ts";

/*
 * What a person is and where, of all that the SIS says of their roles. Planning does the same in SQL for everybody at once
 * (lib/engine/sync/fold-people.ts); this is the rule by itself, and the two are compared over random people.
 */

/** A role at an org that the SIS has. One that can never be in force, since it ends as it begins, is none. */
export interface FoldedRole {
  readonly word: string;
  readonly type: "primary" | "secondary" | null;
  readonly org: string;
  readonly isSchool: boolean;
  readonly beginDate: string | null;
  /** The day after the last. */
  readonly endDate: string | null;
}

/** An enrollment that is in force today. */
export interface FoldedEnrollment {
  readonly teaches: boolean;
  /** The school of its class, where it is known. */
  readonly school: string | null;
}

export interface ToFold {
  readonly roles: readonly FoldedRole[];
  readonly enrollments: readonly FoldedEnrollment[];
  /** What the account is that the person's id leads to, or did; null: there is none. */
  readonly linked: PersonRole | null;
  /** Whether the integration keeps that account in the roster. */
  readonly isRostered: boolean;
  /** Which of their schools is listed first. */
  readonly home: string | null;
}

export const foldNotices = [
  "role-student-staff",
  "role-both-kept",
  "role-both",
  "role-none",
  "role-none-waits",
  "role-ahead",
  "role-grace",
  "role-over",
] as const;
export type FoldNotice = (typeof foldNotices)[number];

/** Why an account leaves that the SIS has, as the change says it. It is no admin's doing, so the guard may have it wait. */
export const leavesByRoles = "all roles are over in the SIS";

export type Folded =
  /** `schools` null: as Aivo has them. */
  | { readonly is: "placed"; readonly kind: PersonRole; readonly schools: readonly string[] | null; readonly notice: FoldNotice | null }
  /** Nobody yet: what Aivo has stays as it was. */
  | { readonly is: "waiting"; readonly notice: FoldNotice }
  /** Nobody that Aivo rosters; `notice` "role-over": whoever is linked leaves. */
  | { readonly is: "not-rostered"; readonly reason: string; readonly notice: FoldNotice | null };

/** What a word makes of a person; null: Aivo does not know. */
export function familyOf(word: string, { roleWords }: Pick<ReadingRules, "roleWords">): RoleFamily | null {
  return familyOfWord[word as RoleWord] ?? roleWords[word] ?? null;
}

/** @param today the day in the district's zone, `YYYY-MM-DD` */
export function foldRoles(
  { roles, enrollments, linked, isRostered, home }: ToFold,
  today: string,
  rules: Pick<ReadingRules, "roleWords" | "graceDays">,
): Folded {
  const told = roles.filter(({ beginDate, endDate }) => beginDate === null || endDate === null || beginDate < endDate);
  const inForce = told.filter(({ beginDate, endDate }) => (beginDate ?? today) <= today && (endDate === null || today < endDate));
  const stays = (notice: FoldNotice | null): Folded | null =>
    linked !== null && isRostered ? { is: "placed", kind: linked, schools: null, notice } : null;
  const placed = (kind: PersonRole, family: RoleFamily | null, notice: FoldNotice | null): Folded => ({
    is: "placed",
    kind,
    schools: schoolsOf(inForce.filter((role) => family !== null && familyOf(role.word, rules) === family)),
    notice,
  });
  const schoolsOf = (counting: readonly FoldedRole[]) => {
    const schools = new Set([
      ...counting.flatMap(({ isSchool, org }) => (isSchool ? org : [])),
      ...enrollments.flatMap(({ school }) => school ?? []),
    ]);
    return [...schools].sort((a, b) => Number(b === home) - Number(a === home) || (a < b ? -1 : 1));
  };

  if (told.length === 0) {
    const byEnrollments = (teaches: boolean) => enrollments.length > 0 && enrollments.every((one) => one.teaches === teaches);
    return (
      stays("role-none") ??
      (byEnrollments(false)
        ? placed("learner", null, "role-none")
        : byEnrollments(true)
          ? placed("teacher", null, "role-none")
          : { is: "waiting", notice: "role-none-waits" })
    );
  }
  if (inForce.length === 0) {
    if (told.some(({ beginDate }) => beginDate !== null && beginDate > today))
      return stays(null) ?? { is: "waiting", notice: "role-ahead" };
    const lastEnd = told.reduce((last, { endDate }) => (endDate !== null && endDate > last ? endDate : last), "");
    const isGrace = today < daysAfter(lastEnd, rules.graceDays);
    return (
      (isGrace ? stays("role-grace") : null) ?? {
        is: "not-rostered",
        reason: "role-over",
        notice: linked !== null ? "role-over" : null,
      }
    );
  }
  const families = new Set(inForce.map(({ word }) => familyOf(word, rules)));
  const isLearner = families.has("learner");
  const isTeaching = families.has("teaching");
  if (isLearner && isTeaching) {
    const primaries = new Set(inForce.flatMap(({ type, word }) => (type === "primary" ? [familyOf(word, rules)] : [])));
    const [first] = primaries;
    const unanimous = primaries.size !== 1 ? null : first === "learner" ? "learner" : first === "teaching" ? "teacher" : null;
    const kind = linked ?? unanimous;
    if (kind === null) return { is: "waiting", notice: "role-both" };
    return placed(kind, kind === "learner" ? "learner" : "teaching", "role-both-kept");
  }
  if (isLearner) return placed("learner", "learner", families.has("staff") ? "role-student-staff" : null);
  if (isTeaching) return placed("teacher", "teaching", null);
  if (families.has("staff") && enrollments.some(({ teaches }) => teaches)) return placed("teacher", "staff", null);
  const [word = ""] = inForce.map((role) => role.word).sort();
  return { is: "not-rostered", reason: word, notice: null };
}

function daysAfter(date: string, days: number): string {
  return new Date(Date.parse(date) + days * 86_400_000).toISOString().slice(0, 10);
}
