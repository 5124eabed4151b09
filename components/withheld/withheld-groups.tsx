import Link from "next/link";
import { entityWords } from "#components/runs/run-words.ts";
import { DateTime } from "#components/ui/date-time.tsx";
import { formatCount, formatNumber } from "#lib/platform/format/number.ts";
import type { WithheldGroup } from "#lib/services/withheld/schema.ts";

/** "312 learners would leave", "Email of 40 learners would change" */
export function groupInWords({ kind, count, fieldLabel }: Pick<WithheldGroup, "kind" | "count" | "fieldLabel">): string {
  const who = formatCount(count, entityWords[kind].one, entityWords[kind].many);
  return fieldLabel === null ? `${who} would leave` : `${fieldLabel} of ${who} would change`;
}

export interface WithheldGroupsProps {
  readonly groups: readonly WithheldGroup[];
  readonly hrefFor: (group: WithheldGroup) => string;
  readonly isChosen: (group: WithheldGroup) => boolean;
}

/** What waits by cause, kind and school: each leads to its records. */
export function WithheldGroups({ groups, hrefFor, isChosen }: WithheldGroupsProps) {
  return (
    <ul className="divide-y divide-line">
      {groups.map((group) => (
        <li key={`${group.cause} ${group.kind} ${group.field} ${group.schoolId}`}>
          <Link
            href={hrefFor(group)}
            aria-current={isChosen(group) ? "true" : undefined}
            className="flex flex-wrap items-baseline justify-between gap-x-6 gap-y-0.5 px-5 py-3 text-sm hover:bg-sunken/50 aria-[current]:bg-accent-soft"
          >
            <span className="min-w-0 flex-1 basis-64">
              <span className="font-medium">{groupInWords(group)}</span>
              <span className="block text-muted">
                {group.schoolName ?? "No school"} · {group.causeTitle}
              </span>
            </span>
            <span className="text-muted">
              since <DateTime at={group.since} />
            </span>
            <span className="w-12 text-right font-semibold tabular-nums">{formatNumber(group.count)}</span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
