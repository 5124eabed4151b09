import Link from "next/link";
import type { ReactNode } from "react";
import { entityWords } from "#components/runs/run-words.ts";
import { DateTime } from "#components/ui/date-time.tsx";
import { formatCount } from "#lib/platform/format/number.ts";
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
  /** What decides about all of a group; null: there is but one, and the list below is it. */
  readonly decisionOf: ((group: WithheldGroup) => ReactNode) | null;
}

/** What waits by cause, kind and school: each leads to its records, and is decided about as a whole. */
export function WithheldGroups({ groups, hrefFor, isChosen, decisionOf }: WithheldGroupsProps) {
  return (
    <ul className="divide-y divide-line">
      {groups.map((group) => (
        <li
          key={`${group.cause} ${group.kind} ${group.field} ${group.schoolId}`}
          className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2 py-2.5 text-sm"
        >
          <Link href={hrefFor(group)} aria-current={isChosen(group) ? "true" : undefined} className="group min-w-0 flex-1 basis-64">
            <span className="font-strong group-hover:underline group-aria-[current]:text-accent">{groupInWords(group)}</span>
            <span className="block text-small text-muted">
              {group.schoolName ?? "No school"} · {group.causeTitle} · since <DateTime at={group.since} as="sentence" />
            </span>
          </Link>
          {decisionOf === null ? null : <span className="flex gap-2">{decisionOf(group)}</span>}
        </li>
      ))}
    </ul>
  );
}
