import type { Metadata } from "next";
import { LogTabs } from "#app/(portal)/audit-log/log-tabs.tsx";
import { paths } from "#app/paths.ts";
import { firstOf } from "#app/search-params.ts";
import { services } from "#app/services.ts";
import { adminPage } from "#app/session.ts";
import { ViewFilters } from "#components/audit/view-filters.tsx";
import { ViewTable } from "#components/audit/view-table.tsx";
import { Callout } from "#components/ui/callout.tsx";
import { ClearFilters } from "#components/ui/clear-filters.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Icon } from "#components/ui/icon.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { readView, viewQuery } from "#components/ui/table-view.ts";
import { actorKindLabels } from "#lib/services/audit-log/labels.ts";
import { listAuditActors } from "#lib/services/audit-log/read.ts";
import { getDistrict } from "#lib/services/districts/read.ts";
import { findViewedPerson, listViews } from "#lib/services/views/read.ts";
import { show } from "#lib/services/views/record.ts";
import { type ViewedPerson, ViewFilter } from "#lib/services/views/schema.ts";
import { wordsOf } from "#lib/services/views/words.ts";

export const metadata: Metadata = { title: "Who looked" };

interface Props {
  readonly searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export default async function ViewsPage({ searchParams }: Props) {
  const scope = await adminPage("read-audit-log", "read-roster");
  const given = await firstOf(searchParams);
  const filter = ViewFilter.parse(given);
  const layout = readView(given);
  const opened = await services();
  const [views, actors, person, { timezone, recordsViews }] = await Promise.all([
    listViews(opened, scope, filter).then((list) => show(opened, scope, { door: "/audit-log/views", filter }, list)),
    listAuditActors(opened, scope),
    filter.person === undefined ? null : findViewedPerson(opened, scope, filter.person),
    getDistrict(opened, scope),
  ]);
  const { page: _, ...narrowing } = filter;
  return (
    <>
      <PageHeader
        title={person === null ? "Who looked" : `Who looked at ${person.name}’s data`}
        lead="Who was shown whose data: pages, lists, searches, downloads, programs and the command line. Of a list everybody in it counts."
        actions={
          <>
            <LinkButton external href={paths.api.viewsExport(narrowing)} icon={<Icon name="download" />}>
              Download CSV
            </LinkButton>
            <LinkButton external href={paths.api.viewsExport({ ...narrowing, format: "jsonl" })} icon={<Icon name="download" />}>
              JSON lines
            </LinkButton>
          </>
        }
      />
      <LogTabs current="views" />
      {recordsViews ? null : (
        <Callout tone="info" title="It is not recorded at present who looks at people’s data">
          A district admin can turn it on under Settings. What was recorded before is still listed.
        </Callout>
      )}
      <ViewFilters
        actors={[
          ...actors.map(({ id, name }) => ({ value: id, label: name })),
          { value: "program", label: actorKindLabels.program },
          { value: "operator", label: actorKindLabels.operator },
        ]}
        person={person === null ? null : { name: person.name, everybodyHref: paths.views({ ...narrowing, person: "" }) }}
      />
      <div className="-mt-5 min-w-0">
        <ViewTable
          views={views}
          wordsOf={wordsOf}
          timeZone={timezone}
          layout={layout}
          hrefOf={hrefOf}
          pageHref={(page) => paths.views({ ...narrowing, ...viewQuery(layout), page: page === 1 ? "" : page })}
          emptyState={
            <EmptyState title="No views match" action={<ClearFilters href={paths.views()}>Clear filters</ClearFilters>}>
              Views are recorded from when a district admin turned that on.
            </EmptyState>
          }
        />
      </div>
    </>
  );
}

function hrefOf({ id, role }: ViewedPerson): string {
  return role === "admin" ? paths.team() : paths.rosterRecord(role === "teacher" ? "teachers" : "learners", id);
}
