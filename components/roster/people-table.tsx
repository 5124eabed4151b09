import Link from "next/link";
import type { ReactNode } from "react";
import { type Column, DataTable, sortColumn } from "#components/ui/data-table.tsx";
import { Pagination } from "#components/ui/pagination.tsx";
import { formatGrade } from "#lib/platform/format/grade.ts";
import { formatNumber } from "#lib/platform/format/number.ts";
import { sortedName } from "#lib/platform/format/person-name.ts";
import type { Page, PeopleFilter, PersonRole, PersonRow } from "#lib/services/people/schema.ts";
import type { ListLinks, RosterLinks } from "./links.ts";
import { BarredBadge, Nothing, StatusBadge } from "./status.tsx";

export interface PeopleTableProps {
  readonly role: PersonRole;
  readonly people: Page<PersonRow>;
  readonly filter: PeopleFilter;
  readonly links: RosterLinks;
  readonly list: ListLinks;
  readonly emptyState: ReactNode;
}

export function PeopleTable({ role, people, filter, links, list, emptyState }: PeopleTableProps) {
  const sort = (key: string) => sortColumn(key, filter, list.sort);
  const linkTo = role === "teacher" ? links.teacher : links.learner;
  const columns: Column<PersonRow>[] = [
    {
      key: "name",
      header: "Name",
      sort: sort("name"),
      cell: (person) => (
        <span className="flex flex-wrap items-center gap-2">
          <Link href={linkTo(person.id)} className="text-link">
            {sortedName(person)}
          </Link>
          {person.isBarred ? <BarredBadge /> : null}
        </span>
      ),
    },
    {
      key: "email",
      header: "Email",
      sort: sort("email"),
      cell: (person) => (person.email === null ? <Nothing /> : <span className="max-md:wrap-anywhere">{person.email}</span>),
    },
    ...(role === "learner" ? learnerColumns(sort) : []),
    { key: "schools", header: "School", cell: (person) => <Schools schools={person.schools} links={links} /> },
    { key: "classrooms", header: "Classrooms", align: "end", cell: (person) => formatNumber(person.classroomCount) },
    ...(filter.status === "active"
      ? []
      : [{ key: "status", header: "Status", cell: (person: PersonRow) => <StatusBadge status={person.status} /> }]),
  ];
  return (
    <>
      <DataTable
        caption={role === "teacher" ? "Teachers" : "Learners"}
        columns={columns}
        rows={people.rows}
        rowKey={(person) => person.id}
        pending={false}
        error={null}
        emptyState={emptyState}
      />
      <Pagination page={people.page} pageSize={people.pageSize} total={people.total} noun={[role, `${role}s`]} hrefFor={list.page} />
    </>
  );
}

function learnerColumns(sort: (key: string) => NonNullable<Column<PersonRow>["sort"]>): Column<PersonRow>[] {
  return [
    {
      key: "grade",
      header: "Grade",
      sort: sort("grade"),
      cell: (person) => (person.grade === null ? <Nothing /> : <span className="whitespace-nowrap">{formatGrade(person.grade)}</span>),
    },
    { key: "number", header: "Student no.", sort: sort("number"), cell: (person) => person.studentNumber ?? <Nothing /> },
  ];
}

function Schools({ schools, links }: { readonly schools: PersonRow["schools"]; readonly links: RosterLinks }) {
  if (schools.length === 0) return <Nothing />;
  return (
    <ul className="grid gap-0.5">
      {schools.map((school) => (
        <li key={school.id}>
          <Link href={links.school(school.id)} className="hover:underline">
            {school.name}
          </Link>
        </li>
      ))}
    </ul>
  );
}
