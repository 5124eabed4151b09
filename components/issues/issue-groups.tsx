import { ChevronRight, CircleCheck } from "lucide-react";
import Link from "next/link";
import { Badge } from "#components/ui/badge.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { formatCount, formatNumber } from "#lib/platform/format/number.ts";
import type { IssueGroup } from "#lib/services/runs/schema.ts";
import { placeOf, severityWords } from "./issue-words.ts";

/** Issues by cause, what was left out first. Each leads to its records. */
export function IssueGroups({
  groups,
  groupHref,
}: {
  readonly groups: readonly IssueGroup[];
  readonly groupHref: (code: string) => string;
}) {
  if (groups.length === 0) {
    return (
      <EmptyState icon={<CircleCheck />} title="Everything came through">
        Every record that the SIS sent was taken as it is.
      </EmptyState>
    );
  }
  return (
    <ul className="divide-y divide-line">
      {groups.map((group) => (
        <li key={group.code} className="relative grid gap-2 px-5 py-4 hover:bg-sunken/50">
          <div className="flex items-start justify-between gap-3">
            <div className="flex min-w-0 flex-wrap items-center gap-x-3 gap-y-1">
              <h2 className="text-sm font-semibold">
                <Link href={groupHref(group.code)} className="after:absolute after:inset-0">
                  {group.title}
                </Link>
              </h2>
              <Badge tone={severityWords[group.severity].tone}>{severityWords[group.severity].label}</Badge>
              {group.opened > 0 ? <span className="text-sm text-muted">{formatNumber(group.opened)} new</span> : null}
            </div>
            <span className="flex shrink-0 items-center gap-1 text-sm font-semibold tabular-nums">
              {formatNumber(group.count)}
              <span className="sr-only">{formatCount(group.count, "record").replace(/^[\d,]+ /, "")}</span>
              <ChevronRight aria-hidden className="size-4 text-muted" />
            </span>
          </div>
          <p className="max-w-3xl text-sm text-muted">{group.rule}</p>
          <p className="text-sm">
            <span className="text-muted">For example </span>
            {placeOf(group.example)}
            {group.example.value ? (
              <>
                <span className="text-muted">: {group.example.field ? `${group.example.field} is ` : ""}</span>
                <code className="rounded bg-sunken px-1.5 py-0.5 font-mono text-small wrap-anywhere">{group.example.value}</code>
              </>
            ) : null}
          </p>
        </li>
      ))}
    </ul>
  );
}
