import { clsx } from "clsx";
import Link from "next/link";
import { Badge, StateBadge } from "#components/ui/badge.tsx";
import { ClearFilters } from "#components/ui/clear-filters.tsx";
import { Code } from "#components/ui/code.tsx";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Pagination } from "#components/ui/pagination.tsx";
import type { IssueSort } from "#lib/services/runs/filters-schema.ts";
import type { IssueRow, Page } from "#lib/services/runs/schema.ts";
import { placeOf, severityWords, stateTones, stateWords } from "./issue-words.ts";

export interface IssueListProps {
  readonly issues: Page<IssueRow>;
  /** Issues of several causes: say which. */
  readonly showsCause: boolean;
  readonly sort: IssueSort;
  readonly sortHref: (sort: IssueSort) => string;
  readonly issueHref: (seq: number) => string;
  readonly pageHref: (page: number) => string;
  /** The list without its filters. */
  readonly allHref: string;
}

/** Records with an issue: where each stands in the SIS's files, what it says, what was kept. */
export function IssueList({ issues, showsCause, sort, sortHref, issueHref, pageHref, allHref }: IssueListProps) {
  // A second click gives up the sort: there is one direction that helps.
  const sorting = (key: IssueSort) => ({
    href: sortHref(sort === key ? "found" : key),
    direction: sort === key ? ("ascending" as const) : null,
  });
  const columns: readonly Column<IssueRow>[] = [
    { key: "place", header: "Where", sort: sorting("line"), cell: (issue) => <Place issue={issue} href={issueHref(issue.seq)} /> },
    { key: "state", header: "Since", cell: (issue) => <StateBadge tone={stateTones[issue.state]}>{stateWords[issue.state]}</StateBadge> },
    ...(showsCause ? [{ key: "cause", header: "Cause", cell: (issue: IssueRow) => <Cause issue={issue} /> }] : []),
    { key: "record", header: "Record", cell: (issue) => <Concerned issue={issue} /> },
    { key: "value", header: "Value in the SIS", sort: sorting("value"), cell: (issue) => <Offending issue={issue} /> },
    { key: "kept", header: "What was kept", cell: (issue) => <span className="first-letter:uppercase inline-block">{issue.kept}</span> },
  ];
  return (
    <>
      <DataTable
        caption="Issues"
        columns={columns}
        rows={issues.rows}
        rowKey={(issue) => String(issue.seq)}
        pending={false}
        error={null}
        wraps
        emptyState={
          <EmptyState title="No issue matches" action={<ClearFilters href={allHref}>Clear search and filters</ClearFilters>}>
            Search for an id, a value, or a line number.
          </EmptyState>
        }
      />
      <Pagination page={issues.page} pageSize={issues.pageSize} total={issues.total} noun={["issue", "issues"]} hrefFor={pageHref} />
    </>
  );
}

function Place({ issue, href }: { readonly issue: IssueRow; readonly href: string }) {
  return (
    <Link href={href} className="text-link whitespace-nowrap">
      {placeOf(issue)}
    </Link>
  );
}

function Cause({ issue }: { readonly issue: IssueRow }) {
  return (
    <span className="grid justify-items-start gap-1">
      {issue.title}
      <Badge tone={severityWords[issue.severity].tone}>{severityWords[issue.severity].label}</Badge>
    </span>
  );
}

function Concerned({ issue }: { readonly issue: IssueRow }) {
  const [first, ...others] = issue.records;
  return (
    <span className="grid">
      {first ? <span>{others.length > 0 ? `${first.label} and ${others.length} more` : first.label}</span> : <span>{issue.subject}</span>}
      <span className={clsx("text-muted", (issue.externalId?.length ?? 0) > 24 ? "break-all" : "whitespace-nowrap")}>
        {issue.externalId ?? "without an id"}
      </span>
    </span>
  );
}

function Offending({ issue }: { readonly issue: IssueRow }) {
  if (issue.field === null && issue.value === null) return <span className="text-muted">–</span>;
  return (
    <span className="flex flex-wrap items-baseline gap-1.5">
      {issue.field === null ? null : <span className="text-muted">{issue.field}</span>}
      {issue.value === null || issue.value === "" ? <span className="text-muted italic">blank</span> : <Code>{issue.value}</Code>}
    </span>
  );
}
