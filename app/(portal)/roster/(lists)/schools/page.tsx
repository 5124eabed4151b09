import type { Metadata } from "next";
import { EmptyRoster, RosterFrame } from "#app/(portal)/roster/roster-frame.tsx";
import { isFiltered, listLinks, rosterLinks } from "#app/(portal)/roster/roster-links.ts";
import { firstOf, type SearchParams } from "#app/search-params.ts";
import { services } from "#app/services.ts";
import { adminPage } from "#app/session.ts";
import { RosterFilters } from "#components/roster/filters.tsx";
import { SchoolsTable } from "#components/roster/schools-table.tsx";
import { readRosterCounts } from "#lib/services/overview/read.ts";
import { listSchools } from "#lib/services/schools/read.ts";
import { SchoolsFilter } from "#lib/services/schools/schema.ts";

export const metadata: Metadata = { title: "Schools" };

export default async function SchoolsPage({ searchParams }: { readonly searchParams: SearchParams }) {
  const scope = await adminPage();
  const filter = SchoolsFilter.parse(await firstOf(searchParams));
  const [schools, counts] = await Promise.all([listSchools(await services(), scope, filter), readRosterCounts(await services(), scope)]);
  return (
    <RosterFrame
      current="schools"
      counts={counts}
      filters={<RosterFilters searchLabel="Search schools" searchHint="Name, number or id" schools={null} hasGrades={false} />}
    >
      <SchoolsTable
        schools={schools}
        filter={filter}
        links={rosterLinks}
        list={listLinks("schools", filter)}
        emptyState={<EmptyRoster kind="schools" filtered={isFiltered(filter)} />}
      />
    </RosterFrame>
  );
}
