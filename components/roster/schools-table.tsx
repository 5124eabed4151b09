import type { ReactNode } from "react";
import { type Column, DataTable, sortColumn } from "#components/ui/data-table.tsx";
import { Pagination } from "#components/ui/pagination.tsx";
import { RowLink } from "#components/ui/row-link.tsx";
import { SchoolMark } from "#components/ui/school-mark.tsx";
import type { TableView } from "#components/ui/table-view.ts";
import { formatGrades } from "#lib/platform/format/grade.ts";
import { formatNumber } from "#lib/platform/format/number.ts";
import type { Page } from "#lib/services/people/schema.ts";
import type { SchoolRow, SchoolsFilter } from "#lib/services/schools/schema.ts";
import type { ListLinks, RosterLinks } from "./links.ts";
import { Nothing, StatusBadge } from "./status.tsx";

export interface SchoolsTableProps {
  readonly schools: Page<SchoolRow>;
  readonly filter: SchoolsFilter;
  readonly links: RosterLinks;
  readonly list: ListLinks;
  readonly view: TableView;
  /** See SchoolMark. */
  readonly placeOf: (schoolId: string) => number | null;
  readonly emptyState: ReactNode;
}

/** The columns that can be left away. */
export const schoolColumns = [
  { key: "number", header: "Number" },
  { key: "grades", header: "Grades" },
  { key: "classrooms", header: "Classrooms" },
  { key: "teachers", header: "Teachers" },
];

export function SchoolsTable({ schools, filter, links, list, view, placeOf, emptyState }: SchoolsTableProps) {
  const sort = (key: string) => sortColumn(key, filter, list.sort);
  const columns: Column<SchoolRow>[] = [
    {
      key: "name",
      header: "School",
      width: "30%",
      sort: sort("name"),
      cell: (school) => (
        <span className="flex items-center gap-1.5">
          <SchoolMark place={placeOf(school.id) ?? 0} />
          <span className="cut">
            <RowLink href={links.school(school.id)}>{school.name}</RowLink>
          </span>
        </span>
      ),
    },
    { key: "number", header: "Number", sort: sort("number"), cell: (school) => school.number ?? <Nothing /> },
    { key: "grades", header: "Grades", cell: (school) => (school.grades.length === 0 ? <Nothing /> : formatGrades(school.grades)) },
    { key: "classrooms", header: "Classrooms", align: "end", cell: (school) => formatNumber(school.classroomCount) },
    { key: "teachers", header: "Teachers", align: "end", cell: (school) => formatNumber(school.teacherCount) },
    { key: "learners", header: "Learners", align: "end", sort: sort("learners"), cell: (school) => formatNumber(school.learnerCount) },
    ...(filter.status === "active"
      ? []
      : [{ key: "status", header: "Status", cell: (school: SchoolRow) => <StatusBadge status={school.status} /> }]),
  ];
  return (
    <>
      <DataTable
        caption="Schools"
        columns={columns}
        rows={schools.rows}
        rowKey={(school) => school.id}
        pending={false}
        error={null}
        emptyState={emptyState}
        view={view}
      />
      <Pagination page={schools.page} pageSize={schools.pageSize} total={schools.total} noun={["school", "schools"]} hrefFor={list.page} />
    </>
  );
}
