import type { Metadata } from "next";
import Link from "next/link";
import type { RecordParams } from "#app/(portal)/roster/person-page.tsx";
import { rosterLinks } from "#app/(portal)/roster/roster-links.ts";
import { pageResult } from "#app/errors.ts";
import { paths } from "#app/paths.ts";
import { firstOf, type SearchParams } from "#app/search-params.ts";
import { services } from "#app/services.ts";
import { addressOfPage, adminPage } from "#app/session.ts";
import { ClassroomsTable } from "#components/roster/classrooms-table.tsx";
import { DeactivatedNote } from "#components/roster/deactivated-note.tsx";
import { GradesChart } from "#components/roster/grades-chart.tsx";
import { Origins } from "#components/roster/origins.tsx";
import { StatusBadge } from "#components/roster/status.tsx";
import { LinkButton } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { Copyable } from "#components/ui/code.tsx";
import { DateTime } from "#components/ui/date-time.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { KeyValue } from "#components/ui/key-value.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { formatGrades } from "#lib/platform/format/grade.ts";
import { formatCount } from "#lib/platform/format/number.ts";
import { listClassrooms } from "#lib/services/classrooms/read.ts";
import { ClassroomsFilter } from "#lib/services/classrooms/schema.ts";
import { getSchool } from "#lib/services/schools/read.ts";

export const metadata: Metadata = { title: "School" };

/** What has ended is archived, not lost. */
function EndedLink({ id, count }: { readonly id: string; readonly count: number }) {
  return (
    <Link href={paths.roster("classrooms", { school: id, when: "ended" })} className="text-link">
      {formatCount(count, "classroom")} {count === 1 ? "has" : "have"} ended
    </Link>
  );
}

interface SchoolPageProps {
  readonly params: RecordParams;
  readonly searchParams: SearchParams;
}

export default async function SchoolPage({ params, searchParams }: SchoolPageProps) {
  const scope = await adminPage();
  const { id } = await params;
  const filter = ClassroomsFilter.parse({ ...(await firstOf(searchParams)), school: id, q: "" });
  const opened = await services();
  const [school, classrooms] = await pageResult(await addressOfPage(), () =>
    Promise.all([getSchool(opened, scope, id), listClassrooms(opened, scope, filter)]),
  );
  const list = {
    sort: (sort: string, direction: string) => paths.rosterRecord("schools", id, { sort, direction }),
    page: (page: number) => paths.rosterRecord("schools", id, { sort: filter.sort, direction: filter.direction, page }),
  };
  return (
    <>
      <PageHeader
        title={school.name}
        state={<StatusBadge status={school.status} />}
        breadcrumbs={[{ label: "Schools", href: paths.roster("schools") }]}
        lead={`${formatCount(school.learnerCount, "learner")}, ${formatCount(school.teacherCount, "teacher")}, ${formatCount(school.classroomCount, "classroom")}`}
        actions={
          <>
            <LinkButton href={paths.roster("teachers", { school: id })}>Teachers</LinkButton>
            <LinkButton href={paths.roster("learners", { school: id })}>Learners</LinkButton>
          </>
        }
      />
      <DeactivatedNote noun="school" status={school.status} by={null} at={school.deactivatedAt} />
      <div className="grid items-start gap-6 lg:grid-cols-2">
        <Card title="Details">
          <KeyValue
            items={[
              { label: "School number", value: school.number },
              {
                label: school.gradesAreOfLearners ? "Grades (of its learners)" : "Grades",
                value: school.grades.length === 0 ? null : formatGrades(school.grades),
              },
              { label: "In Aivo since", value: <DateTime at={school.createdAt} as="date" /> },
              { label: "Last changed", value: <DateTime at={school.updatedAt} /> },
              { label: "Aivo id", wide: true, value: <Copyable value={school.id} label="Aivo id" /> },
            ]}
          />
        </Card>
        <GradesChart learnersByGrade={school.learnersByGrade} />
      </div>
      <Card
        title="Classrooms"
        lead={classrooms.counts.ended === 0 ? undefined : <EndedLink id={id} count={classrooms.counts.ended} />}
        flush
      >
        <ClassroomsTable
          withoutSchool
          classrooms={classrooms}
          filter={filter}
          links={rosterLinks}
          list={list}
          emptyState={<EmptyState title="No classrooms in this school now" />}
        />
      </Card>
      <Origins status={school.status} origins={school.origins} links={rosterLinks} noun="school" />
    </>
  );
}
