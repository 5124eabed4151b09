import Link from "next/link";
import { pageResult } from "#app/errors.ts";
import { paths } from "#app/paths.ts";
import { services } from "#app/services.ts";
import { addressOfPage, adminPage } from "#app/session.ts";
import { DeactivatedNote } from "#components/roster/deactivated-note.tsx";
import { Origins } from "#components/roster/origins.tsx";
import { PersonClassrooms } from "#components/roster/person-classrooms.tsx";
import { StatusBadge } from "#components/roster/status.tsx";
import { Card } from "#components/ui/card.tsx";
import { Copyable } from "#components/ui/code.tsx";
import { DateTime } from "#components/ui/date-time.tsx";
import { KeyValue, type KeyValueItem } from "#components/ui/key-value.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { formatGrade } from "#lib/platform/format/grade.ts";
import { fullName } from "#lib/platform/format/person-name.ts";
import { getPerson } from "#lib/services/people/read.ts";
import type { PersonDetail, PersonRole } from "#lib/services/people/schema.ts";
import { rosterLinks } from "./roster-links.ts";

export type RecordParams = Promise<{ readonly id: string }>;

export async function PersonPage({ role, params }: { readonly role: PersonRole; readonly params: RecordParams }) {
  const scope = await adminPage();
  const { id } = await params;
  const person = await pageResult(await addressOfPage(), async () => getPerson(await services(), scope, role, id));
  const kind = role === "teacher" ? "teachers" : "learners";
  return (
    <>
      <PageHeader
        title={fullName(person)}
        state={<StatusBadge status={person.status} />}
        breadcrumbs={[{ label: role === "teacher" ? "Teachers" : "Learners", href: paths.roster(kind) }]}
      />
      <DeactivatedNote noun={role} status={person.status} by={person.deactivatedBy} at={person.deactivatedAt} />
      <Card title="Details">
        <KeyValue items={role === "learner" ? [...learnerFacts(person), ...facts(person)] : facts(person)} />
      </Card>
      <PersonClassrooms classrooms={person.classrooms} links={rosterLinks} />
      <Origins origins={person.origins} links={rosterLinks} noun={role} />
    </>
  );
}

function learnerFacts(person: PersonDetail): KeyValueItem[] {
  return [
    { label: "Grade", value: person.grade === null ? null : formatGrade(person.grade) },
    { label: "Student number", value: person.studentNumber },
  ];
}

function facts(person: PersonDetail): KeyValueItem[] {
  const schools = person.schools.map((school) => (
    <li key={school.id}>
      <Link href={rosterLinks.school(school.id)} className="text-link">
        {school.name}
      </Link>
    </li>
  ));
  return [
    { label: "Email", value: person.email },
    { label: person.schools.length > 1 ? "Schools" : "School", value: schools.length === 0 ? null : <ul>{schools}</ul> },
    { label: "User name", value: person.username },
    { label: "In Aivo since", value: <DateTime at={person.createdAt} as="date" /> },
    { label: "Last changed", value: <DateTime at={person.updatedAt} /> },
    { label: "Aivo id", value: <Copyable value={person.id} label="Aivo id" /> },
  ];
}
