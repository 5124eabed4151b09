import Link from "next/link";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { DateTime } from "#components/ui/date-time.tsx";
import { formatCount } from "#lib/platform/format/number.ts";
import type { ConflictRow, ShownPerson } from "#lib/services/conflicts/schema.ts";
import { nameOf, tellingOf } from "./conflict-words.ts";

export interface ConflictListProps {
  readonly rows: readonly ConflictRow[];
  readonly hrefFor: (row: ConflictRow) => string;
  readonly emptyState: React.ReactNode;
}

/** Who waits, each with what the SIS says beside the accounts that it may be. */
export function ConflictList({ rows, hrefFor, emptyState }: ConflictListProps) {
  const columns: readonly Column<ConflictRow>[] = [
    {
      key: "sis",
      header: "The SIS says",
      width: "27%",
      cell: (row) => (
        <span className="grid">
          <Link href={hrefFor(row)} className="text-link">
            {nameOf(row.person)}
          </Link>
          <Telling person={row.person} />
        </span>
      ),
    },
    {
      key: "aivo",
      header: "In Aivo",
      width: "27%",
      cell: (row) => <Accounts row={row} />,
    },
    { key: "why", header: "Why it waits", cell: (row) => row.title },
    {
      key: "school",
      header: "School",
      cell: (row) => (
        <span className="grid">
          {row.schoolName ?? "–"}
          <span className="text-small text-muted">{row.integrationName}</span>
        </span>
      ),
    },
    { key: "since", header: "Since", cell: (row) => <DateTime at={row.since} as="date" /> },
  ];
  return (
    <DataTable
      caption="Conflicts"
      columns={columns}
      rows={rows}
      rowKey={(row) => `${row.integrationId} ${row.seq}`}
      pending={false}
      error={null}
      wraps
      emptyState={emptyState}
    />
  );
}

/** The account that it is likeliest to be; how many more there are stands beside its name. */
function Accounts({ row: { accounts, accountCount } }: { readonly row: ConflictRow }) {
  const [first] = accounts;
  if (first === undefined) return "–";
  return (
    <span className="grid">
      <span>
        {nameOf(first)}
        {accountCount > 1 ? <span className="text-muted">, or {formatCount(accountCount - 1, "other")}</span> : null}
      </span>
      <Telling person={first} />
    </span>
  );
}

function Telling({ person }: { readonly person: ShownPerson }) {
  return (
    <span className="text-small font-normal text-muted wrap-anywhere">
      {person.role === "teacher" ? "Teacher" : person.role === "learner" ? "Learner" : "District admin"} · {tellingOf(person)}
    </span>
  );
}
