import Link from "next/link";
import type { ReactNode } from "react";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { Pagination } from "#components/ui/pagination.tsx";
import type { TableView } from "#components/ui/table-view.ts";
import { formatNumber } from "#lib/platform/format/number.ts";
import type { Page } from "#lib/services/people/schema.ts";
import { type ListedView, mostCounted, type ViewedPerson, type ViewWords } from "#lib/services/views/schema.ts";
import { Moment } from "./moment.tsx";

export interface ViewTableProps {
  readonly views: Page<ListedView>;
  readonly wordsOf: ViewWords;
  readonly timeZone: string;
  readonly layout: TableView;
  readonly emptyState: ReactNode;
  readonly hrefOf: (person: ViewedPerson) => string;
  readonly pageHref: (page: number) => string;
}

/** Who was shown whom, where and when. */
export function ViewTable({ views, wordsOf, timeZone, layout, emptyState, hrefOf, pageHref }: ViewTableProps) {
  const now = new Date();
  const columns: Column<ListedView>[] = [
    { key: "who", header: "Who", width: "20%", cell: (row) => <b className="font-strong">{wordsOf(row).who}</b> },
    { key: "whom", header: "Saw", cell: (row) => <Whom view={row} hrefOf={hrefOf} /> },
    { key: "where", header: "Where", width: "28%", phone: "line", cell: (row) => wordsOf(row).where },
    {
      key: "at",
      header: "When",
      width: "19%",
      phone: "line",
      cell: ({ at }) => <Moment at={at} timeZone={timeZone} now={now} />,
    },
  ];
  return (
    <>
      <DataTable
        caption="Who looked"
        columns={columns}
        rows={views.rows}
        rowKey={(row) => row.id}
        pending={false}
        error={null}
        emptyState={emptyState}
        view={layout}
        wraps
      />
      <Pagination page={views.page} pageSize={views.pageSize} total={views.total} noun={["view", "views"]} hrefFor={pageHref} />
    </>
  );
}

function Whom({ view: { everyone, people, count }, hrefOf }: { readonly view: ListedView; readonly hrefOf: ViewTableProps["hrefOf"] }) {
  if (everyone) return "Everybody of the district";
  if (count === 0) return "Nobody who is still in Aivo";
  const more = count - people.length;
  return (
    <>
      {people.map((person, at) => (
        <span key={person.id}>
          {at === 0 ? null : ", "}
          <Link href={hrefOf(person)} className="hover:underline">
            {person.name}
          </Link>
        </span>
      ))}
      {more <= 0
        ? null
        : people.length === 0
          ? countOf(count)
          : ` and ${count > mostCounted ? `more than ${formatNumber(mostCounted)}` : formatNumber(more)} more`}
    </>
  );
}

const countOf = (count: number) => (count === 1 ? "1 person" : `${formatNumber(count)} people`);
