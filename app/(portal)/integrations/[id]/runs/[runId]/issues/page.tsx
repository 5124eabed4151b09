import { Download } from "lucide-react";
import type { Metadata } from "next";
import Link from "next/link";
import { RunFrame } from "#app/(portal)/integrations/[id]/runs/[runId]/run-frame.tsx";
import { issueFilter, issueQuery } from "#app/(portal)/integrations/search-params.ts";
import { pageResult } from "#app/errors.ts";
import { paths } from "#app/paths.ts";
import { services } from "#app/services.ts";
import { addressOfPage, adminPage } from "#app/session.ts";
import { IssueGroups } from "#components/issues/issue-groups.tsx";
import { IssueList } from "#components/issues/issue-list.tsx";
import { SeverityBadge } from "#components/issues/issue-record.tsx";
import { collectionWords } from "#components/issues/issue-words.ts";
import { LinkButton } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { FilterSelect } from "#components/ui/filter-select.tsx";
import { SearchField } from "#components/ui/search-field.tsx";
import { formatCount } from "#lib/format/number.ts";
import { collections } from "#lib/roster/canonical.ts";
import { listIssueGroups, listIssues } from "#lib/runs/issues.ts";
import { getRun } from "#lib/runs/read.ts";
import { definitionOf, type IssueFilter, type RunDetail } from "#lib/runs/schema.ts";

export const metadata: Metadata = { title: "Issues of a sync" };

interface Props {
  readonly params: Promise<{ readonly id: string; readonly runId: string }>;
  readonly searchParams: Promise<Record<string, string | string[] | undefined>>;
}

/** By cause first; with a filter, the records. */
export default async function IssuesPage({ params, searchParams }: Props) {
  const scope = await adminPage();
  const { runId } = await params;
  const filter = issueFilter(await searchParams);
  const isList = Boolean(filter.code ?? filter.collection ?? filter.search);
  const { run, groups, issues } = await pageResult(await addressOfPage(), async () => ({
    run: await getRun(await services(), scope, runId),
    groups: await listIssueGroups(await services(), scope, runId),
    issues: isList ? await listIssues(await services(), scope, runId, filter) : null,
  }));
  const href = (change: Partial<IssueFilter>) => paths.runIssues(run.integrationId, run.id, issueQuery({ ...filter, page: 1, ...change }));
  return (
    <RunFrame
      run={run}
      tab="issues"
      lead={leadOf(run)}
      actions={
        <LinkButton external href={paths.api.runIssuesExport(run.id, issueQuery({ ...filter, page: 1 }))} icon={<Download aria-hidden />}>
          Download CSV
        </LinkButton>
      }
    >
      <Card flush>
        <div className="flex flex-wrap gap-2 border-b border-line px-5 py-4">
          <SearchField label="Search issues by id, value or line" />
          <FilterSelect
            name="code"
            label="Cause"
            allLabel="All causes"
            options={groups.map((group) => ({ value: group.code, label: group.title }))}
          />
          <FilterSelect
            name="collection"
            label="Kind of record"
            allLabel="All records"
            options={collections.map((collection) => ({ value: collection, label: collectionWords[collection] }))}
          />
        </div>
        {filter.code ? <Cause code={filter.code} backHref={paths.runIssues(run.integrationId, run.id)} /> : null}
        {issues ? (
          <IssueList
            issues={issues}
            showsCause={filter.code === undefined}
            sort={filter.sort}
            sortHref={(sort) => href({ sort })}
            issueHref={(seq) => paths.runIssue(run.integrationId, run.id, seq)}
            pageHref={(page) => href({ page })}
          />
        ) : (
          <IssueGroups groups={groups} groupHref={(code) => paths.runIssues(run.integrationId, run.id, { code })} />
        )}
      </Card>
    </RunFrame>
  );
}

function Cause({ code, backHref }: { readonly code: string; readonly backHref: string }) {
  const { title, severity, rule, ruleSource, remedy } = definitionOf(code);
  return (
    <div className="grid gap-2 border-b border-line bg-sunken/50 px-5 py-4 text-sm">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <h2 className="text-base font-semibold">{title}</h2>
        <SeverityBadge severity={severity} />
        <Link href={backHref} className="text-link ml-auto">
          All causes
        </Link>
      </div>
      <p className="max-w-3xl">
        {rule} <span className="text-muted">({ruleSource})</span>
      </p>
      <p className="max-w-3xl">
        <span className="font-semibold">How to fix it: </span>
        {remedy}
      </p>
    </div>
  );
}

function leadOf(run: RunDetail): string {
  if (run.issueCount === 0) return "Every record came through as the SIS has it.";
  const same =
    run.sameAsRunId !== null && run.kind !== "approval" ? " The input was identical to an earlier sync, so its issues are this one's." : "";
  return `${formatCount(run.issueCount, "record or value", "records or values")} did not come through as the SIS has them. Each cause says what was kept.${same}`;
}
