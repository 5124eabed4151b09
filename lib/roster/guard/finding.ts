import type { Entity } from "#lib/roster/canonical.ts";
import type { DetectorId } from "./detector-ids.ts";

/** Where examples of a finding are found among the changes of the plan. */
export interface Subject {
  readonly entities: readonly Entity[];
  readonly action: "deactivated" | "changed" | "linked";
  /** A column that changes. */
  readonly column?: string;
  readonly schoolId?: string;
  readonly classroomId?: string;
}

/**
 * What of a plan is in doubt, as a rule that tells which of its changes are: so that these can be withheld and the rest be applied. Nobody is
 * named, so that it holds for the plan that is made without them as well.
 */
export type Doubt =
  /** Records that leave: of these entities, of a school, one of its grades, some classes, or of those who teach. */
  | {
      readonly what: "withdrawals";
      readonly entities: readonly Entity[];
      readonly schoolId?: string;
      readonly grade?: string;
      readonly classroomIds?: readonly string[];
      readonly ofTeachers?: boolean;
    }
  /** Values that change: of this column, or of all. */
  | { readonly what: "values"; readonly entities: readonly Entity[]; readonly column?: string };

/** What a detector has to say of a plan. Names nobody: people are shown by `examples`, changes of the run. */
export interface Finding {
  readonly detector: DetectorId;
  /** hold: the plan waits for an admin. withhold: what is in doubt of it does, and the rest is applied. note: worth a sentence. */
  readonly level: "hold" | "withhold" | "note";
  /** What it looks like, with the numbers. */
  readonly sentence: string;
  readonly numbers: Readonly<Record<string, number>>;
  /** What to look at before deciding. */
  readonly check: string;
  readonly subject: Subject | null;
  /** What is withheld because of it; nothing: the plan waits as a whole. Absent in findings of older versions. */
  readonly doubts?: readonly Doubt[];
  /** What is withheld as well, where that was not enough. */
  readonly furtherDoubts?: readonly Doubt[];
  /** `seq` of changes of the run. */
  readonly examples: readonly number[];
}

export type NewFinding = Omit<Finding, "detector" | "examples" | "level"> & { readonly level?: Finding["level"] };

/** Whether a plan is taken for a new school year. */
export function isOfNewYear(findings: readonly Pick<Finding, "detector">[]): boolean {
  return findings.some(({ detector }) => detector === "rollover");
}

export interface Limit {
  readonly percent: number;
  readonly min: number;
}

/** More than `min`, and more than `percent` of all. */
export function isBeyond(count: number, of: number, { percent, min }: Limit): boolean {
  return count > min && 100 * count > percent * of;
}

/** So few that they are below any minimum, and yet more than half: three of five teachers. */
export function isMost(count: number, of: number, percent: number): boolean {
  return count >= 3 && 100 * count > Math.max(50, percent) * of;
}

export function count(value: number): string {
  return value.toLocaleString("en-US");
}

/** "1 learner", "1,104 learners" */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** Rounded, but never so far that "10% of a limit of 10%" would read as a contradiction. */
export function percentAbove(percent: number, limit: number): string {
  for (let digits = 0; digits < 4; digits++) {
    const rounded = Number(percent.toFixed(digits));
    if (rounded > limit) return String(rounded);
  }
  return `just over ${limit}`;
}

export function share(part: number, of: number): string {
  return of === 0 ? "0%" : `${Math.round((100 * part) / of)}%`;
}
