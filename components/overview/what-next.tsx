import Link from "next/link";
import { Card } from "#components/ui/card.tsx";
import { DateTime } from "#components/ui/date-time.tsx";
import type { IntegrationSummary } from "#lib/services/integrations/schema.ts";
import type { OverviewLinks } from "./links.ts";

/** What happens next: the integrations by their next run; those without one say why. */
export function WhatNext({ integrations, links }: { readonly integrations: readonly IntegrationSummary[]; readonly links: OverviewLinks }) {
  const sorted = [...integrations].sort((a, b) => (a.nextRunAt ?? "9999").localeCompare(b.nextRunAt ?? "9999"));
  return (
    <Card title="What happens next">
      <ol className="grid gap-4 text-sm">
        {sorted.map((one) => (
          <li key={one.id} className="grid gap-0.5">
            <Link href={links.integration(one.id)} className="text-link w-fit font-medium">
              {one.name}
            </Link>
            <p>
              {one.nextRunAt === null ? (
                one.state === "paused" ? (
                  one.pausedBy === null ? (
                    "Paused: no sync until it is resumed"
                  ) : (
                    `Paused by the undo of Sync ${one.pausedBy.undoneNumber}: no sync until it is resumed`
                  )
                ) : (
                  "Manual only"
                )
              ) : (
                <>
                  Next sync <DateTime at={one.nextRunAt} as="relative" />, <DateTime at={one.nextRunAt} />
                </>
              )}
            </p>
            {one.schedule === null ? null : <p className="text-muted">{one.scheduleInWords}</p>}
          </li>
        ))}
      </ol>
    </Card>
  );
}
