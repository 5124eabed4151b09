import Link from "next/link";
import type { ReactNode } from "react";
import { Card } from "#components/ui/card.tsx";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { RowLink } from "#components/ui/row-link.tsx";
import { Two } from "#components/ui/two.tsx";
import { formatSpan } from "#lib/platform/format/date-time.ts";
import { formatGrade } from "#lib/platform/format/grade.ts";
import { formatCount } from "#lib/platform/format/number.ts";
import { sortedName } from "#lib/platform/format/person-name.ts";
import type { Lost } from "#lib/services/chain/schema.ts";
import type { ClassroomPerson } from "#lib/services/classrooms/schema.ts";
import type { RosterLinks } from "./links.ts";
import { Nothing, StatusBadge } from "./status.tsx";
import { membershipRoleLabels } from "./vocabulary.ts";

export interface ClassroomPeopleProps {
  readonly people: readonly ClassroomPerson[];
  /** Enrollments that did not come through. */
  readonly missing: readonly Lost[];
  readonly links: RosterLinks;
  /** Why somebody is not in it, by how the SIS names them. */
  readonly whyHref: (personRef: string) => string;
}

/** Who is in a classroom, and who should be; below, who comes to it, and who was in it. */
export function ClassroomPeople({ people, missing, links, whyHref }: ClassroomPeopleProps) {
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
        aside={formatCount(learners.length, "learner")}
      />
      <Missing missing={missing} whyHref={whyHref} />
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
    <details className="border-t border-line pt-3">
      <summary className="min-h-6 w-fit content-center text-sm font-medium">
        {title} ({people.length})
      </summary>
      <div className="pt-3">
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
  aside,
}: {
  title: string;
  people: readonly ClassroomPerson[];
  links: RosterLinks;
  empty: string;
  aside?: string;
}) {
  return (
    <Card title={title} aside={aside} flush>
      <PeopleRows caption={title} people={people} links={links} empty={<p className="py-3 text-sm text-muted">{empty}</p>} />
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
      width: "46%",
      cell: (person) => (
        <Two under={person.email}>
          <PersonName person={person} links={links} />
        </Two>
      ),
    },
    ...(people.every((person) => person.role === "learner")
      ? []
      : [{ key: "role", header: "Role", cell: (person: ClassroomPerson) => membershipRoleLabels[person.role] }]),
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
      emptyState={empty}
    />
  );
}

function PersonName({ person, links }: { readonly person: ClassroomPerson; readonly links: RosterLinks }) {
  const name = sortedName(person);
  if (person.accountRole === "admin") return <>{name}</>;
  return (
    <RowLink href={person.accountRole === "teacher" ? links.teacher(person.accountId) : links.learner(person.accountId)}>{name}</RowLink>
  );
}

/** People whom the SIS enrolls and who are not here, a line each. */
function Missing({ missing, whyHref }: Pick<ClassroomPeopleProps, "missing" | "whyHref">) {
  if (missing.length === 0) return null;
  return (
    <Card title="Missing" aside={formatCount(missing.length, "enrollment")} flush>
      <ul className="divide-y divide-line text-sm">
        {missing.map(({ key, title, short, other }) => (
          <li key={key} className="flex min-h-9 flex-wrap items-center gap-x-4 gap-y-0.5 py-1.5">
            {other === null || other.ref === null ? (
              <span className="font-strong text-ask">{title}</span>
            ) : (
              <Link href={whyHref(other.ref)} className="name-link text-ask">
                {title}
              </Link>
            )}
            <span className="text-muted">{short?.replace(/^is /, "") ?? "did not come through"}</span>
          </li>
        ))}
      </ul>
    </Card>
  );
}

/** Without dates of its own a membership lasts as long as the classroom's terms. */
function Dates({ begin, end }: { readonly begin: string | null; readonly end: string | null }) {
  if (begin === null && end === null) return <span className="text-muted">As the term</span>;
  return <span className="whitespace-nowrap">{formatSpan(begin, end)}</span>;
}
