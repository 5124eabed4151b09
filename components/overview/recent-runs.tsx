import Link from "next/link";
import { RunChanged } from "#components/runs/run-changed.tsx";
import { RunStateBadge } from "#components/runs/run-state-badge.tsx";
import { nameOfRun, secondsOf } from "#components/runs/run-words.ts";
import { Card } from "#components/ui/card.tsx";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { DateTime } from "#components/ui/date-time.tsx";
import { formatDuration } from "#lib/platform/format/date-time.ts";
import { formatNumber } from "#lib/platform/format/number.ts";
import type { RecentRun } from "#lib/services/overview/schema.ts";
import type { OverviewLinks } from "./links.ts";

export function RecentRuns({ runs, links }: { readonly runs: readonly RecentRun[]; readonly links: OverviewLinks }) {
  const columns: Column<RecentRun>[] = [
    {
      key: "sync",
      header: "Sync",
      cell: (run) => (
        <Link href={links.run(run.integrationId, run.id)} className="text-link whitespace-nowrap">
          {nameOfRun(run)}
        </Link>
      ),
    },
    { key: "when", header: "Started", cell: (run) => <DateTime at={run.startedAt ?? run.queuedAt} /> },
    { key: "integration", header: "Integration", width: "20%", cell: (run) => run.integrationName },
    {
      key: "outcome",
      header: "Outcome",
      cell: (run) => <RunStateBadge state={run.state} kind={run.kind} />,
    },
    { key: "changed", header: "What changed", width: "30%", cell: (run) => <RunChanged run={run} /> },
    { key: "issues", header: "Issues", align: "end", cell: (run) => formatNumber(run.issueCount) },
    {
      key: "duration",
      header: "Took",
      align: "end",
      hideOnPhone: true,
      cell: (run) => <span className="whitespace-nowrap">{durationOf(run)}</span>,
    },
  ];
  return (
    <Card title="Recent syncs" flush>
      <DataTable
        caption="Recent syncs"
        columns={columns}
        rows={runs}
        rowKey={(run) => run.id}
        pending={false}
        error={null}
        wraps
        emptyState={<p className="px-5 pb-5 text-sm text-muted">No sync has run yet.</p>}
      />
    </Card>
  );
}

function durationOf(run: RecentRun): string {
  const seconds = secondsOf(run);
  return seconds === null ? "–" : formatDuration(seconds);
}
