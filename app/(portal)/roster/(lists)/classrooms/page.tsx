import type { Metadata } from "next";
import Link from "next/link";
import { EmptyRoster, RosterFrame } from "#app/(portal)/roster/roster-frame.tsx";
import { alikeLinks, isFiltered, listLinks, rosterLinks } from "#app/(portal)/roster/roster-links.ts";
import { schoolChoice } from "#app/(portal)/roster/school-choice.ts";
import { paths } from "#app/paths.ts";
import { firstOf, type SearchParams } from "#app/search-params.ts";
import { services } from "#app/services.ts";
import { reachPage } from "#app/session.ts";
import { ClassroomsTable, classroomColumns } from "#components/roster/classrooms-table.tsx";
import { RosterFilters } from "#components/roster/filters.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { TableMenu } from "#components/ui/table-menu.tsx";
import { readView } from "#components/ui/table-view.ts";
import { formatDay } from "#lib/platform/format/date-time.ts";
import { formatNumber } from "#lib/platform/format/number.ts";
import { listClassrooms } from "#lib/services/classrooms/read.ts";
import { ClassroomsFilter } from "#lib/services/classrooms/schema.ts";
import { readRosterCounts } from "#lib/services/overview/roster-counts.ts";
import { readSchoolPlaces } from "#lib/services/schools/places.ts";
import { listSchoolNames } from "#lib/services/schools/read.ts";

export const metadata: Metadata = { title: "Classrooms" };

/** As in summer: there are classrooms, and none is now or comes. */
function AllEnded({ count }: { readonly count: number }) {
  return (
    <EmptyState
      title="No classroom is now, and none comes"
      action={<LinkButton href={paths.roster("classrooms", { when: "ended" })}>Show those that have ended</LinkButton>}
    >
      The terms of {count === 1 ? "the one classroom" : `all ${formatNumber(count)} classrooms`} are over. Those of the next come with your
      SIS.
    </EmptyState>
  );
}

/** The list is that of one day, and how to come back to all. */
function TurnedNote({ day }: { readonly day: string }) {
  return (
    <p className="text-sm text-muted">
      Only classrooms that began or ended by their dates, noted on {formatDay(day)}.{" "}
      <Link href={paths.roster("classrooms")} className="text-link">
        Show all
      </Link>
    </p>
  );
}

export default async function ClassroomsPage({ searchParams }: { readonly searchParams: SearchParams }) {
  const scope = await reachPage("read-roster");
  const given = await firstOf(searchParams);
  const filter = ClassroomsFilter.parse(given);
  const view = readView(given);
  const opened = await services();
  const [classrooms, places, schools, counts] = await Promise.all([
    listClassrooms(opened, scope, filter),
    readSchoolPlaces(opened, scope),
    listSchoolNames(opened, scope),
    readRosterCounts(opened, scope),
  ]);
  return (
    <RosterFrame
      current="classrooms"
      counts={counts}
      filters={
        <RosterFilters
          searchLabel="Search classrooms"
          searchHint="Name, code or id"
          schools={schoolChoice(schools, filter.school)}
          hasGrades
          whenCounts={classrooms.counts}
          end={<TableMenu columns={classroomColumns} />}
        />
      }
      note={filter.turned === undefined ? null : <TurnedNote day={filter.turned} />}
    >
      <ClassroomsTable
        classrooms={classrooms}
        filter={filter}
        links={rosterLinks}
        list={listLinks("classrooms", filter, view)}
        view={view}
        placeOf={(id) => places.get(id) ?? null}
        emptyState={
          isFiltered(filter) || classrooms.counts.ended === 0 ? (
            <EmptyRoster
              kind="classrooms"
              filtered={isFiltered(filter)}
              alike={alikeLinks(classrooms.alike, (q) => listLinks("classrooms", { ...filter, q }, view))}
            />
          ) : (
            <AllEnded count={classrooms.counts.ended} />
          )
        }
      />
    </RosterFrame>
  );
}
