import type { Metadata } from "next";
import { recordHref } from "#app/(portal)/integrations/record-href.ts";
import { withheldFilter, withheldQuery } from "#app/(portal)/integrations/search-params.ts";
import { pageResult } from "#app/errors.ts";
import { OnlyFor, ReadOnlyBut } from "#app/only-for.tsx";
import { paths } from "#app/paths.ts";
import { services } from "#app/services.ts";
import { addressOfPage, adminPage, allowed } from "#app/session.ts";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { LinkTabs } from "#components/ui/link-tabs.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { Pagination } from "#components/ui/pagination.tsx";
import { SearchField } from "#components/ui/search-field.tsx";
import { DecideWithheld } from "#components/withheld/decide-withheld.tsx";
import { groupInWords, WithheldGroups } from "#components/withheld/withheld-groups.tsx";
import { WithheldList } from "#components/withheld/withheld-list.tsx";
import { formatCount, formatNumber } from "#lib/platform/format/number.ts";
import { getIntegration } from "#lib/services/integrations/read.ts";
import { show } from "#lib/services/views/record.ts";
import { withheldGroups, withheldPage } from "#lib/services/withheld/read.ts";
import type { WithheldFilter, WithheldGroup, WithheldState } from "#lib/services/withheld/schema.ts";
import { approve, ask, refuse } from "./actions.ts";

export async function generateMetadata(): Promise<Metadata> {
  return { title: `Waiting for ${await whoseDecision()}` };
}

interface Props {
  readonly params: Promise<{ readonly id: string }>;
  readonly searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export default async function WithheldPage({ params, searchParams }: Props) {
  const scope = await adminPage("read-syncs");
  const { id } = await params;
  const { page: number, ...filter } = withheldFilter(await searchParams);
  const { integration, groups, page } = await pageResult(await addressOfPage(), async () => ({
    integration: await getIntegration(await services(), scope, id),
    groups: await withheldGroups(await services(), scope, id),
    page: await show(
      await services(),
      scope,
      { door: "/integrations/[id]/withheld", subject: id, filter },
      await withheldPage(await services(), scope, id, { ...filter, page: number }),
    ),
  }));
  const waiting = groups.filter(({ state }) => state === "waiting");
  const refused = groups.filter(({ state }) => state === "refused");
  const shown = filter.state === "refused" ? refused : waiting;
  const chosen = shown.filter((group) => isMeant(group, filter));
  const isFiltered = Boolean(filter.cause ?? filter.kind ?? filter.field ?? filter.school ?? filter.search);
  return (
    <>
      <PageHeader
        title={titleOf(sum(waiting), await whoseDecision())}
        {...(sum(waiting) > 0 ? { lead: "Until you decide, who would leave can still sign in, and values stay as they are." } : {})}
        breadcrumbs={[
          { label: "SIS Integration", href: paths.integrations() },
          { label: integration.name, href: paths.integration(id) },
        ]}
      />
      <LinkTabs
        label="Withheld changes"
        tabs={[
          {
            label: "Waiting",
            href: paths.withheld(id),
            current: filter.state === "waiting",
            count: formatNumber(sum(waiting)),
          },
          {
            label: "Refused",
            href: paths.withheld(id, { state: "refused" }),
            current: filter.state === "refused",
            count: formatNumber(sum(refused)),
          },
        ]}
      />
      {shown.length === 0 ? (
        <Card>
          <EmptyState title={filter.state === "refused" ? "Nothing was refused" : "Nothing is in doubt"}>
            {filter.state === "refused"
              ? "What you refuse stays as it is in Aivo, and is listed here until the SIS says something else."
              : "When a sync would change more than the safety limits allow, what is in doubt waits here, and everything else goes through."}
          </EmptyState>
        </Card>
      ) : (
        <>
          <Card title="By cause and school" flush>
            <WithheldGroups
              groups={shown}
              hrefFor={(group) => paths.withheld(id, withheldQuery({ state: filter.state, ...meantBy(group) }))}
              decisionOf={shown.length === 1 ? null : (group) => <DecideGroup id={id} state={filter.state} group={group} />}
              isChosen={(group) => isFiltered && chosen.length === 1 && chosen[0] === group}
            />
          </Card>
          <Card
            title={isFiltered && chosen.length === 1 && chosen[0] ? groupInWords(chosen[0]) : "Record by record"}
            actions={<SearchField label="Search by name or id" />}
            flush
          >
            {page.rows.length === 0 ? (
              <EmptyState title="Nothing matches">Another search, or another group, may.</EmptyState>
            ) : (
              <ReadOnlyBut capability="decide">
                <WithheldList
                  key={`${page.hash} ${page.page}`}
                  page={page}
                  filter={filter}
                  leaving={sum(chosen.filter(({ field }) => field === null))}
                  hrefs={hrefsOf(page.rows)}
                  runHrefs={Object.fromEntries(page.rows.map(({ openedRunId }) => [openedRunId, paths.run(id, openedRunId)]))}
                  approve={approve.bind(null, id)}
                  refuse={refuse.bind(null, id)}
                  askAgain={ask.bind(null, id)}
                />
              </ReadOnlyBut>
            )}
            <Pagination
              page={page.page}
              pageSize={page.pageSize}
              total={page.total}
              noun={["change", "changes"]}
              hrefFor={(to) => paths.withheld(id, withheldQuery({ ...filter, page: to }))}
            />
          </Card>
        </>
      )}
    </>
  );
}

/** All of one group, as it is shown. */
function DecideGroup({ id, state, group }: { readonly id: string; readonly state: WithheldState; readonly group: WithheldGroup }) {
  return (
    <OnlyFor capability="decide">
      <DecideWithheld
        request={{ filter: { state, ...meantBy(group) }, rows: null, hash: group.hash }}
        count={group.count}
        leaving={group.field === null ? group.count : 0}
        about={`${groupInWords(group)}, ${group.schoolName ?? "no school"}`}
        approve={approve.bind(null, id)}
        refuse={refuse.bind(null, id)}
        askAgain={ask.bind(null, id)}
      />
    </OnlyFor>
  );
}

/** Whoever may not decide is not told that they are asked. */
async function whoseDecision(): Promise<string> {
  return (await allowed())("decide") ? "your decision" : "a decision";
}

function titleOf(count: number, decision: string): string {
  return count === 0 ? `Nothing waits for ${decision}.` : `${formatCount(count, "change waits", "changes wait")} for ${decision}.`;
}

function meantBy({ cause, kind, field, schoolId }: WithheldGroup): Partial<WithheldFilter> {
  return { cause, kind, field: field ?? "leaves", school: schoolId ?? (kind === "term" || kind === "course" ? undefined : "none") };
}

function isMeant({ cause, kind, field, schoolId }: WithheldGroup, filter: Omit<WithheldFilter, "page" | "rows">): boolean {
  return (
    (filter.cause === undefined || filter.cause === cause) &&
    (filter.kind === undefined || filter.kind === kind) &&
    (filter.field === undefined || filter.field === (field ?? "leaves")) &&
    (filter.school === undefined || filter.school === (schoolId ?? "none"))
  );
}

const sum = (groups: readonly WithheldGroup[]) => groups.reduce((total, { count }) => total + count, 0);

function hrefsOf(rows: readonly { readonly recordId: string; readonly record: Parameters<typeof recordHref>[0] | null }[]) {
  const pairs = rows.map(({ recordId, record }) => [recordId, record && recordHref(record)] as const);
  return Object.fromEntries(pairs.flatMap(([recordId, href]) => (href === null ? [] : [[recordId, href] as const])));
}
