import type { Metadata } from "next";
import { release, releaseRecordStatus } from "#app/(portal)/roster/actions.ts";
import { RosterTabs } from "#app/(portal)/roster/roster-frame.tsx";
import { rosterLinks } from "#app/(portal)/roster/roster-links.ts";
import { paths } from "#app/paths.ts";
import { firstOf, type SearchParams } from "#app/search-params.ts";
import { services } from "#app/services.ts";
import { adminPage } from "#app/session.ts";
import { EditsTable } from "#components/roster/edits-table.tsx";
import { Card } from "#components/ui/card.tsx";
import { ClearFilters } from "#components/ui/clear-filters.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { FilterSelect } from "#components/ui/filter-select.tsx";
import { Icon } from "#components/ui/icon.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { listEdits } from "#lib/services/edits/read.ts";
import { type EditRow, EditsFilter } from "#lib/services/edits/schema.ts";
import { listIntegrations } from "#lib/services/integrations/read.ts";
import { readRosterCounts } from "#lib/services/overview/roster-counts.ts";
import { show } from "#lib/services/views/record.ts";

export const metadata: Metadata = { title: "Edits" };

const kinds = [
  { value: "differs", label: "The SIS says otherwise" },
  { value: "same", label: "Same as the SIS" },
];
const of = [
  { value: "people", label: "People" },
  { value: "classrooms", label: "Classrooms" },
];

export default async function EditsPage({ searchParams }: { readonly searchParams: SearchParams }) {
  const scope = await adminPage("read-roster", "read-syncs");
  const filter = EditsFilter.parse(await firstOf(searchParams));
  const opened = await services();
  const [edits, integrations, counts] = await Promise.all([
    listEdits(opened, scope, filter).then((list) => show(opened, scope, { door: "/roster/edits", filter }, list)),
    listIntegrations(opened, scope),
    readRosterCounts(opened, scope),
  ]);
  const { page: _, ...narrowing } = filter;
  const isFiltered = Object.values(narrowing).some((value) => value !== undefined);
  return (
    <>
      <PageHeader
        title="Edits"
        lead="What admins changed in Aivo and keep against the SIS. Syncs leave it until you give it back."
        actions={
          <LinkButton external href={paths.api.editsExport(narrowing)} icon={<Icon name="download" />}>
            Download CSV
          </LinkButton>
        }
      />
      <RosterTabs current="edits" counts={counts} />
      <div className="flex flex-wrap gap-2">
        <FilterSelect
          name="integration"
          label="Integration"
          allLabel="All integrations"
          options={integrations.map(({ id, name }) => ({ value: id, label: name }))}
        />
        <FilterSelect name="of" label="Of" allLabel="People and classrooms" options={of} />
        <FilterSelect name="kind" label="Against the SIS" allLabel="All edits" options={kinds} />
      </div>
      <Card flush>
        <EditsTable
          edits={edits}
          links={rosterLinks}
          pageHref={(page) => paths.rosterEdits({ ...narrowing, page: page === 1 ? "" : page })}
          releaseOf={releaseOf}
          emptyState={<NoEdits isFiltered={isFiltered} />}
        />
      </Card>
    </>
  );
}

function releaseOf({ kind, recordId, field }: EditRow) {
  const entity = kind === "classroom" ? "classroom" : "account";
  return field === "status" ? releaseRecordStatus.bind(null, entity, recordId) : release.bind(null, entity, recordId, field);
}

function NoEdits({ isFiltered }: { readonly isFiltered: boolean }) {
  if (isFiltered)
    return (
      <EmptyState title="No edits match" action={<ClearFilters href={paths.rosterEdits()}>Clear filters</ClearFilters>}>
        Of all that admins edited, nothing is like this.
      </EmptyState>
    );
  return (
    <EmptyState title="Nothing is edited">
      Everything in the roster is as your SIS says. Edit a person or a classroom on its page.
    </EmptyState>
  );
}
