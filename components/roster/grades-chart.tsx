import { Card } from "#components/ui/card.tsx";
import { formatGrade } from "#lib/platform/format/grade.ts";
import { formatNumber } from "#lib/platform/format/number.ts";
import type { SchoolDetail } from "#lib/services/schools/schema.ts";

/** Active learners of each grade, as bars that are read as a list. */
export function GradesChart({ learnersByGrade }: Pick<SchoolDetail, "learnersByGrade">) {
  const most = Math.max(1, ...learnersByGrade.map((entry) => entry.count));
  return (
    <Card title="Learners by grade">
      {learnersByGrade.length === 0 ? (
        <p className="text-sm text-muted">No active learners.</p>
      ) : (
        <ul className="grid gap-1.5 text-sm">
          {learnersByGrade.map(({ grade, count }) => (
            <li key={grade ?? "none"} className="grid grid-cols-[7.5rem_1fr_3.5rem] items-center gap-3">
              <span className="truncate">{grade === null ? "No grade" : formatGrade(grade)}</span>
              <svg aria-hidden className="h-2 w-full rounded-full bg-sunken">
                <rect className="fill-accent/70" width={`${(count / most) * 100}%`} height="100%" rx="4" />
              </svg>
              <span className="text-right tabular-nums">{formatNumber(count)}</span>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
