import { CircleCheck } from "lucide-react";
import Link from "next/link";
import { Badge } from "#components/ui/badge.tsx";
import { Card } from "#components/ui/card.tsx";
import { formatCount, formatNumber } from "#lib/platform/format/number.ts";
import type { IntegrationSummary } from "#lib/services/integrations/schema.ts";
import type { LeftOut } from "#lib/services/overview/schema.ts";
import type { OverviewLinks } from "./links.ts";

const shownGroups = 5;

interface Props {
  readonly leftOut: readonly LeftOut[];
  readonly integrations: readonly IntegrationSummary[];
  /** Whether any sync has succeeded. */
  readonly hasSynced: boolean;
  readonly links: OverviewLinks;
}

/** What did not come through, or came through degraded, by cause. */
export function LeftOutCard({ leftOut, integrations, hasSynced, links }: Props) {
  const withheld = integrations.flatMap(({ id, name, withheld: one }) => (one === null ? [] : [{ id, name, count: one.count }]));
  return (
    <Card title="What did not come through">
      {!hasSynced ? (
        <p className="text-sm text-muted">No sync has finished yet.</p>
      ) : leftOut.length + withheld.length === 0 ? (
        <p className="flex items-center gap-2 text-sm">
          <CircleCheck aria-hidden className="size-4 shrink-0 text-good" />
          Every record of the last syncs came through.
        </p>
      ) : (
        <ul className="grid gap-5">
          {withheld.map(({ id, name, count }) => (
            <li key={id} className="flex items-baseline justify-between gap-4 text-sm">
              <Link href={links.withheld(id)} className="text-link min-w-0 font-medium">
                {name}
              </Link>
              <Badge tone="warn">{formatNumber(count)} withheld</Badge>
            </li>
          ))}
          {leftOut.map((entry) => (
            <li key={entry.integrationId} className="grid gap-2 text-sm">
              <p>
                <Link href={links.issues(entry.integrationId, entry.runId)} className="text-link font-medium">
                  {entry.integrationName}
                </Link>
              </p>
              <ul className="grid gap-1.5">
                {entry.groups.slice(0, shownGroups).map((group) => (
                  <li key={group.code} className="flex items-baseline justify-between gap-4">
                    <Link href={links.issues(entry.integrationId, entry.runId, group.code)} className="min-w-0 hover:underline">
                      {group.title}
                    </Link>
                    <Badge tone={group.severity === "error" ? "bad" : "warn"}>
                      {formatNumber(group.count)} {group.severity === "error" ? "left out" : "degraded"}
                    </Badge>
                  </li>
                ))}
              </ul>
              {entry.groups.length > shownGroups ? (
                <p>
                  <Link href={links.issues(entry.integrationId, entry.runId)} className="text-muted hover:underline">
                    and {formatCount(entry.groups.length - shownGroups, "more cause")}
                  </Link>
                </p>
              ) : null}
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
