import Link from "next/link";
import type { ReactNode } from "react";
import { Tabs } from "#components/ui/tabs.tsx";
import { formatDay, formatSpan } from "#lib/platform/format/date-time.ts";
import { formatNumber } from "#lib/platform/format/number.ts";
import type { When } from "#lib/roster/when.ts";
import type { Lost } from "#lib/services/chain/schema.ts";
import type { PersonClassroom } from "#lib/services/people/schema.ts";
import type { RosterLinks } from "./links.ts";

export interface PersonClassroomsProps {
  readonly classrooms: readonly PersonClassroom[];
  /** Enrollments that did not come through. */
  readonly missing: readonly Lost[];
  readonly links: RosterLinks;
  /** Why somebody is not in a class, by how the SIS names it. */
  readonly whyHref: (classRef: string) => string;
}

/** A person's classes by when they are, a line each; those that should be there and are not stand among those of now. */
export function PersonClassrooms({ classrooms, missing, links, whyHref }: PersonClassroomsProps) {
  const isInUse = (room: PersonClassroom) => room.status === "active" && room.classroomStatus === "active";
  const of = (when: When) => classrooms.filter((room) => isInUse(room) && room.when === when);
  const now = of("now");
  const earlier = classrooms.filter((room) => !isInUse(room));
  const lost = missing.map((one) => <Missing key={one.key} lost={one} whyHref={whyHref} />);
  const count =
    missing.length === 0 ? formatNumber(now.length) : `${formatNumber(now.length)} of ${formatNumber(now.length + missing.length)}`;
  const panel = (value: string, title: string, rooms: readonly PersonClassroom[], says: (room: PersonClassroom) => string) => ({
    value,
    label: `${title} ${value === "now" ? count : formatNumber(rooms.length)}`,
    content: (
      <Rows label={`Classrooms, ${title.toLowerCase()}`} rooms={rooms} links={links} says={says} lost={value === "now" ? lost : []} />
    ),
  });
  return (
    <section aria-labelledby="classrooms">
      <h2 id="classrooms" className="sr-only">
        Classrooms
      </h2>
      <Tabs
        label="Classrooms"
        defaultValue="now"
        tabs={[
          panel("now", "Now", now, termOf),
          ...(of("upcoming").length === 0 ? [] : [panel("upcoming", "Upcoming", of("upcoming"), beginOf)]),
          ...(of("ended").length === 0 ? [] : [panel("ended", "Ended", of("ended"), endOf)]),
          ...(earlier.length === 0
            ? []
            : [
                panel("earlier", "Left", earlier, (room) =>
                  room.classroomStatus === "deactivated" ? "Classroom deactivated" : "Enrollment ended",
                ),
              ]),
        ]}
      />
    </section>
  );
}

const termOf = ({ beginDate, endDate, terms }: PersonClassroom) => formatSpan(beginDate, endDate) ?? terms.join(", ");
const beginOf = ({ beginDate, beginsOn }: PersonClassroom) => {
  const day = beginDate ?? beginsOn;
  return day === null ? "" : `from ${formatDay(day)}`;
};
const endOf = ({ endDate, endsOn }: PersonClassroom) => {
  const day = endDate ?? endsOn;
  return day === null ? "" : `until ${formatDay(day)}`;
};

interface RowsProps {
  readonly label: string;
  readonly rooms: readonly PersonClassroom[];
  readonly links: RosterLinks;
  readonly says: (room: PersonClassroom) => string;
  readonly lost: readonly ReactNode[];
}

function Rows({ label, rooms, links, says, lost }: RowsProps) {
  if (rooms.length === 0 && lost.length === 0) return <p className="pt-1 text-sm text-muted">In no classroom at present.</p>;
  return (
    <table aria-label={label} className="-mt-4 w-full table-fixed border-collapse text-sm">
      <colgroup>
        <col className="hidden w-[4.5rem] sm:table-column" />
        <col />
        <col className="hidden w-36 sm:table-column" />
        <col className="hidden w-32 sm:table-column" />
      </colgroup>
      <thead className="sr-only">
        <tr>
          <th scope="col">Period</th>
          <th scope="col">Classroom</th>
          <th scope="col">Teacher</th>
          <th scope="col">Term</th>
        </tr>
      </thead>
      <tbody>
        {rooms.map((room) => (
          <Row
            key={room.id}
            name={
              <Link href={links.classroom(room.id)} className="name-link" title={room.name}>
                {room.name}
              </Link>
            }
            period={room.periods.length === 0 ? "" : `Period ${room.periods.join(", ")}`}
            teacher={room.teachers.join(", ")}
            term={says(room)}
          />
        ))}
        {lost}
      </tbody>
    </table>
  );
}

interface RowProps {
  readonly name: ReactNode;
  readonly period: string;
  readonly teacher: string;
  readonly term: string;
}

const quiet = "hidden truncate text-muted sm:table-cell";

/** On a phone what stands beside the name comes under it. */
function Row({ name, period, teacher, term }: RowProps) {
  return (
    <tr className="border-b border-line">
      <td className={quiet}>{period || "–"}</td>
      <th scope="row" className="h-9 truncate py-2 pr-3 text-left font-normal sm:py-0">
        {name}
        <span aria-hidden className="block truncate text-small text-muted sm:hidden">
          {[period, teacher, term].filter(Boolean).join(" · ")}
        </span>
      </th>
      <td className={`${quiet} pr-3 text-soft`} title={teacher}>
        {teacher}
      </td>
      <td className={quiet} title={term}>
        {term}
      </td>
    </tr>
  );
}

function Missing({ lost: { title, short, other }, whyHref }: { readonly lost: Lost; readonly whyHref: (classRef: string) => string }) {
  const ref = other?.ref ?? null;
  const name =
    ref === null ? (
      <span className="font-strong text-ask">{title}</span>
    ) : (
      <Link href={whyHref(ref)} className="name-link text-ask" title={title}>
        {title}
      </Link>
    );
  return <Row name={name} period="" teacher={short?.replace(/^is /, "") ?? "did not come through"} term="missing" />;
}
