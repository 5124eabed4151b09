import Link from "next/link";
import type { ReactNode } from "react";
import { type Column, DataTable, sortColumn } from "#components/ui/data-table.tsx";
import { Pagination } from "#components/ui/pagination.tsx";
import { formatGrades } from "#lib/platform/format/grade.ts";
import { formatNumber } from "#lib/platform/format/number.ts";
import type { ClassroomRow, ClassroomsFilter } from "#lib/services/classrooms/schema.ts";
import type { Page } from "#lib/services/people/schema.ts";
import type { ListLinks, RosterLinks } from "./links.ts";
import { Nothing, WhenBadge } from "./status.tsx";
import { Terms } from "./terms.tsx";

export interface ClassroomsTableProps {
  readonly classrooms: Page<ClassroomRow>;
  readonly filter: ClassroomsFilter;
  readonly links: RosterLinks;
  readonly list: ListLinks;
  readonly emptyState: ReactNode;
  /** On a school's own page the column would repeat its name. */
  readonly withoutSchool?: boolean;
}

export function ClassroomsTable({ classrooms, filter, links, list, emptyState, withoutSchool = false }: ClassroomsTableProps) {
  const sort = (key: string) => sortColumn(key, filter, list.sort);
  const columns: Column<ClassroomRow>[] = [
    {
      key: "name",
      header: "Classroom",
      sort: sort("name"),
      cell: (room) => (
        <>
          <Link href={links.classroom(room.id)} className="text-link">
            {room.name}
          </Link>
          {room.code ? <span className="block text-fine font-normal text-muted">{room.code}</span> : null}
        </>
      ),
    },
    {
      key: "school",
      header: "School",
      sort: sort("school"),
      cell: (room) =>
        room.school === null ? (
          <Nothing />
        ) : (
          <Link href={links.school(room.school.id)} className="hover:underline">
            {room.school.name}
          </Link>
        ),
    },
    { key: "subject", header: "Subject", cell: (room) => (room.subjects.length === 0 ? <Nothing /> : room.subjects.join(", ")) },
    {
      key: "grades",
      header: "Grade",
      cell: (room) => (room.grades.length === 0 ? <Nothing /> : <span className="whitespace-nowrap">{formatGrades(room.grades)}</span>),
    },
    { key: "term", header: "Term", hideOnPhone: true, cell: (room) => <Terms of={room} /> },
    { key: "teachers", header: "Teacher", cell: (room) => (room.teachers.length === 0 ? <Nothing /> : room.teachers.join(", ")) },
    { key: "learners", header: "Learners", align: "end", cell: (room) => formatNumber(room.learnerCount) },
    { key: "when", header: "When", cell: (room) => <WhenBadge status={room.status} when={room.when} /> },
  ];
  return (
    <>
      <DataTable
        caption="Classrooms"
        columns={withoutSchool ? columns.filter((column) => column.key !== "school") : columns}
        rows={classrooms.rows}
        rowKey={(room) => room.id}
        pending={false}
        error={null}
        emptyState={emptyState}
      />
      <Pagination
        page={classrooms.page}
        pageSize={classrooms.pageSize}
        total={classrooms.total}
        noun={["classroom", "classrooms"]}
        hrefFor={list.page}
      />
    </>
  );
}
