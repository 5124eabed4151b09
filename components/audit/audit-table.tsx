import Link from "next/link";
import type { ReactNode } from "react";
import { Code } from "#components/ui/code.tsx";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { DateTime } from "#components/ui/date-time.tsx";
import { Pagination } from "#components/ui/pagination.tsx";
import { formatNumber } from "#lib/platform/format/number.ts";
import { type AuditRow, actionLabel, actorLabel } from "#lib/services/audit-log/schema.ts";
import type { Page } from "#lib/services/people/schema.ts";

export interface AuditTableProps {
  readonly entries: Page<AuditRow>;
  readonly emptyState: ReactNode;
  /** Where the thing that an entry is about can be looked at; null: nowhere. */
  readonly hrefOf: (row: AuditRow) => string | null;
  readonly pageHref: (page: number) => string;
}

export function AuditTable({ entries, emptyState, hrefOf, pageHref }: AuditTableProps) {
  const columns: Column<AuditRow>[] = [
    { key: "action", header: "Action", cell: (row) => actionLabel(row.action) },
    { key: "at", header: "When", cell: (row) => <DateTime at={row.at} /> },
    { key: "who", header: "Who", cell: (row) => actorLabel(row) },
    { key: "target", header: "About", cell: (row) => <Target row={row} href={hrefOf(row)} /> },
    { key: "details", header: "Details", width: "26%", cell: (row) => <Details row={row} /> },
  ];
  return (
    <>
      <DataTable
        caption="Audit log"
        columns={columns}
        rows={entries.rows}
        rowKey={(row) => String(row.seq)}
        pending={false}
        error={null}
        emptyState={emptyState}
      />
      <Pagination page={entries.page} pageSize={entries.pageSize} total={entries.total} noun={["entry", "entries"]} hrefFor={pageHref} />
    </>
  );
}

const kindLabels: Readonly<Record<string, string>> = {
  account: "Account",
  classroom: "Classroom",
  district: "District",
  integration: "Integration",
  run: "Sync",
};

function Target({ row, href }: { readonly row: AuditRow; readonly href: string | null }) {
  const kind = `${kindLabels[row.targetKind] ?? row.targetKind}${row.targetNumber === null ? "" : ` ${row.targetNumber}`}`;
  const label = row.targetName === null ? kind : `${kind}: ${row.targetName}`;
  if (href === null) return <>{label}</>;
  return (
    <Link href={href} className="text-link">
      {label}
    </Link>
  );
}

function Details({ row }: { readonly row: AuditRow }) {
  const entries = Object.entries(row.details).filter(([, value]) => value !== null && value !== undefined);
  return (
    <details>
      <summary className="w-fit rounded text-muted hover:text-ink">
        Entry {formatNumber(row.seq)}
        {entries.length === 0
          ? ""
          : `, ${entries
              .map(([key]) => words(key))
              .slice(0, 3)
              .join(", ")}`}
      </summary>
      <dl className="mt-2 grid grid-cols-[max-content_minmax(0,1fr)] gap-x-4 gap-y-1.5 text-small">
        {entries.map(([key, value]) => (
          <Pair key={key} name={words(key)} value={textOf(value)} />
        ))}
        {row.targetId === null ? null : <Pair name={`${row.targetKind} id`} value={row.targetId} />}
        <Pair name="hash" value={row.hash} />
      </dl>
    </details>
  );
}

function Pair({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <>
      <dt className="text-muted">{name}</dt>
      <dd>
        <Code>{value}</Code>
      </dd>
    </>
  );
}

function textOf(value: unknown): string {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? String(value) : JSON.stringify(value);
}

/** "retentionDays" → "retention days" */
function words(key: string): string {
  return key
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .replace(/[_-]/g, " ")
    .toLowerCase();
}
