import type { Metadata } from "next";
import { EmptyRoster, RosterFrame } from "#app/(portal)/roster/roster-frame.tsx";
import { alikeLinks, isFiltered, listLinks, rosterLinks } from "#app/(portal)/roster/roster-links.ts";
import { firstOf, type SearchParams } from "#app/search-params.ts";
import { services } from "#app/services.ts";
import { reachPage } from "#app/session.ts";
import { RosterFilters } from "#components/roster/filters.tsx";
import { SchoolsTable, schoolColumns } from "#components/roster/schools-table.tsx";
import { TableMenu } from "#components/ui/table-menu.tsx";
import { readView } from "#components/ui/table-view.ts";
import { readRosterCounts } from "#lib/services/overview/roster-counts.ts";
import { readSchoolPlaces } from "#lib/services/schools/places.ts";
import { listSchools } from "#lib/services/schools/read.ts";
import { SchoolsFilter } from "#lib/services/schools/schema.ts";

export const metadata: Metadata = { title: "Schools" };

export default async function SchoolsPage({ searchParams }: { readonly searchParams: SearchParams }) {
  const scope = await reachPage("read-roster");
  const given = await firstOf(searchParams);
  const filter = SchoolsFilter.parse(given);
  const view = readView(given);
  const opened = await services();
  const [schools, places, counts] = await Promise.all([
    listSchools(opened, scope, filter),
    readSchoolPlaces(opened, scope),
    readRosterCounts(opened, scope),
  ]);
  return (
    <RosterFrame
      current="schools"
      counts={counts}
      filters={
        <RosterFilters
          searchLabel="Search schools"
          searchHint="Name, number or id"
          schools={null}
          hasGrades={false}
          end={<TableMenu columns={schoolColumns} />}
        />
      }
    >
      <SchoolsTable
        schools={schools}
        filter={filter}
        links={rosterLinks}
        list={listLinks("schools", filter, view)}
        view={view}
        placeOf={(id) => places.get(id) ?? null}
        emptyState={
          <EmptyRoster
            kind="schools"
            filtered={isFiltered(filter)}
            alike={alikeLinks(schools.alike, (q) => listLinks("schools", { ...filter, q }, view))}
          />
        }
      />
    </RosterFrame>
  );
}
