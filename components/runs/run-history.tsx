import Link from "next/link";
import type { ReactNode } from "react";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { DateTime } from "#components/ui/date-time.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Pagination } from "#components/ui/pagination.tsx";
import { formatDuration } from "#lib/platform/format/date-time.ts";
import { formatNumber } from "#lib/platform/format/number.ts";
import type { Page, RunListItem } from "#lib/services/runs/schema.ts";
import { RunChanged } from "./run-changed.tsx";
import { RunStateBadge } from "./run-state-badge.tsx";
import { leftOutOf, nameOfRun, peopleWords, secondsOf, triggeredBy } from "./run-words.ts";

export interface RunHistoryProps {
  readonly runs: Page<RunListItem>;
  /** By run, how many people it changed that neither arrived nor left with it, where that was counted. */
  readonly changedPeople: ReadonlyMap<string, number>;
  readonly isFiltered: boolean;
  readonly runHref: (runId: string) => string;
  readonly pageHref: (page: number) => string;
}

/** An integration's runs, latest first. */
export function RunHistory({ runs, changedPeople, isFiltered, runHref, pageHref }: RunHistoryProps) {
  const columns: readonly Column<RunListItem>[] = [
    {
      key: "sync",
      header: "Sync",
      width: "12%",
      cell: (run) => (
        <Link href={runHref(run.id)} prefetch={false} className="name-link whitespace-nowrap">
          {nameOfRun(run)}
        </Link>
      ),
    },
    { key: "when", header: "When", width: "23%", cell: (run) => <DateTime at={run.startedAt ?? run.queuedAt} /> },
    { key: "changed", header: "What changed", width: "42%", cell: (run) => <Changed run={run} people={changedPeople.get(run.id)} /> },
    { key: "left-out", header: "Left out", align: "end", width: "11%", cell: (run) => <LeftOut count={leftOutOf(run)} /> },
    { key: "duration", header: "Took", align: "end", width: "12%", cell: (run) => <Took run={run} /> },
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
          <EmptyState title={isFiltered ? "No sync with this outcome" : "No sync yet"}>
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

/** How it ended where it did not go through, what it changed, and who asked for it where somebody did. */
function Changed({ run, people }: { readonly run: RunListItem; readonly people: number | undefined }) {
  const words = people === undefined || run.takenBackBy ? null : peopleWords(run, people);
  return (
    <>
      {run.state === "succeeded" ? null : (
        <span className="mr-2">
          <RunStateBadge state={run.state} kind={run.kind} />
        </span>
      )}
      {words ?? <RunChanged run={run} />}
      {run.trigger === "schedule" ? null : <span className="text-muted"> · {triggeredBy(run)}</span>}
    </>
  );
}

function LeftOut({ count }: { readonly count: number }) {
  return <span className={count === 0 ? "text-muted" : undefined}>{formatNumber(count)}</span>;
}
