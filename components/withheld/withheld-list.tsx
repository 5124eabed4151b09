"use client";
import Link from "next/link";
import { useState } from "react";
import { entityWords } from "#components/runs/run-words.ts";
import { Badge } from "#components/ui/badge.tsx";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { DateTime } from "#components/ui/date-time.tsx";
import { Icon } from "#components/ui/icon.tsx";
import { formatCount } from "#lib/platform/format/number.ts";
import type { WithheldFilter, WithheldPage, WithheldRow } from "#lib/services/withheld/schema.ts";
import { type Decide, DecideWithheld } from "./decide-withheld.tsx";

export interface WithheldListProps {
  readonly page: WithheldPage;
  readonly filter: Omit<WithheldFilter, "page" | "rows">;
  /** How many of all that are listed leave. */
  readonly leaving: number;
  /** By record, its page. */
  readonly hrefs: Readonly<Record<string, string>>;
  readonly runHrefs: Readonly<Record<string, string>>;
  readonly approve: Decide;
  readonly refuse: Decide;
  readonly askAgain: Decide;
}

/** What waits, record by record, with an answer for those that are ticked, or for all. */
export function WithheldList({ page, filter, leaving, hrefs, runHrefs, ...answers }: WithheldListProps) {
  const [ticked, setTicked] = useState<ReadonlySet<number>>(new Set());
  const chosen = page.rows.filter(({ row }) => ticked.has(row));
  const set = (rows: readonly number[], isOn: boolean) =>
    setTicked((before) => new Set(isOn ? [...before, ...rows] : [...before].filter((row) => !rows.includes(row))));
  const isAll = page.rows.length > 0 && chosen.length === page.rows.length;
  const columns: Column<WithheldRow>[] = [
    {
      key: "label",
      header: "Who or what",
      cell: (row) => (
        <span className="flex items-start gap-2.5">
          <input
            type="checkbox"
            aria-label={`Choose ${row.label}${row.fieldLabel ? `, ${row.fieldLabel}` : ""}`}
            checked={ticked.has(row.row)}
            onChange={(event) => set([row.row], event.target.checked)}
            className="mt-0.5 size-4 shrink-0"
          />
          <span className="min-w-0">
            <Name row={row} href={hrefs[row.recordId]} />
            <span className="block text-small font-normal text-muted">{entityWords[row.kind].one}</span>
          </span>
        </span>
      ),
    },
    { key: "change", header: "In Aivo → in the SIS", cell: (row) => <Change row={row} /> },
    { key: "school", header: "School", cell: (row) => row.schoolName ?? "–" },
    {
      key: "cause",
      header: filter.state === "refused" ? "Refused because" : "Why it waits",
      cell: (row) =>
        filter.state === "refused" ? (
          <>
            {row.reason} <span className="text-muted">({row.decidedBy ?? "command line"})</span>
          </>
        ) : row.isBeingApplied ? (
          <Badge tone="info">Being applied</Badge>
        ) : (
          row.causeTitle
        ),
    },
    {
      key: "since",
      header: "Since",
      cell: (row) => (
        <Link href={runHrefs[row.openedRunId] ?? "#"} className="text-link whitespace-nowrap">
          {row.openedNumber === null ? <DateTime at={row.since} /> : `Sync ${row.openedNumber}`}
        </Link>
      ),
    },
  ];
  return (
    <>
      <div className="flex flex-wrap items-center justify-between gap-3 border-b border-line py-3 text-sm">
        <label className="flex items-center gap-2.5">
          <input
            type="checkbox"
            checked={isAll}
            onChange={(event) =>
              set(
                page.rows.map(({ row }) => row),
                event.target.checked,
              )
            }
            className="size-4"
          />
          {chosen.length === 0 ? "All on this page" : `${formatCount(chosen.length, "change")} chosen`}
        </label>
        <div className="flex flex-wrap gap-2">
          <DecideWithheld
            request={{ filter, rows: chosen.length === 0 ? null : chosen, hash: page.hash }}
            count={chosen.length === 0 ? page.total : chosen.length}
            leaving={chosen.length === 0 ? leaving : chosen.filter(({ field }) => field === null).length}
            {...answers}
          />
        </div>
      </div>
      <DataTable
        caption="Withheld changes"
        columns={columns}
        rows={page.rows}
        rowKey={({ row }) => String(row)}
        pending={false}
        error={null}
        wraps
        emptyState={null}
      />
    </>
  );
}

function Name({ row, href }: { readonly row: WithheldRow; readonly href: string | undefined }) {
  if (href === undefined) return <>{row.label || row.externalId}</>;
  return (
    <Link href={href} className="text-link">
      {row.label || row.externalId}
    </Link>
  );
}

function Change({ row }: { readonly row: WithheldRow }) {
  if (row.field === null) {
    return (
      <>
        Active → {row.inSis ?? "no longer in the SIS"}
        {row.memberships > 0 ? (
          <span className="block text-small text-muted">with {formatCount(row.memberships, "class membership")}</span>
        ) : null}
      </>
    );
  }
  return (
    <span className="flex flex-wrap items-center gap-x-1.5">
      <span className="text-muted">{row.fieldLabel}:</span>
      <span>{row.inAivo ?? "blank"}</span>
      <Icon name="arrow-right" aria-label="to" className="size-3.5 text-muted" />
      <span>{row.inSis ?? "blank"}</span>
    </span>
  );
}
