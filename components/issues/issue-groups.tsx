import Link from "next/link";
import { Badge, StateBadge } from "#components/ui/badge.tsx";
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
    return <EmptyState title="Everything came through">Every record that the SIS sent was taken as it is.</EmptyState>;
  }
  return (
    <ul>
      {groups.map((group) => (
        <li key={group.code} className="relative grid gap-1 border-b border-line py-3 hover:bg-sunken/50">
          <div className="flex items-baseline justify-between gap-3">
            <div className="flex min-w-0 flex-wrap items-baseline gap-x-3 gap-y-1">
              <h2 className="text-sm font-strong">
                <Link href={groupHref(group.code)} className="after:absolute after:inset-0">
                  {group.title}
                </Link>
              </h2>
              <Badge tone={severityWords[group.severity].tone}>{severityWords[group.severity].label}</Badge>
              <StateBadge tone={group.opened > 0 ? "warn" : "neutral"}>
                {group.opened === group.count ? "New" : group.opened > 0 ? `${formatNumber(group.opened)} new` : "Continuing"}
              </StateBadge>
            </div>
            <span className="shrink-0 text-small text-muted tabular-nums">{formatCount(group.count, "record")}</span>
          </div>
          <p className="max-w-3xl text-small text-muted">{group.rule}</p>
          <p className="text-small">
            <span className="text-muted">For example </span>
            {group.example.subject === null ? placeOf(group.example) : `${group.example.subject}, ${placeOf(group.example)}`}
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
