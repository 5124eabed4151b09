import { firstOf, type SearchParams } from "#app/search-params.ts";
import { services } from "#app/services.ts";
import { adminPage } from "#app/session.ts";
import { RosterFilters } from "#components/roster/filters.tsx";
import { PeopleTable } from "#components/roster/people-table.tsx";
import { readRosterCounts } from "#lib/services/overview/read.ts";
import { listPeople } from "#lib/services/people/read.ts";
import { PeopleFilter, type PersonRole } from "#lib/services/people/schema.ts";
import { listSchoolNames } from "#lib/services/schools/read.ts";
import { EmptyRoster, RosterFrame } from "./roster-frame.tsx";
import { isFiltered, listLinks, rosterLinks } from "./roster-links.ts";

/** Teachers and learners are listed alike. */
export async function PeoplePage({ role, searchParams }: { readonly role: PersonRole; readonly searchParams: SearchParams }) {
  const scope = await adminPage();
  const filter = PeopleFilter.parse(await firstOf(searchParams));
  const opened = await services();
  const [people, schools, counts] = await Promise.all([
    listPeople(opened, scope, role, filter),
    listSchoolNames(opened, scope),
    readRosterCounts(opened, scope),
  ]);
  const kind = role === "teacher" ? "teachers" : "learners";
  const hint = role === "teacher" ? "Name, email or id" : "Name, email, student number or id";
  return (
    <RosterFrame
      current={kind}
      counts={counts}
      filters={<RosterFilters searchLabel={`Search ${kind}`} searchHint={hint} schools={schools} hasGrades={role === "learner"} />}
    >
      <PeopleTable
        role={role}
        people={people}
        filter={filter}
        links={rosterLinks}
        list={listLinks(kind, filter)}
        emptyState={<EmptyRoster kind={kind} filtered={isFiltered(filter)} />}
      />
    </RosterFrame>
  );
}
