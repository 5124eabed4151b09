import type { ReactNode } from "react";
import { type Column, DataTable, sortColumn } from "#components/ui/data-table.tsx";
import { Pagination } from "#components/ui/pagination.tsx";
import { SchoolName } from "#components/ui/school-mark.tsx";
import { shared } from "#components/ui/shared.ts";
import type { TableView } from "#components/ui/table-view.ts";
import { formatGrade } from "#lib/platform/format/grade.ts";
import { formatNumber } from "#lib/platform/format/number.ts";
import { type NameParts, sortedName } from "#lib/platform/format/person-name.ts";
import type { ListedPerson, NamedRef, PeopleFilter, PeopleList, PersonRole } from "#lib/services/people/schema.ts";
import type { ListLinks, RosterLinks } from "./links.ts";
import { markBeginnings } from "./marked.ts";
import { statusOf } from "./people-words.ts";
import { Nothing } from "./status.tsx";

export interface PeopleTableProps {
  readonly role: PersonRole;
  readonly people: PeopleList;
  readonly filter: PeopleFilter;
  readonly view: TableView;
  readonly links: RosterLinks;
  /** Why somebody never arrived. */
  readonly whyHref: (ref: string) => string;
  readonly list: ListLinks;
  /** See SchoolMark. */
  readonly placeOf: (schoolId: string) => number | null;
  readonly emptyState: ReactNode;
}

/** The columns that can be left away. */
export const peopleColumns = (role: PersonRole) => [
  ...(role === "learner"
    ? [
        { key: "grade", header: "Grade" },
        { key: "school", header: "School" },
        { key: "number", header: "Number" },
      ]
    : [{ key: "school", header: "School" }]),
  { key: "classes", header: "Classes" },
  { key: "status", header: "Status" },
];

/** Who is in Aivo, and who should be: whoever never arrived is a row like any other. */
export function PeopleTable({ role, people, filter, view, links, whyHref, list, placeOf, emptyState }: PeopleTableProps) {
  const sort = (key: string) => sortColumn(key, filter, list.sort);
  const linkTo = role === "teacher" ? links.teacher : links.learner;
  const isLearner = role === "learner";
  const schoolsIn = schoolCells(placeOf);
  const columns: Column<ListedPerson>[] = [
    {
      key: "name",
      header: "Name",
      width: isLearner ? "32%" : "40%",
      sort: sort("name"),
      cell: (row) =>
        row.kind === "account"
          ? { href: linkTo(row.account.id), name: nameOf(row.account, filter.q), under: row.account.email }
          : { href: whyHref(row.absent.ref), name: nameOf(row.absent, filter.q), under: row.absent.place, isAbsent: true },
    },
    ...(isLearner ? [gradeColumn(sort("grade"))] : []),
    {
      key: "school",
      header: "School",
      width: isLearner ? "24%" : "26%",
      cell: (row) => schoolsIn((row.kind === "account" ? row.account : row.absent).schools),
    },
    ...(isLearner ? [numberColumn(sort("number"))] : []),
    {
      key: "classes",
      header: "Classes",
      width: "7%",
      align: "end",
      hideOnPhone: true,
      cell: (row) => (row.kind === "account" ? formatNumber(row.account.classroomCount) : nothing),
    },
    { key: "status", header: "Status", phone: "side", cell: statusCell },
  ];
  return (
    <>
      <DataTable
        caption={isLearner ? "Learners" : "Teachers"}
        columns={columns}
        rows={people.rows}
        rowKey={(row) => (row.kind === "account" ? row.account.id : row.absent.ref)}
        pending={false}
        error={null}
        emptyState={emptyState}
        view={view}
      />
      <Pagination page={people.page} pageSize={people.pageSize} total={people.total} noun={[role, `${role}s`]} hrefFor={list.page} />
    </>
  );
}

type Sort = NonNullable<Column<ListedPerson>["sort"]>;

function gradeColumn(sort: Sort): Column<ListedPerson> {
  return {
    key: "grade",
    header: "Grade",
    width: "10%",
    sort,
    cell: (row) => {
      const { grade } = row.kind === "account" ? row.account : row.absent;
      return grade === null ? nothing : formatGrade(grade);
    },
  };
}

function numberColumn(sort: Sort): Column<ListedPerson> {
  return {
    key: "number",
    header: "Number",
    width: "10.5%",
    sort,
    hideOnPhone: true,
    cell: (row) => (row.kind === "account" ? row.account : row.absent).studentNumber ?? nothing,
  };
}

/** With what was searched for marked. */
function nameOf(of: NameParts, search: string): ReactNode {
  const name = sortedName(of) || "No name";
  if (search === "") return name;
  return markBeginnings(name, search).map(({ text, isMarked }, place) =>
    // biome-ignore lint/suspicious/noArrayIndexKey: the stretches of one name, in their order
    isMarked ? <mark key={place}>{text}</mark> : text,
  );
}

const weights = { harm: "text-harm", ask: "text-ask", plain: undefined, usual: undefined } as const;

function statusCell(row: ListedPerson): ReactNode {
  if (row.kind === "absent") return <span className="text-ask">Never arrived: {row.absent.cause}</span>;
  const { words, weight } = statusOf(row.account);
  if (weight === "usual") return active;
  return <span className={weights[weight]}>{words}</span>;
}

/** The first, and how many more. */
function schoolCells(placeOf: (id: string) => number | null): (schools: readonly NamedRef[]) => ReactNode {
  const once = shared();
  return (schools) => {
    const [first] = schools;
    if (first === undefined) return nothing;
    const name = schools.length === 1 ? first.name : `${first.name} and ${schools.length - 1} more`;
    return once(`${first.id} ${name}`, () => <SchoolName name={name} place={placeOf(first.id)} />);
  };
}

const nothing = <Nothing />;
const active = <span className="text-muted">Active</span>;
