import type { Metadata } from "next";
import Link from "next/link";
import { historyHref, historyPageOf, type RecordPageProps } from "#app/(portal)/roster/record-params.ts";
import { ownRosterLinks } from "#app/(portal)/roster/roster-links.ts";
import { hrefFor } from "#app/(portal)/why/why-links.ts";
import { pageResult } from "#app/errors.ts";
import { paths } from "#app/paths.ts";
import { firstOf } from "#app/search-params.ts";
import { services } from "#app/services.ts";
import { addressOfPage, allowed, reachPage } from "#app/session.ts";
import { ClassroomsTable } from "#components/roster/classrooms-table.tsx";
import { DeactivatedNote } from "#components/roster/deactivated-note.tsx";
import { GradesChart } from "#components/roster/grades-chart.tsx";
import { LostList } from "#components/roster/lost-list.tsx";
import { Origins } from "#components/roster/origins.tsx";
import { RecordChain } from "#components/roster/record-chain.tsx";
import { RecordHistory } from "#components/roster/record-history.tsx";
import { RecordLayout } from "#components/roster/record-layout.tsx";
import { RecordSentence } from "#components/roster/record-sentence.tsx";
import { ValuesTable } from "#components/roster/values-table.tsx";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { Identity, PageHeader } from "#components/ui/page-header.tsx";
import { SchoolMark } from "#components/ui/school-mark.tsx";
import { formatGrades } from "#lib/platform/format/grade.ts";
import { formatCount } from "#lib/platform/format/number.ts";
import { readSchoolRecord } from "#lib/services/chain/school.ts";
import { listClassrooms } from "#lib/services/classrooms/read.ts";
import { ClassroomsFilter } from "#lib/services/classrooms/schema.ts";
import { listSchoolNames } from "#lib/services/schools/read.ts";
import { show } from "#lib/services/views/record.ts";

export const metadata: Metadata = { title: "School" };

/** What has ended is archived, not lost. */
function EndedLink({ id, count }: { readonly id: string; readonly count: number }) {
  return (
    <Link href={paths.roster("classrooms", { school: id, when: "ended" })} className="text-link">
      {formatCount(count, "classroom")} {count === 1 ? "has" : "have"} ended
    </Link>
  );
}

export default async function SchoolPage({ params, searchParams }: RecordPageProps) {
  const scope = await reachPage("read-roster");
  const links = await ownRosterLinks();
  const can = await allowed();
  const { id } = await params;
  const page = await historyPageOf(searchParams);
  const filter = ClassroomsFilter.parse({ ...(await firstOf(searchParams)), school: id, q: "" });
  const opened = await services();
  const [record, classrooms, schools] = await pageResult(await addressOfPage(), () =>
    Promise.all([
      readSchoolRecord(opened, scope, id, page ?? 1).then((found) =>
        show(opened, scope, { door: "/roster/schools/[id]", subject: id }, found),
      ),
      listClassrooms(opened, scope, filter),
      listSchoolNames(opened, scope),
    ]),
  );
  const { school, lost } = record;
  const place = schools.findIndex((one) => one.id === id);
  const list = {
    sort: (sort: string, direction: string) => paths.rosterRecord("schools", id, { sort, direction }),
    page: (at: number) => paths.rosterRecord("schools", id, { sort: filter.sort, direction: filter.direction, page: at }),
  };
  return (
    <>
      <PageHeader
        identity={
          <Identity name={school.name}>
            {place < 0 ? null : <SchoolMark place={place} />}
            {school.number === null ? null : <span>No. {school.number}</span>}
            {school.grades.length === 0 ? null : <span>{formatGrades(school.grades)}</span>}
          </Identity>
        }
        title={<RecordSentence sentence={record.sentence} />}
        breadcrumbs={[{ label: "Schools", href: paths.roster("schools") }]}
        actions={
          <>
            <LinkButton href={paths.roster("teachers", { school: id })}>Teachers</LinkButton>
            <LinkButton href={paths.roster("learners", { school: id })}>Learners</LinkButton>
          </>
        }
      />
      <DeactivatedNote noun="school" status={school.status} by={null} at={school.deactivatedAt} />
      <RecordChain rows={record.came} links={links} />
      <RecordLayout
        lost={lost.length === 0 ? null : <LostList lost={lost} name={school.name} other="class" hrefOf={hrefFor(can)} />}
        history={
          <div className="grid gap-between">
            <GradesChart learnersByGrade={school.learnersByGrade} />
            <RecordHistory history={record.history} isShort={page === null} links={links} hrefFor={historyHref("schools", id)} />
          </div>
        }
      >
        <div id="values" className="scroll-mt-24">
          <ValuesTable values={record.values} editedMark={() => null} />
        </div>
        <Origins record={school} origins={school.origins} links={links} noun="school" />
      </RecordLayout>
      <Card title="Classrooms" aside={classrooms.counts.ended === 0 ? null : <EndedLink id={id} count={classrooms.counts.ended} />} flush>
        <ClassroomsTable
          withoutSchool
          classrooms={classrooms}
          filter={filter}
          links={links}
          list={list}
          emptyState={<EmptyState title="No classrooms in this school now" />}
        />
      </Card>
    </>
  );
}
