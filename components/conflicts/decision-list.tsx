import Link from "next/link";
import type { Result } from "#components/settings/result.ts";
import { StateBadge } from "#components/ui/badge.tsx";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { DateTime } from "#components/ui/date-time.tsx";
import type { Decision } from "#lib/services/conflicts/schema.ts";
import { AskWhyOnDemand } from "./ask-why-on-demand.tsx";
import { stateWords, verdictWords } from "./conflict-words.ts";

export interface DecisionListProps {
  readonly rows: readonly Decision[];
  readonly accountHref: (account: NonNullable<Decision["account"]>) => string;
  readonly takeBackOf: (decision: Decision) => (reason: string) => Promise<Result>;
  readonly emptyState: React.ReactNode;
}

/** What was decided, each with what became of it, and a way to take it back. */
export function DecisionList({ rows, accountHref, takeBackOf, emptyState }: DecisionListProps) {
  const columns: readonly Column<Decision>[] = [
    {
      key: "who",
      header: "In the SIS",
      width: "20%",
      cell: (row) => (
        <span className="grid">
          {row.name ?? row.externalId}
          <span className="text-small font-normal text-muted wrap-anywhere">
            {row.externalId} · {row.integrationName}
          </span>
        </span>
      ),
    },
    {
      key: "verdict",
      header: "Decided",
      width: "20%",
      cell: (row) =>
        row.account === null ? (
          verdictWords[row.verdict]
        ) : (
          <>
            Is{" "}
            <Link href={accountHref(row.account)} className="text-link">
              {row.account.name}
            </Link>
          </>
        ),
    },
    {
      key: "state",
      header: "What became of it",
      cell: (row) => <StateBadge tone={stateWords[row.state].tone}>{stateWords[row.state].label}</StateBadge>,
    },
    {
      key: "why",
      header: "Why, and who",
      cell: (row) => (
        <>
          {row.reason}{" "}
          <span className="text-muted">
            ({row.decidedByName ?? "command line"}, <DateTime at={row.decidedAt} as="date" />)
          </span>
        </>
      ),
    },
    {
      key: "back",
      header: "Take back",
      align: "end",
      cell: (row) => (
        <AskWhyOnDemand
          label="Take back"
          title={`Take back what was decided about ${row.name ?? row.externalId}?`}
          confirmLabel="Take the decision back"
          done="Taken back"
          act={takeBackOf(row)}
        >
          <p>{effectOf(row)}</p>
        </AskWhyOnDemand>
      ),
    },
  ];
  return (
    <DataTable
      caption="Decisions"
      columns={columns}
      rows={rows}
      rowKey={(row) => `${row.integrationId} ${row.evidence}`}
      pending={false}
      error={null}
      wraps
      emptyState={emptyState}
    />
  );
}

function effectOf({ state }: Decision): string {
  if (state === "followed")
    return "A sync has followed it. With the next one the record waits again, beside the account that it leads to; the account keeps its values, link and classes until somebody decides anew.";
  if (state === "ignored") return "The next sync asks about the record again, or places it where it is clear by now who it is.";
  if (state === "lapsed") return "It counts no more in any case, since the record or an account is not what was shown.";
  return "No sync has followed it yet. It is as if it had not been decided.";
}
