import { schoolChoice } from "#app/(portal)/roster/school-choice.ts";
import { paths } from "#app/paths.ts";
import { firstOf, type SearchParams } from "#app/search-params.ts";
import { services } from "#app/services.ts";
import { reachPage } from "#app/session.ts";
import { peopleStatuses, RosterFilters } from "#components/roster/filters.tsx";
import { PeopleTable, peopleColumns } from "#components/roster/people-table.tsx";
import { peopleSentence } from "#components/roster/people-words.ts";
import { Icon } from "#components/ui/icon.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { TableMenu } from "#components/ui/table-menu.tsx";
import { readView } from "#components/ui/table-view.ts";
import { readRosterCounts } from "#lib/services/overview/roster-counts.ts";
import { listPeople } from "#lib/services/people/list.ts";
import { PeopleFilter, type PersonRole } from "#lib/services/people/schema.ts";
import { readSchoolPlaces } from "#lib/services/schools/places.ts";
import { listSchoolNames } from "#lib/services/schools/read.ts";
import { show } from "#lib/services/views/record.ts";
import { EmptyRoster, RosterFrame } from "./roster-frame.tsx";
import { alikeLinks, isFiltered, listLinks, rosterLinks } from "./roster-links.ts";

const doors = { teacher: "/roster/teachers", learner: "/roster/learners" } as const;

/** Teachers and learners are listed alike. */
export async function PeoplePage({ role, searchParams }: { readonly role: PersonRole; readonly searchParams: SearchParams }) {
  const scope = await reachPage("read-roster");
  const given = await firstOf(searchParams);
  const filter = PeopleFilter.parse(given);
  const view = readView(given);
  const opened = await services();
  const [people, schools, places, counts] = await Promise.all([
    listPeople(opened, scope, role, filter).then((list) => show(opened, scope, { door: doors[role], filter }, list)),
    listSchoolNames(opened, scope),
    readSchoolPlaces(opened, scope),
    readRosterCounts(opened, scope),
  ]);
  const kind = role === "teacher" ? "teachers" : "learners";
  const { q, school, grade, status } = filter;
  return (
    <RosterFrame
      current={kind}
      counts={counts}
      filters={
        <RosterFilters
          searchLabel={`Search ${kind}`}
          searchHint="Name, email, number or id"
          schools={schoolChoice(schools, school)}
          hasGrades={role === "learner"}
          statuses={peopleStatuses}
          end={
            <>
              <TableMenu columns={peopleColumns(role)} />
              <LinkButton
                variant="quiet"
                external
                href={paths.api.peopleExport(role, { q, school, grade, status })}
                icon={<Icon name="download" />}
              >
                CSV
              </LinkButton>
            </>
          }
        />
      }
      note={<p className="text-small text-muted">{peopleSentence(role, people)}</p>}
    >
      <PeopleTable
        role={role}
        people={people}
        filter={filter}
        view={view}
        links={rosterLinks}
        whyHref={(ref) => paths.whyPerson({ who: ref })}
        list={listLinks(kind, filter, view)}
        placeOf={(id) => places.get(id) ?? null}
        emptyState={
          <EmptyRoster
            kind={kind}
            filtered={isFiltered(filter)}
            alike={alikeLinks(
              people.alike.map((one) => one.q),
              (meant) => listLinks(kind, { ...filter, q: meant }, view),
            )}
          />
        }
      />
    </RosterFrame>
  );
}
