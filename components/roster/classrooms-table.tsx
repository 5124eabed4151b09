import type { ReactNode } from "react";
import { type Column, DataTable, sortColumn } from "#components/ui/data-table.tsx";
import { Pagination } from "#components/ui/pagination.tsx";
import { SchoolName } from "#components/ui/school-mark.tsx";
import { shared } from "#components/ui/shared.ts";
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
import { statusLabels } from "./vocabulary.ts";

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
  const once = shared();
  const schoolCell = (school: ClassroomRow["school"]) =>
    school === null ? nothing : once(school.id, () => <SchoolName name={school.name} place={placeOf(school.id)} />);
  const termCell = (terms: string, span: string | null) => once(`${terms} ${span}`, () => <Two under={span}>{terms}</Two>);
  const columns: Column<ClassroomRow>[] = [
    {
      key: "name",
      header: "Classroom",
      width: "20%",
      sort: sort("name"),
      cell: (room) => ({ href: links.classroom(room.id), name: room.name, under: room.code }),
    },
    {
      key: "school",
      header: "School",
      width: "17%",
      sort: sort("school"),
      cell: (room) => schoolCell(room.school),
    },
    { key: "subject", header: "Subject", cell: (room) => (room.subjects.length === 0 ? nothing : room.subjects.join(", ")) },
    {
      key: "grades",
      header: "Grade",
      width: "9%",
      cell: (room) => (room.grades.length === 0 ? nothing : formatGrades(room.grades)),
    },
    {
      key: "term",
      header: "Term",
      width: "18.5%",
      hideOnPhone: true,
      cell: (room) => (room.terms.length === 0 ? nothing : termCell(room.terms.join(", "), formatSpan(room.beginsOn, room.endsOn))),
    },
    { key: "teachers", header: "Teacher", cell: (room) => (room.teachers.length === 0 ? nothing : room.teachers.join(", ")) },
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

const nothing = <Nothing />;

/** In use now, which a page full of such classrooms need not say of each. */
const isUsual = ({ status, when }: ClassroomRow) => status === "active" && when === "now";

/** What is the rule is grey. */
function When({ room: { status, when } }: { readonly room: ClassroomRow }) {
  if (status !== "active") return statusLabels[status];
  return <span className={when === "now" ? "text-muted" : undefined}>{whenTitles[when]}</span>;
}
