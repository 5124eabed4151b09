import type { Metadata } from "next";
import { EmptyRoster, RosterFrame } from "#app/(portal)/roster/roster-frame.tsx";
import { isFiltered, listLinks, rosterLinks } from "#app/(portal)/roster/roster-links.ts";
import { firstOf, type SearchParams } from "#app/search-params.ts";
import { services } from "#app/services.ts";
import { adminPage } from "#app/session.ts";
import { ClassroomsTable } from "#components/roster/classrooms-table.tsx";
import { RosterFilters } from "#components/roster/filters.tsx";
import { listClassrooms } from "#lib/services/classrooms/read.ts";
import { ClassroomsFilter } from "#lib/services/classrooms/schema.ts";
import { readRosterCounts } from "#lib/services/overview/read.ts";
import { listSchoolNames } from "#lib/services/schools/read.ts";

export const metadata: Metadata = { title: "Classrooms" };

export default async function ClassroomsPage({ searchParams }: { readonly searchParams: SearchParams }) {
  const scope = await adminPage();
  const filter = ClassroomsFilter.parse(await firstOf(searchParams));
  const opened = await services();
  const [classrooms, schools, counts] = await Promise.all([
    listClassrooms(opened, scope, filter),
    listSchoolNames(opened, scope),
    readRosterCounts(opened, scope),
  ]);
  return (
    <RosterFrame
      current="classrooms"
      counts={counts}
      filters={<RosterFilters searchLabel="Search classrooms" searchHint="Name, code or id" schools={schools} hasGrades />}
    >
      <ClassroomsTable
        classrooms={classrooms}
        filter={filter}
        links={rosterLinks}
        list={listLinks("classrooms", filter)}
        emptyState={<EmptyRoster kind="classrooms" filtered={isFiltered(filter)} />}
      />
    </RosterFrame>
  );
}
