import type { Metadata } from "next";
import Link from "next/link";
import type { RecordParams } from "#app/(portal)/roster/person-page.tsx";
import { rosterLinks } from "#app/(portal)/roster/roster-links.ts";
import { pageResult } from "#app/errors.ts";
import { paths } from "#app/paths.ts";
import { services } from "#app/services.ts";
import { addressOfPage, adminPage } from "#app/session.ts";
import { ClassroomPeople } from "#components/roster/classroom-people.tsx";
import { DeactivatedNote } from "#components/roster/deactivated-note.tsx";
import { Origins } from "#components/roster/origins.tsx";
import { StatusBadge } from "#components/roster/status.tsx";
import { Card } from "#components/ui/card.tsx";
import { Copyable } from "#components/ui/code.tsx";
import { DateTime } from "#components/ui/date-time.tsx";
import { KeyValue, type KeyValueItem } from "#components/ui/key-value.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { formatDay } from "#lib/platform/format/date-time.ts";
import { formatGrades } from "#lib/platform/format/grade.ts";
import { getClassroom } from "#lib/services/classrooms/read.ts";
import type { ClassroomDetail } from "#lib/services/classrooms/schema.ts";

export const metadata: Metadata = { title: "Classroom" };

export default async function ClassroomPage({ params }: { readonly params: RecordParams }) {
  const scope = await adminPage();
  const { id } = await params;
  const room = await pageResult(await addressOfPage(), async () => getClassroom(await services(), scope, id));
  return (
    <>
      <PageHeader
        title={room.name}
        state={<StatusBadge status={room.status} />}
        breadcrumbs={[{ label: "Classrooms", href: paths.roster("classrooms") }]}
      />
      <DeactivatedNote noun="classroom" status={room.status} by={null} at={room.deactivatedAt} />
      <Card title="Details">
        <KeyValue items={factsOf(room)} />
      </Card>
      <ClassroomPeople people={room.people} links={rosterLinks} />
      <Origins origins={room.origins} links={rosterLinks} noun="classroom" />
    </>
  );
}

function factsOf(room: ClassroomDetail): KeyValueItem[] {
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
        ({formatDay(term.beginDate)} – {formatDay(term.endDate)})
      </span>
    </li>
  ));
  return [
    { label: "School", value: school },
    { label: "Course", value: room.course === null ? null : [room.course.name, room.course.code].filter(Boolean).join(" · ") },
    { label: room.subjectsAreOfCourse ? "Subject (of its course)" : "Subject", value: room.subjects.join(", ") || null },
    {
      label: room.gradesAreOfCourse ? "Grade (of its course)" : "Grade",
      value: room.grades.length === 0 ? null : formatGrades(room.grades),
    },
    { label: room.periods.length > 1 ? "Periods" : "Period", value: room.periods.join(", ") || null },
    { label: "Kind", value: room.classType === "homeroom" ? "Homeroom" : "Scheduled class" },
    { label: "Code", value: room.code },
    { label: room.terms.length > 1 ? "Terms" : "Term", value: terms.length === 0 ? null : <ul>{terms}</ul> },
    { label: "Last changed", value: <DateTime at={room.updatedAt} /> },
    { label: "Aivo id", value: <Copyable value={room.id} label="Aivo id" /> },
  ];
}
