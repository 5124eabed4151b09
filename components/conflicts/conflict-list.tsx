import Link from "next/link";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { DateTime } from "#components/ui/date-time.tsx";
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
      cell: (row) => (
        <ul className="grid gap-1">
          {row.accounts.map((account) => (
            <li key={account.id} className="grid">
              <span>{nameOf(account)}</span>
              <Telling person={account} />
            </li>
          ))}
          {row.accountCount > row.accounts.length ? (
            <li className="text-muted">and {row.accountCount - row.accounts.length} more</li>
          ) : null}
        </ul>
      ),
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

function Telling({ person }: { readonly person: ShownPerson }) {
  return (
    <span className="text-small font-normal text-muted wrap-anywhere">
      {person.role === "teacher" ? "Teacher" : person.role === "learner" ? "Learner" : "District admin"} · {tellingOf(person)}
    </span>
  );
}
