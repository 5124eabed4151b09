import type { ReactNode } from "react";
import { type Column, DataTable, sortColumn } from "#components/ui/data-table.tsx";
import { Pagination } from "#components/ui/pagination.tsx";
import { RowLink } from "#components/ui/row-link.tsx";
import { SchoolName } from "#components/ui/school-mark.tsx";
import type { TableView } from "#components/ui/table-view.ts";
import { Two } from "#components/ui/two.tsx";
import { formatSpan } from "#lib/platform/format/date-time.ts";
import { formatGrades } from "#lib/platform/format/grade.ts";
import { formatNumber } from "#lib/platform/format/number.ts";
import { whenTitles } from "#lib/roster/when.ts";
import type { ClassroomRow, ClassroomsFilter } from "#lib/services/classrooms/schema.ts";
import type { Page } from "#lib/services/people/schema.ts";
import type { ListLinks, RosterLinks } from "./links.ts";
import { Nothing } from "./status.tsx";
import { statusLooks } from "./vocabulary.ts";

export interface ClassroomsTableProps {
  readonly classrooms: Page<ClassroomRow>;
  readonly filter: ClassroomsFilter;
  readonly links: RosterLinks;
  readonly list: ListLinks;
  readonly emptyState: ReactNode;
  readonly view?: TableView;
  /** See SchoolMark; left out: without marks. */
  readonly placeOf?: (schoolId: string) => number | null;
  /** On a school's own page the column would repeat its name. */
  readonly withoutSchool?: boolean;
}

/** The columns that can be left away. */
export const classroomColumns = [
  { key: "school", header: "School" },
  { key: "subject", header: "Subject" },
  { key: "grades", header: "Grade" },
  { key: "term", header: "Term" },
  { key: "teachers", header: "Teacher" },
  { key: "learners", header: "Learners" },
  { key: "when", header: "When" },
];

export function ClassroomsTable(props: ClassroomsTableProps) {
  const { classrooms, filter, links, list, emptyState, view, placeOf = () => null, withoutSchool = false } = props;
  const sort = (key: string) => sortColumn(key, filter, list.sort);
  const columns: Column<ClassroomRow>[] = [
    {
      key: "name",
      header: "Classroom",
      width: "20%",
      sort: sort("name"),
      cell: (room) => (
        <Two under={room.code}>
          <RowLink href={links.classroom(room.id)}>{room.name}</RowLink>
        </Two>
      ),
    },
    {
      key: "school",
      header: "School",
      width: "17%",
      sort: sort("school"),
      cell: (room) => (room.school === null ? <Nothing /> : <SchoolName name={room.school.name} place={placeOf(room.school.id)} />),
    },
    { key: "subject", header: "Subject", cell: (room) => (room.subjects.length === 0 ? <Nothing /> : room.subjects.join(", ")) },
    {
      key: "grades",
      header: "Grade",
      width: "9%",
      cell: (room) => (room.grades.length === 0 ? <Nothing /> : formatGrades(room.grades)),
    },
    {
      key: "term",
      header: "Term",
      width: "18.5%",
      hideOnPhone: true,
      cell: (room) =>
        room.terms.length === 0 ? <Nothing /> : <Two under={formatSpan(room.beginsOn, room.endsOn)}>{room.terms.join(", ")}</Two>,
    },
    { key: "teachers", header: "Teacher", cell: (room) => (room.teachers.length === 0 ? <Nothing /> : room.teachers.join(", ")) },
    { key: "learners", header: "Learners", width: "8.5%", align: "end", cell: (room) => formatNumber(room.learnerCount) },
    ...(classrooms.rows.every(isUsual)
      ? []
      : [{ key: "when", header: "When", width: "8%", cell: (room: ClassroomRow) => <When room={room} /> }]),
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
        {...(view && { view })}
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

/** In use now, which a page full of such classrooms need not say of each. */
const isUsual = ({ status, when }: ClassroomRow) => status === "active" && when === "now";

/** What is the rule is grey. */
function When({ room: { status, when } }: { readonly room: ClassroomRow }) {
  if (status !== "active") return statusLooks[status].label;
  return <span className={when === "now" ? "text-muted" : undefined}>{whenTitles[when]}</span>;
}
