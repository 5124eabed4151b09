import Link from "next/link";
import type { ReactNode } from "react";
import { Callout } from "./callout.tsx";
import { CutCells } from "./cut-cells.tsx";
import { TableSkeleton } from "./skeleton.tsx";
import { type Cell, type RowData, TableRows, type TableRowsProps } from "./table-rows.tsx";
import { readView, type TableView } from "./table-view.ts";

/** What names a row: a link, with what is said of it in small. */
export interface Lead {
  readonly href: string;
  readonly name: ReactNode;
  readonly under: ReactNode;
  /** Somebody who is not in Aivo. */
  readonly isAbsent?: boolean;
}

export interface Column<Row> {
  /** Letters alone: it stands in the address where the column is hidden. */
  readonly key: string;
  readonly header: string;
  /** A lead is for the first column. */
  readonly cell: (row: Row) => ReactNode | Lead;
  /** `end`: numbers, under each other. */
  readonly align?: "start" | "end";
  /** Where the header leads; left out: the column does not sort. See `sortColumn`. */
  readonly sort?: { readonly href: string; readonly direction: "ascending" | "descending" | null };
  /** Left away where a row is a card. */
  readonly hideOnPhone?: boolean;
  /** On a card: beside the name, or in the grey line under it. Left out: the last column beside, the others under it. */
  readonly phone?: "side" | "line";
  /** As CSS has it, best a share ("26%"); those without one share the rest. */
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
  /** Which columns, how dense; see TableMenu. Left out: all of them, comfortably. */
  readonly view?: TableView;
  /** Cells run on over several lines where they are long: values, reasons. */
  readonly wraps?: boolean;
}

/**
 * Rows of a page fetched from the server: one line each under a head that stays in sight, on a phone a card of two lines. How it is drawn
 * stands in app/list.css, since fifty rows would repeat the classes. The roles stand in the markup because another `display` would take the
 * table's own away.
 */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const { caption, columns, rows, rowKey, pending, error, emptyState, view = readView({}), wraps = false } = props;
  if (error !== null) {
    return (
      <div className="py-4" role="alert">
        <Callout tone="bad" title="This list could not be loaded">
          {error}
        </Callout>
      </div>
    );
  }
  if (pending) return <TableSkeleton label={`Loading ${caption}`} />;
  if (rows.length === 0) return <>{emptyState}</>;
  const shown = columns.filter((column, index) => index === 0 || !view.hide.includes(column.key));
  const looks = shown.map((column, index) => looksOf(column, index, shown.length));
  return (
    <CutCells label={caption}>
      <table role="table" className="list" data-density={view.density} data-wraps={wraps || undefined}>
        <caption className="sr-only">{caption}</caption>
        <thead role="rowgroup">
          <tr role="row">
            {shown.map((column) => (
              <HeaderCell key={column.key} column={column} />
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          <TableRows {...dataOf(rows, rowKey, shown)} looks={looks.slice(1)} />
        </tbody>
      </table>
    </CutCells>
  );
}

/** The rows as data: texts, and what is none of them once each. */
function dataOf<Row>(rows: readonly Row[], keyOf: (row: Row) => string, columns: readonly Column<Row>[]): Omit<TableRowsProps, "looks"> {
  const nodes: ReactNode[] = [];
  const places = new Map<ReactNode, number>();
  const cellOf = (content: ReactNode): Cell => {
    if (content === null || content === undefined || typeof content === "boolean") return "";
    if (typeof content === "string" || typeof content === "number") return String(content);
    const place = places.get(content) ?? nodes.push(content) - 1;
    places.set(content, place);
    return place;
  };
  const [first, ...others] = columns;
  const read = rows.map((row) => ({
    key: keyOf(row),
    content: first?.cell(row),
    others: others.map((column) => column.cell(row) as ReactNode),
  }));
  const [usual] = read;
  const base = isLead(usual?.content) && usual.content.href.endsWith(usual.key) ? usual.content.href.slice(0, -usual.key.length) : "";
  const data = read.map(({ key, content, others }): RowData => {
    const lead = isLead(content)
      ? ([content.href === base + key ? "" : content.href, cellOf(content.name), cellOf(content.under), content.isAbsent ? 1 : 0] as const)
      : cellOf(content);
    return [key, lead, ...others.map(cellOf)];
  });
  // In this order: elements that come after much else are sent apart, and each of them would hold up its own cell.
  return { nodes, base, rows: data };
}

function isLead(content: ReactNode | Lead | undefined): content is Lead {
  return typeof content === "object" && content !== null && "under" in content;
}

/** What the style sheet goes by. Nothing, the usual: text, which on a card stands in the line under the name. */
function looksOf<Row>({ align, header, phone, hideOnPhone }: Column<Row>, index: number, count: number) {
  const card = hideOnPhone ? "none" : phone === "side" || (phone === undefined && index === count - 1) ? "side" : null;
  return {
    ...(align === "end" && { className: "num", "data-label": header }),
    ...(card !== null && { "data-card": card }),
  };
}

const arrows = { ascending: " ↑", descending: " ↓" } as const;

function HeaderCell<Row>({ column: { header, sort, align, width } }: { readonly column: Column<Row> }) {
  return (
    <th
      role="columnheader"
      scope="col"
      aria-sort={sort?.direction ?? undefined}
      // An attribute of HTML's, not of React's types; a style attribute would be refused by the Content-Security-Policy.
      {...(width !== undefined && { width })}
      className={align === "end" ? "num" : undefined}
    >
      {sort === undefined ? (
        header
      ) : (
        <Link href={sort.href} scroll={false} prefetch={false}>
          {header}
          {sort.direction === null ? null : <span aria-hidden>{arrows[sort.direction]}</span>}
        </Link>
      )}
    </th>
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
