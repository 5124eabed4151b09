import type { Metadata } from "next";
import Link from "next/link";
import { archive, releaseRecordStatus, restore, saveClassroom } from "#app/(portal)/roster/actions.ts";
import { classroomFields } from "#app/(portal)/roster/edit-fields.ts";
import { type Fact, markEdits } from "#app/(portal)/roster/edit-marks.tsx";
import type { RecordParams } from "#app/(portal)/roster/person-page.tsx";
import { rosterLinks } from "#app/(portal)/roster/roster-links.ts";
import { pageResult } from "#app/errors.ts";
import { paths } from "#app/paths.ts";
import { services } from "#app/services.ts";
import { addressOfPage, adminPage } from "#app/session.ts";
import { ClassroomPeople } from "#components/roster/classroom-people.tsx";
import { EditForm } from "#components/roster/edit-form.tsx";
import { EditHistory } from "#components/roster/edit-history.tsx";
import { Origins } from "#components/roster/origins.tsx";
import { AskWhy, DoNow } from "#components/roster/standing.tsx";
import { StandingNote } from "#components/roster/standing-note.tsx";
import { WhenBadge } from "#components/roster/status.tsx";
import { Card } from "#components/ui/card.tsx";
import { Copyable } from "#components/ui/code.tsx";
import { DateTime } from "#components/ui/date-time.tsx";
import { KeyValue } from "#components/ui/key-value.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { formatDay, formatSpan } from "#lib/platform/format/date-time.ts";
import { formatGrades } from "#lib/platform/format/grade.ts";
import { whenTitles } from "#lib/roster/when.ts";
import { getClassroom } from "#lib/services/classrooms/read.ts";
import type { ClassroomDetail } from "#lib/services/classrooms/schema.ts";
import { getClassroomForm } from "#lib/services/edits/form.ts";
import { getRecordEdits } from "#lib/services/edits/read.ts";

export const metadata: Metadata = { title: "Classroom" };

export default async function ClassroomPage({ params }: { readonly params: RecordParams }) {
  const scope = await adminPage();
  const { id } = await params;
  const opened = await services();
  const room = await pageResult(await addressOfPage(), () => getClassroom(opened, scope, id));
  const [edits, form] = await Promise.all([getRecordEdits(opened, scope, "classroom", id), getClassroomForm(opened, scope, id)]);
  return (
    <>
      <PageHeader
        title={room.name}
        state={<WhenBadge status={room.status} when={room.when} />}
        breadcrumbs={[{ label: "Classrooms", href: paths.roster("classrooms") }]}
        actions={
          <>
            {room.status === "active" ? (
              <AskWhy
                label="Archive"
                title={`Archive ${room.name}?`}
                confirmLabel={`Archive ${room.name}`}
                done={`${room.name} is archived`}
                act={archive.bind(null, id)}
              >
                <p>Nobody sees it any more, and no sync brings it back until an admin does. Its members go on following the SIS.</p>
              </AskWhy>
            ) : (
              <DoNow label="Bring back" done={`${room.name} is active`} failed="Not brought back" act={restore.bind(null, id)} />
            )}
            <EditForm
              title={`Edit ${room.name}`}
              fields={classroomFields(form)}
              isFromSis={edits.isFromSis}
              save={saveClassroom.bind(null, id)}
            />
          </>
        }
      />
      <StandingNote
        noun="classroom"
        status={room.status}
        by={room.deactivatedBy}
        at={room.deactivatedAt}
        edits={edits}
        releaseStatus={releaseRecordStatus.bind(null, "classroom", id)}
      />
      <Card title="Details">
        <KeyValue items={markEdits(factsOf(room), edits, id, room.origins, "classroom")} />
      </Card>
      <ClassroomPeople people={room.people} links={rosterLinks} />
      <EditHistory history={edits.history} links={rosterLinks} />
      <Origins status={room.status} origins={room.origins} links={rosterLinks} noun="classroom" />
    </>
  );
}

/** "Ended: Aug 17, 2026 – Dec 18, 2026" */
function whenOf({ when, beginsOn, endsOn }: ClassroomDetail): string {
  const span = formatSpan(beginsOn, endsOn);
  return span === null ? "Always: it has no term with dates" : `${whenTitles[when]}: ${span}`;
}

function factsOf(room: ClassroomDetail): Fact[] {
  const school =
    room.school === null ? null : (
      <Link href={rosterLinks.school(room.school.id)} className="text-link">
        {room.school.name}
      </Link>
    );
  const terms = room.terms.map((term) => (
    <li key={`${term.name} ${term.beginDate}`}>
      {term.name}{" "}
      <span className="text-muted">
        ({formatDay(term.beginDate)} – {formatDay(term.endDate)}){term.status === "active" ? "" : ", no longer in the SIS"}
      </span>
    </li>
  ));
  return [
    { label: "Name", value: room.name, column: "name", onlyEdited: true },
    { label: "School", value: school, column: "school_id" },
    {
      label: "Course",
      value: room.course === null ? null : [room.course.name, room.course.code].filter(Boolean).join(" · "),
      column: "course_id",
    },
    {
      label: room.subjectsAreOfCourse ? "Subject (of its course)" : "Subject",
      value: room.subjects.join(", ") || null,
      column: "subjects",
    },
    {
      label: room.gradesAreOfCourse ? "Grade (of its course)" : "Grade",
      value: room.grades.length === 0 ? null : formatGrades(room.grades),
      column: "grades",
    },
    { label: room.periods.length > 1 ? "Periods" : "Period", value: room.periods.join(", ") || null, column: "periods" },
    { label: "Kind", value: room.classType === "homeroom" ? "Homeroom" : "Scheduled class", column: "class_type" },
    { label: "Code", value: room.code, column: "code" },
    { label: room.terms.length > 1 ? "Terms" : "Term", value: terms.length === 0 ? null : <ul>{terms}</ul>, column: "term_ids" },
    { label: "When", value: whenOf(room) },
    { label: "Last changed", value: <DateTime at={room.updatedAt} /> },
    { label: "Aivo id", value: <Copyable value={room.id} label="Aivo id" /> },
  ];
}
