import Link from "next/link";
import { Badge } from "#components/ui/badge.tsx";
import { ClearFilters } from "#components/ui/clear-filters.tsx";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Icon } from "#components/ui/icon.tsx";
import { Pagination } from "#components/ui/pagination.tsx";
import type { ChangeRow, FieldChange, Page, RecordRef } from "#lib/services/runs/schema.ts";
import { actionWords, entityWords } from "./run-words.ts";

export interface ChangeListProps {
  readonly changes: Page<ChangeRow>;
  /** In words, where the changes are no longer kept. */
  readonly agedOut: string | null;
  readonly isFiltered: boolean;
  /** The list without its filters. */
  readonly allHref: string;
  /** Null where a record has no page of its own. */
  readonly recordHref: (record: RecordRef) => string | null;
  readonly pageHref: (page: number) => string;
}

/** Changes of a run: the record, what was done to it, each value before and after, and why. */
export function ChangeList({ changes, agedOut, isFiltered, allHref, recordHref, pageHref }: ChangeListProps) {
  const columns: readonly Column<ChangeRow>[] = [
    {
      key: "record",
      header: "Record",
      width: "30%",
      cell: (change) => <Record change={change} href={change.record ? recordHref(change.record) : null} />,
    },
    {
      key: "action",
      header: "Change",
      cell: (change) => <Badge tone={actionWords[change.action].tone}>{actionWords[change.action].label}</Badge>,
    },
    { key: "fields", header: "Before → after", width: "38%", cell: (change) => <ChangedFields change={change} /> },
    { key: "reason", header: "Why", cell: (change) => <span className="first-letter:uppercase inline-block">{change.reason}</span> },
  ];
  return (
    <>
      <DataTable
        caption="Changes"
        columns={columns}
        rows={changes.rows}
        rowKey={(change) => String(change.seq)}
        pending={false}
        error={null}
        wraps
        emptyState={
          agedOut !== null ? (
            <EmptyState title="No longer kept">{agedOut} How many of each kind there were stands on the sync's page.</EmptyState>
          ) : isFiltered ? (
            <EmptyState title="No change matches" action={<ClearFilters href={allHref}>Clear search and filters</ClearFilters>} />
          ) : (
            <EmptyState title="This sync changed nothing">The roster is as it was before.</EmptyState>
          )
        }
      />
      <Pagination page={changes.page} pageSize={changes.pageSize} total={changes.total} noun={["change", "changes"]} hrefFor={pageHref} />
    </>
  );
}

function Record({ change, href }: { readonly change: ChangeRow; readonly href: string | null }) {
  return (
    <span className="grid">
      {href === null ? (
        <span>{change.label}</span>
      ) : (
        <Link href={href} className="text-link">
          {change.label}
        </Link>
      )}
      <span className="text-small font-normal text-muted wrap-anywhere">
        <span className="first-letter:uppercase inline-block">{entityWords[change.entity].one}</span>
        {change.externalId === null ? null : ` · ${change.externalId}`}
      </span>
    </span>
  );
}

/** Nothing was there before: the values run on, so that many new records fit on a page. */
function NewValues({ fields }: { readonly fields: readonly FieldChange[] }) {
  return (
    <ul className="flex flex-wrap gap-x-4">
      {fields.map((field) => (
        <li key={field.field}>
          <span className="text-muted">{field.field}</span> <ins className="no-underline wrap-anywhere">{field.after}</ins>
        </li>
      ))}
    </ul>
  );
}

/** Each value before and after. */
export function ChangedFields({ change: { fields, isNoLongerKept } }: { readonly change: ChangeRow }) {
  if (fields.length === 0) return <span className="text-muted">{isNoLongerKept ? "No longer kept" : "–"}</span>;
  if (fields.every((field) => field.before === null)) return <NewValues fields={fields} />;
  return (
    <ul className="grid gap-1">
      {fields.map((field) => (
        <li key={field.field} className="flex flex-wrap items-baseline gap-x-1.5">
          <span className="text-muted">{field.field}</span>
          {field.before === null ? null : <del className="break-all text-muted decoration-harm/60">{field.before}</del>}
          {field.before === null ? null : (
            <Icon name="arrow-right" role="img" aria-label="became" className="size-3.5 shrink-0 self-center text-muted" />
          )}
          {field.after === null ? (
            <span className="text-muted italic">blank</span>
          ) : (
            <ins className="break-all no-underline">{field.after}</ins>
          )}
        </li>
      ))}
    </ul>
  );
}
