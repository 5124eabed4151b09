import { History } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";
import { BarChart } from "#components/ui/charts.tsx";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { DateTime } from "#components/ui/date-time.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Pagination } from "#components/ui/pagination.tsx";
import { formatDuration } from "#lib/platform/format/date-time.ts";
import { formatCount, formatNumber } from "#lib/platform/format/number.ts";
import type { Page, RunListItem } from "#lib/services/runs/schema.ts";
import { RunChanged } from "./run-changed.tsx";
import { RunStateBadge } from "./run-state-badge.tsx";
import { nameOfRun, secondsOf, stateWords, triggeredBy } from "./run-words.ts";

export interface RunHistoryProps {
  readonly runs: Page<RunListItem>;
  readonly isFiltered: boolean;
  readonly runHref: (runId: string) => string;
  readonly pageHref: (page: number) => string;
}

/** An integration's runs, latest first. */
export function RunHistory({ runs, isFiltered, runHref, pageHref }: RunHistoryProps) {
  const columns: readonly Column<RunListItem>[] = [
    {
      key: "sync",
      header: "Sync",
      cell: (run) => (
        <Link href={runHref(run.id)} className="text-link whitespace-nowrap">
          {nameOfRun(run)}
        </Link>
      ),
    },
    { key: "when", header: "Started", cell: (run) => <DateTime at={run.startedAt ?? run.queuedAt} /> },
    { key: "outcome", header: "Outcome", cell: (run) => <RunStateBadge state={run.state} kind={run.kind} /> },
    { key: "changed", header: "What changed", width: "30%", cell: (run) => <RunChanged run={run} /> },
    { key: "issues", header: "Issues", align: "end", cell: (run) => formatNumber(run.issueCount) },
    { key: "duration", header: "Took", align: "end", cell: (run) => <Took run={run} /> },
    { key: "by", header: "Started by", cell: (run) => <span className="whitespace-nowrap">{triggeredBy(run)}</span> },
  ];
  return (
    <>
      <DataTable
        caption="Sync history"
        columns={columns}
        rows={runs.rows}
        rowKey={(run) => run.id}
        pending={false}
        error={null}
        wraps
        emptyState={
          <EmptyState icon={<History />} title={isFiltered ? "No sync with this outcome" : "No sync yet"}>
            {isFiltered
              ? "Choose another outcome to see the other syncs."
              : "Run Sync Now starts the first one. Preview changes shows what it would do."}
          </EmptyState>
        }
      />
      <Pagination page={runs.page} pageSize={runs.pageSize} total={runs.total} noun={["sync", "syncs"]} hrefFor={pageHref} />
    </>
  );
}

function Took({ run }: { readonly run: RunListItem }): ReactNode {
  const seconds = secondsOf(run);
  return seconds === null ? <span className="text-muted">–</span> : <span className="whitespace-nowrap">{formatDuration(seconds)}</span>;
}

/** How much each of the latest runs changed, oldest first; its colour says how it ended. */
export function RunChart({ runs, formatWhen }: { readonly runs: readonly RunListItem[]; readonly formatWhen: (iso: string) => string }) {
  if (runs.length < 2) return null;
  const bars = [...runs].reverse().map((run) => {
    const value = run.state === "succeeded" ? run.changeCount : 0;
    return {
      label: `${nameOfRun(run)}, ${formatWhen(run.startedAt ?? run.queuedAt)}: ${stateWords[run.state].label.toLowerCase()}, ${formatCount(value, "change")}`,
      value,
      tone: stateWords[run.state].tone,
    };
  });
  if (bars.every(({ value }) => value === 0)) return null;
  return (
    <div className="px-5 pb-4" style={{ maxWidth: `${Math.max(8, bars.length * 1.75)}rem` }}>
      <BarChart label={`Changes of the last ${runs.length} syncs`} bars={bars} height={44} />
    </div>
  );
}
