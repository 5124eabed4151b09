import type { ReactNode } from "react";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { Pagination } from "#components/ui/pagination.tsx";
import { RowLink } from "#components/ui/row-link.tsx";
import type { TableView } from "#components/ui/table-view.ts";
import { formatNumber } from "#lib/platform/format/number.ts";
import type { AuditRow, AuditSentence } from "#lib/services/audit-log/schema.ts";
import type { Page } from "#lib/services/people/schema.ts";
import { Moment } from "./moment.tsx";

export interface AuditTableProps {
  readonly entries: Page<AuditRow>;
  readonly sentenceOf: (row: AuditRow) => AuditSentence;
  readonly timeZone: string;
  readonly view: TableView;
  readonly emptyState: ReactNode;
  /** Where the thing that an entry is about can be looked at; null: nowhere. */
  readonly hrefOf: (row: AuditRow) => string | null;
  readonly pageHref: (page: number) => string;
}

/** The columns that can be left away. */
export const auditColumns = [{ key: "entry", header: "Entry" }];

/** Who did what, a sentence each; the chain's hash behind the entry's number. */
export function AuditTable({ entries, sentenceOf, timeZone, view, emptyState, hrefOf, pageHref }: AuditTableProps) {
  const now = new Date();
  const columns: Column<AuditRow>[] = [
    { key: "what", header: "What", cell: (row) => <Sentence says={sentenceOf(row)} href={hrefOf(row)} /> },
    {
      key: "at",
      header: "When",
      width: "19%",
      phone: "line",
      // Fifty moments in one zone need no component of their own.
      cell: ({ at }) => <Moment at={at} timeZone={timeZone} now={now} />,
    },
    { key: "entry", header: "Entry", width: "13%", phone: "line", cell: (row) => <Entry row={row} /> },
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
        view={view}
        wraps
      />
      <Pagination page={entries.page} pageSize={entries.pageSize} total={entries.total} noun={["entry", "entries"]} hrefFor={pageHref} />
    </>
  );
}

function Sentence({ says: { actor, does, target, rest }, href }: { readonly says: AuditSentence; readonly href: string | null }) {
  return (
    <>
      <b className="font-strong">{actor}</b> {does}
      {target === null ? null : " "}
      {target === null || href === null ? target : <RowLink href={href}>{target}</RowLink>}
      {rest}
    </>
  );
}

function Entry({ row: { seq, hash } }: { readonly row: AuditRow }) {
  return (
    <details>
      <summary>{formatNumber(seq)}</summary>
      <code title="SHA-256 of the entry and of the hash before it">{hash}</code>
    </details>
  );
}
