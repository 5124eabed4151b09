import type { Tone } from "#components/ui/tone.ts";
import { formatCount, formatNumber } from "#lib/platform/format/number.ts";
import { entities } from "#lib/roster/canonical.ts";
import type { IssueCounts } from "#lib/roster/issue-counts.ts";
import type { PastRun, SeenSoFar } from "#lib/services/runs/schema.ts";
import { entityWords } from "./run-words.ts";

export interface SeenLine {
  readonly key: string;
  /** "2 records: No id" */
  readonly title: string;
  /** Beside the run before: "new", "as before", "3 more than before". */
  readonly state: string;
  readonly tone: Tone;
}

/** What is wrong so far, beside what was open after the run before. Until there is a plan nothing can be told of what is resolved. */
export function seenLines({ causes, totals }: SeenSoFar, past: Pick<PastRun, "issueCounts"> | null): readonly SeenLine[] {
  const before = (code: string) => {
    const of: Partial<Record<string, IssueCounts[keyof IssueCounts]>> = past?.issueCounts ?? {};
    return Object.values(of[code] ?? {}).reduce((sum, count) => sum + count, 0);
  };
  return causes.map(({ code, title, count, severity }) => ({
    key: code,
    title: `${formatCount(count, "record")}: ${title}`,
    ...comparedWith(past?.issueCounts ? before(code) : null, count, totals !== null, severity),
  }));
}

function comparedWith(
  before: number | null,
  count: number,
  isPlanned: boolean,
  severity: SeenSoFar["causes"][number]["severity"],
): Pick<SeenLine, "state" | "tone"> {
  if (before === null) return { state: "first seen", tone: "neutral" };
  if (before === 0) return { state: "new", tone: severity === "error" ? "warn" : "neutral" };
  if (count > before) return { state: `${formatNumber(count - before)} more than before`, tone: severity === "error" ? "warn" : "neutral" };
  if (count === before) return { state: "as before", tone: "neutral" };
  // Those that were not read yet may still come.
  return isPlanned
    ? { state: `${formatNumber(before - count)} would be resolved`, tone: "good" }
    : { state: "known before", tone: "neutral" };
}

/** "4 learners new, 5 changed, 2 gone", kind by kind, of what the plan would do; null before there is one. */
export function plannedLines({ totals }: Pick<SeenSoFar, "totals">): readonly string[] | null {
  if (totals === null) return null;
  return entities.flatMap((entity) => {
    const { created, reactivated, updated, deactivated, linked } = totals[entity];
    const parts = [
      { count: created + reactivated, word: "new or back" },
      { count: updated, word: "changed" },
      { count: deactivated, word: "gone" },
      { count: linked, word: "linked" },
    ].filter(({ count }) => count > 0);
    const { many } = entityWords[entity];
    return parts.length === 0
      ? []
      : [`${many.charAt(0).toUpperCase()}${many.slice(1)}: ${parts.map(({ count, word }) => `${formatNumber(count)} ${word}`).join(", ")}`];
  });
}
