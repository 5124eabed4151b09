import type { Metadata } from "next";
import { loadRun, type RunPageParams } from "#app/(portal)/integrations/[id]/runs/[runId]/load-run.ts";
import { RunList } from "#app/(portal)/integrations/[id]/runs/[runId]/run-list.tsx";
import { issueFilter, issueQuery } from "#app/(portal)/integrations/search-params.ts";
import { paths } from "#app/paths.ts";
import { IssueGroups } from "#components/issues/issue-groups.tsx";
import { IssueList } from "#components/issues/issue-list.tsx";
import { SeverityBadge } from "#components/issues/issue-record.tsx";
import { collectionWords, stateWords } from "#components/issues/issue-words.ts";
import { ClearFilters } from "#components/ui/clear-filters.tsx";
import { FilterSelect } from "#components/ui/filter-select.tsx";
import { SearchField } from "#components/ui/search-field.tsx";
import type { ProviderId } from "#lib/engine/sis/providers.ts";
import { collectionIn, definitionIn } from "#lib/engine/sis/words.ts";
import { formatCount, formatNumber } from "#lib/platform/format/number.ts";
import { type Collection, collections } from "#lib/roster/canonical.ts";
import { type IssueFilter, issueStates } from "#lib/services/runs/filters-schema.ts";
import { listIssueGroups, listIssues } from "#lib/services/runs/issues.ts";
import type { RunDetail } from "#lib/services/runs/schema.ts";

export const metadata: Metadata = { title: "Issues of a sync" };

interface Props {
  readonly params: RunPageParams;
  readonly searchParams: Promise<Record<string, string | string[] | undefined>>;
}

/** By cause first; with a filter, the records. */
export default async function IssuesPage({ params, searchParams }: Props) {
  const filter = issueFilter(await searchParams);
  const isList = Boolean(filter.code ?? filter.collection ?? filter.search ?? filter.state);
  const { run, groups, issues } = await loadRun(
    params,
    { door: "/integrations/[id]/runs/[runId]/issues", filter: { ...filter } },
    async (opened, scope, runId) => ({
      groups: await listIssueGroups(opened, scope, runId),
      issues: isList ? await listIssues(opened, scope, runId, filter) : null,
    }),
  );
  const all = paths.runIssues(run.integrationId, run.id);
  const href = (change: Partial<IssueFilter>) => paths.runIssues(run.integrationId, run.id, issueQuery({ ...filter, page: 1, ...change }));
  return (
    <RunList
      run={run}
      tab="issues"
      lead={leadOf(run)}
      exportHref={paths.api.runIssuesExport(run.id, issueQuery({ ...filter, page: 1 }))}
      filters={
        <>
          <SearchField label="Search issues by id, value or line" placeholder="Id, value or line" />
          <FilterSelect
            name="state"
            label="New, continuing or resolved"
            allLabel="All that are open"
            options={issueStates.map((state) => ({ value: state, label: stateWords[state] }))}
          />
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
            options={collections.map((collection) => ({ value: collection, label: collectionLabel(run.provider, collection) }))}
          />
        </>
      }
    >
      {filter.code ? <Cause provider={run.provider} code={filter.code} allHref={all} /> : null}
      {issues ? (
        <IssueList
          issues={issues}
          showsCause={filter.code === undefined}
          sort={filter.sort}
          sortHref={(sort) => href({ sort })}
          issueHref={(seq) => paths.runIssue(run.integrationId, run.id, seq)}
          pageHref={(page) => href({ page })}
          allHref={all}
        />
      ) : (
        <IssueGroups groups={groups} groupHref={(code) => paths.runIssues(run.integrationId, run.id, { code })} />
      )}
    </RunList>
  );
}

/** "Schools (orgs)"; the provider's own name only where it is another one. */
function collectionLabel(provider: ProviderId, collection: Collection): string {
  const word = collectionWords[collection];
  const own = collectionIn(provider, collection);
  return own.toLowerCase() === word.toLowerCase() ? word : `${word} (${own})`;
}

function Cause({ provider, code, allHref }: { readonly provider: ProviderId; readonly code: string; readonly allHref: string }) {
  const { title, severity, rule, ruleSource, remedy } = definitionIn(provider, code);
  return (
    <div className="grid gap-2 border-b border-line py-4 text-sm">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <h2 className="text-head">{title}</h2>
        <SeverityBadge severity={severity} />
        <span className="ml-auto">
          <ClearFilters look="text" href={allHref}>
            All causes
          </ClearFilters>
        </span>
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
  const { issueCount, issuesOpened, issuesResolved } = run;
  const resolved =
    issuesResolved > 0 ? ` ${formatCount(issuesResolved, "issue")} of before ${issuesResolved === 1 ? "is" : "are"} resolved.` : "";
  if (issueCount === 0) return `Every record came through as the SIS has it.${resolved}`;
  const since =
    issuesOpened === issueCount
      ? ""
      : issuesOpened === 0
        ? " None of them is new."
        : ` ${formatCount(issuesOpened, "is", "are")} new, ${formatNumber(issueCount - issuesOpened)} continue.`;
  const what = formatCount(issueCount, "record or value", "records or values");
  return `${what} did not come through as the SIS has ${issueCount === 1 ? "it" : "them"}.${since}${resolved} Each cause says what was kept.`;
}
