import type { Metadata } from "next";
import Link from "next/link";
import { archive, releaseRecordStatus, restore, saveClassroom } from "#app/(portal)/roster/actions.ts";
import { classroomFields } from "#app/(portal)/roster/edit-fields.ts";
import { editedMarks } from "#app/(portal)/roster/edit-marks.tsx";
import { historyHref, historyPageOf, type RecordPageProps } from "#app/(portal)/roster/record-params.ts";
import { ownRosterLinks, rosterLinks } from "#app/(portal)/roster/roster-links.ts";
import { hrefFor } from "#app/(portal)/why/why-links.ts";
import { pageResult } from "#app/errors.ts";
import { paths } from "#app/paths.ts";
import { services } from "#app/services.ts";
import { addressOfPage, adminPage, allowed, reachPage } from "#app/session.ts";
import { ClassroomMenu } from "#components/roster/classroom-menu.tsx";
import { ClassroomPeople } from "#components/roster/classroom-people.tsx";
import { EditForm } from "#components/roster/edit-form.tsx";
import { LostList } from "#components/roster/lost-list.tsx";
import { Origins } from "#components/roster/origins.tsx";
import { RecordChain } from "#components/roster/record-chain.tsx";
import { RecordHistory } from "#components/roster/record-history.tsx";
import { RecordLayout } from "#components/roster/record-layout.tsx";
import { RecordSentence } from "#components/roster/record-sentence.tsx";
import { StandingNote } from "#components/roster/standing-note.tsx";
import { ValuesTable } from "#components/roster/values-table.tsx";
import { Identity, PageHeader } from "#components/ui/page-header.tsx";
import { SchoolName } from "#components/ui/school-mark.tsx";
import { beside } from "#lib/platform/beside.ts";
import { formatDay, formatSpan } from "#lib/platform/format/date-time.ts";
import { formatGrades } from "#lib/platform/format/grade.ts";
import { readClassroomRecord } from "#lib/services/chain/classroom.ts";
import type { ClassroomDetail } from "#lib/services/classrooms/schema.ts";
import { getClassroomForm } from "#lib/services/edits/form.ts";
import type { NamedRef } from "#lib/services/people/schema.ts";
import { listSchoolNames } from "#lib/services/schools/read.ts";
import { show } from "#lib/services/views/record.ts";

export const metadata: Metadata = { title: "Classroom" };

export default async function ClassroomPage({ params, searchParams }: RecordPageProps) {
  const scope = await reachPage("read-roster");
  const { id } = await params;
  const page = await historyPageOf(searchParams);
  const opened = await services();
  const can = await allowed();
  const links = await ownRosterLinks();
  const editor = can("edit-people") ? await adminPage("edit-people") : null;
  const door = { door: "/roster/classrooms/[id]", subject: id };
  const [record, [form, schools]] = await pageResult(await addressOfPage(), () =>
    beside(
      () => readClassroomRecord(opened, scope, id, page ?? 1).then((read) => show(opened, scope, door, read)),
      () => Promise.all([editor && getClassroomForm(opened, editor, id), listSchoolNames(opened, scope)]),
    ),
  );
  const { room, edits, lost } = record;
  const missing = lost.filter(({ isEnrollment, isDecided }) => isEnrollment && !isDecided);
  return (
    <>
      <PageHeader
        identity={<WhatItIs room={room} schools={schools} />}
        title={<RecordSentence sentence={record.sentence} />}
        breadcrumbs={[{ label: "Classrooms", href: paths.roster("classrooms") }]}
        actions={
          form === null ? null : (
            <>
              <EditForm
                title={`Edit ${room.name}`}
                fields={classroomFields(form)}
                isFromSis={edits.isFromSis}
                save={saveClassroom.bind(null, id)}
              />
              <ClassroomMenu
                name={room.name}
                isActive={room.status === "active"}
                archive={archive.bind(null, id)}
                restore={restore.bind(null, id)}
              />
            </>
          )
        }
      />
      <StandingNote
        noun="classroom"
        status={room.status}
        by={room.deactivatedBy}
        at={room.deactivatedAt}
        edits={edits}
        releaseStatus={form === null ? null : releaseRecordStatus.bind(null, "classroom", id)}
      />
      <RecordChain rows={record.came} links={links} />
      <RecordLayout
        lost={lost.length === 0 ? null : <LostList lost={lost} name={room.name} other="person" hrefOf={hrefFor(can)} />}
        history={<RecordHistory history={record.history} isShort={page === null} links={links} hrefFor={historyHref("classrooms", id)} />}
      >
        <ClassroomPeople people={room.people} missing={missing} links={links} whyHref={(ref) => paths.whyPerson({ who: ref, sees: id })} />
        <div id="values" className="scroll-mt-24">
          <ValuesTable values={record.values} editedMark={editedMarks(edits, "classroom", id, form !== null)} />
        </div>
        <Origins record={room} origins={room.origins} links={links} noun="classroom" />
      </RecordLayout>
    </>
  );
}

function WhatItIs({ room, schools }: { readonly room: ClassroomDetail; readonly schools: readonly NamedRef[] }) {
  const { school, periods, course, subjects, grades, classType } = room;
  const place = schools.findIndex(({ id }) => id === school?.id);
  const facts = [
    periods.length === 0 ? null : `Period ${periods.join(", ")}`,
    classType === "homeroom" ? "Homeroom" : null,
    course === null ? null : [course.name, course.code].filter(Boolean).join(" · "),
    subjects.join(", ") || null,
    grades.length === 0 ? null : formatGrades(grades),
  ].filter((fact) => fact !== null);
  return (
    <Identity name={room.name}>
      {school === null ? null : (
        <Link href={rosterLinks.school(school.id)} className="min-w-0 hover:underline">
          <SchoolName name={school.name} place={place < 0 ? null : place} />
        </Link>
      )}
      {[...new Set(facts)].map((fact) => (
        <span key={fact}>{fact}</span>
      ))}
      <span title={termsOf(room)}>{spanOf(room)}</span>
    </Identity>
  );
}

/** "Aug 17, 2026 – Dec 18, 2026" */
function spanOf({ beginsOn, endsOn }: ClassroomDetail): string {
  return formatSpan(beginsOn, endsOn) ?? "always: it has no term with dates";
}

/** "Fall: Aug 17, 2026 – Dec 18, 2026" */
function termsOf({ terms }: ClassroomDetail): string {
  return terms
    .map((term) => {
      const gone = term.status === "active" ? "" : ", no longer in the SIS";
      return `${term.name}: ${formatDay(term.beginDate)} – ${formatDay(term.endDate)}${gone}`;
    })
    .join("; ");
}
