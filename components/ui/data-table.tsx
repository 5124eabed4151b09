import { clsx } from "clsx";
import { ArrowDown, ArrowUp, ArrowUpDown } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";
import { Callout } from "./callout.tsx";
import { Skeleton } from "./skeleton.tsx";

export interface Column<Row> {
  readonly key: string;
  readonly header: string;
  readonly cell: (row: Row) => ReactNode;
  readonly align?: "start" | "end";
  /** Where the header leads; left out: the column does not sort. See `sortColumn`. */
  readonly sort?: { readonly href: string; readonly direction: "ascending" | "descending" | null };
  /** Left away where a row is a card. */
  readonly hideOnPhone?: boolean;
  readonly width?: string;
}

export interface DataTableProps<Row> {
  /** Names the table for those who cannot see where it stands. */
  readonly caption: string;
  /** The first column names the row. */
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string;
  /** Nothing fetched yet: placeholders. Data that is shown stays while fresher data comes. */
  readonly pending: boolean;
  /** A sentence with the next step; null: none. */
  readonly error: string | null;
  readonly emptyState: ReactNode;
}

/**
 * Rows of a page fetched from the server. On a phone each row is a card of label and value; the roles stand in the markup
 * because `display: block` would take the table's own away.
 */
export function DataTable<Row>({ caption, columns, rows, rowKey, pending, error, emptyState }: DataTableProps<Row>) {
  if (error !== null) {
    return (
      <div className="p-4" role="alert">
        <Callout tone="bad" title="This list could not be loaded">
          {error}
        </Callout>
      </div>
    );
  }
  if (pending) return <PendingRows caption={caption} />;
  if (rows.length === 0) return <>{emptyState}</>;
  return (
    <section aria-label={caption} className="overflow-x-auto">
      <table role="table" className="block w-full border-collapse text-sm md:table">
        <caption className="sr-only">{caption}</caption>
        <thead role="rowgroup" className="sr-only md:not-sr-only md:table-header-group">
          <tr role="row" className="border-b border-line">
            {columns.map((column) => (
              <HeaderCell key={column.key} column={column} />
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup" className="block divide-y divide-line md:table-row-group">
          {rows.map((row) => (
            <tr role="row" key={rowKey(row)} className="block px-5 py-3 hover:bg-sunken/50 md:table-row">
              {columns.map((column, index) => (
                <BodyCell key={column.key} column={column} isName={index === 0}>
                  {column.cell(row)}
                </BodyCell>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function HeaderCell<Row>({ column }: { readonly column: Column<Row> }) {
  const Arrow = column.sort?.direction === "ascending" ? ArrowUp : column.sort?.direction === "descending" ? ArrowDown : ArrowUpDown;
  return (
    <th
      role="columnheader"
      scope="col"
      aria-sort={column.sort?.direction ?? undefined}
      style={column.width ? { width: column.width } : undefined}
      className={clsx("eyebrow px-4 py-2 whitespace-nowrap first:pl-5 last:pr-5", column.align === "end" ? "text-right" : "text-left")}
    >
      {column.sort ? (
        <Link href={column.sort.href} scroll={false} className="-mx-1 inline-flex items-center gap-1 rounded px-1 hover:text-ink">
          {column.header}
          <Arrow aria-hidden className={clsx("size-3.5", column.sort.direction === null && "opacity-40")} />
        </Link>
      ) : (
        column.header
      )}
    </th>
  );
}

function BodyCell<Row>({
  column,
  isName,
  children,
}: {
  readonly column: Column<Row>;
  readonly isName: boolean;
  readonly children: ReactNode;
}) {
  const look = clsx(
    "py-0.5 md:px-4 md:py-2.5 md:align-top md:first:pl-5 md:last:pr-5",
    column.align === "end" && "md:text-right md:tabular-nums",
    column.hideOnPhone && "max-md:hidden",
  );
  if (isName) {
    return (
      <th role="rowheader" scope="row" className={clsx(look, "block text-left font-medium md:table-cell")}>
        {children}
      </th>
    );
  }
  return (
    <td role="cell" className={clsx(look, "flex gap-3 md:table-cell")}>
      <span aria-hidden className="w-28 shrink-0 text-muted md:hidden">
        {column.header}
      </span>
      <div className="min-w-0 flex-1 break-words">{children}</div>
    </td>
  );
}

const placeholders = [1, 2, 3, 4, 5, 6];

function PendingRows({ caption }: { readonly caption: string }) {
  return (
    <div role="status" aria-label={`Loading ${caption}`} className="grid gap-2 p-4">
      {placeholders.map((row) => (
        <Skeleton key={row} className="h-9" />
      ))}
    </div>
  );
}

/** The sort of a column whose page keeps `sort` and `direction` in the address: a second click turns it round. */
export function sortColumn(
  key: string,
  current: { readonly sort: string; readonly direction: "asc" | "desc" },
  hrefFor: (sort: string, direction: "asc" | "desc") => string,
): { readonly href: string; readonly direction: "ascending" | "descending" | null } {
  if (current.sort !== key) return { href: hrefFor(key, "asc"), direction: null };
  return current.direction === "asc"
    ? { href: hrefFor(key, "desc"), direction: "ascending" }
    : { href: hrefFor(key, "asc"), direction: "descending" };
}
