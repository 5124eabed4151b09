import Link from "next/link";
import type { ReactNode } from "react";
import { Card } from "#components/ui/card.tsx";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { formatSpan } from "#lib/platform/format/date-time.ts";
import { formatGrade } from "#lib/platform/format/grade.ts";
import { formatCount } from "#lib/platform/format/number.ts";
import { sortedName } from "#lib/platform/format/person-name.ts";
import type { ClassroomPerson } from "#lib/services/classrooms/schema.ts";
import type { RosterLinks } from "./links.ts";
import { Nothing, StatusBadge } from "./status.tsx";
import { membershipRoleLabels } from "./vocabulary.ts";

/** Who is in a classroom; below, who comes to it, and who was in it. */
export function ClassroomPeople({ people, links }: { readonly people: readonly ClassroomPerson[]; readonly links: RosterLinks }) {
  const isInUse = (person: ClassroomPerson) => person.status === "active" && person.accountStatus === "active";
  const here = people.filter((person) => isInUse(person) && person.counts);
  const coming = people.filter((person) => isInUse(person) && !person.counts && person.when === "upcoming");
  const teachers = here.filter((person) => person.role !== "learner");
  const learners = here.filter((person) => person.role === "learner");
  const former = people.filter((person) => !here.includes(person) && !coming.includes(person));
  return (
    <>
      <Section title="Teachers" people={teachers} links={links} empty="Nobody teaches this classroom." />
      <Section
        title="Learners"
        people={learners}
        links={links}
        empty="Nobody learns in this classroom."
        lead={formatCount(learners.length, "learner")}
      />
      <Others title="Not yet in this classroom" people={coming} links={links} />
      <Others title="No longer in this classroom" people={former} links={links} showStatus />
    </>
  );
}

interface OthersProps {
  readonly title: string;
  readonly people: readonly ClassroomPerson[];
  readonly links: RosterLinks;
  readonly showStatus?: boolean;
}

function Others({ title, people, links, showStatus = false }: OthersProps) {
  if (people.length === 0) return null;
  return (
    <details className="group rounded-lg border border-line bg-surface shadow-raised">
      <summary className="px-5 py-4 text-sm font-medium">
        {title} ({people.length})
      </summary>
      <div className="border-t border-line">
        <PeopleRows caption={title} people={people} links={links} empty={null} showStatus={showStatus} />
      </div>
    </details>
  );
}

function Section({
  title,
  people,
  links,
  empty,
  lead,
}: {
  title: string;
  people: readonly ClassroomPerson[];
  links: RosterLinks;
  empty: string;
  lead?: string;
}) {
  return (
    <Card title={title} lead={lead} flush>
      <PeopleRows caption={title} people={people} links={links} empty={<p className="px-5 pb-5 text-sm text-muted">{empty}</p>} />
    </Card>
  );
}

function PeopleRows({
  caption,
  people,
  links,
  empty,
  showStatus = false,
}: {
  caption: string;
  people: readonly ClassroomPerson[];
  links: RosterLinks;
  empty: ReactNode;
  showStatus?: boolean;
}) {
  const columns: Column<ClassroomPerson>[] = [
    {
      key: "name",
      header: "Name",
      cell: (person) => <PersonName person={person} links={links} />,
    },
    ...(people.every((person) => person.role === "learner")
      ? []
      : [{ key: "role", header: "Role", cell: (person: ClassroomPerson) => membershipRoleLabels[person.role] }]),
    {
      key: "email",
      header: "Email",
      cell: (person) => (person.email === null ? <Nothing /> : <span className="max-md:wrap-anywhere">{person.email}</span>),
    },
    ...(people.some((person) => person.grade !== null)
      ? [
          {
            key: "grade",
            header: "Grade",
            cell: (person: ClassroomPerson) => (person.grade === null ? <Nothing /> : formatGrade(person.grade)),
          },
        ]
      : []),
    { key: "dates", header: "Enrolled", hideOnPhone: true, cell: (person) => <Dates begin={person.beginDate} end={person.endDate} /> },
    ...(showStatus
      ? [
          {
            key: "status",
            header: "Why",
            cell: (person: ClassroomPerson) =>
              person.accountStatus === "deactivated" ? (
                "Account deactivated"
              ) : person.status === "active" ? (
                "Ended by its date"
              ) : (
                <StatusBadge status={person.status} />
              ),
          },
        ]
      : []),
  ];
  return (
    <DataTable
      caption={caption}
      columns={columns}
      rows={people}
      rowKey={(person) => person.accountId}
      pending={false}
      error={null}
      wraps
      emptyState={empty}
    />
  );
}

function PersonName({ person, links }: { readonly person: ClassroomPerson; readonly links: RosterLinks }) {
  const name = sortedName(person);
  if (person.accountRole === "admin") return <>{name}</>;
  return (
    <Link href={person.accountRole === "teacher" ? links.teacher(person.accountId) : links.learner(person.accountId)} className="text-link">
      {name}
    </Link>
  );
}

/** Without dates of its own a membership lasts as long as the classroom's terms. */
export function Dates({ begin, end }: { readonly begin: string | null; readonly end: string | null }) {
  if (begin === null && end === null) return <span className="text-muted">As the term</span>;
  return <span className="whitespace-nowrap">{formatSpan(begin, end)}</span>;
}
