import Link from "next/link";
import { Card } from "#components/ui/card.tsx";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { formatCount } from "#lib/platform/format/number.ts";
import type { When } from "#lib/roster/when.ts";
import type { PersonClassroom } from "#lib/services/people/schema.ts";
import { Dates } from "./classroom-people.tsx";
import type { RosterLinks } from "./links.ts";
import { Nothing } from "./status.tsx";
import { Terms } from "./terms.tsx";
import { membershipRoleLabels } from "./vocabulary.ts";

export function PersonClassrooms({ classrooms, links }: { readonly classrooms: readonly PersonClassroom[]; readonly links: RosterLinks }) {
  const isInUse = (room: PersonClassroom) => room.status === "active" && room.classroomStatus === "active";
  const of = (when: When) => classrooms.filter((room) => isInUse(room) && room.when === when);
  const now = of("now");
  const upcoming = of("upcoming");
  return (
    <>
      <Card title="Classrooms" lead={`${formatCount(now.length, "classroom")} now`} flush>
        <Rows caption="Classrooms" classrooms={now} links={links} />
      </Card>
      {upcoming.length === 0 ? null : (
        <Card title="Upcoming classrooms" lead={formatCount(upcoming.length, "classroom")} flush>
          <Rows caption="Upcoming classrooms" classrooms={upcoming} links={links} />
        </Card>
      )}
      <Past title="Ended classrooms" classrooms={of("ended")} links={links} />
      <Past title="Earlier classrooms" classrooms={classrooms.filter((room) => !isInUse(room))} links={links} showStatus />
    </>
  );
}

interface PastProps {
  readonly title: string;
  readonly classrooms: readonly PersonClassroom[];
  readonly links: RosterLinks;
  readonly showStatus?: boolean;
}

function Past({ title, classrooms, links, showStatus = false }: PastProps) {
  if (classrooms.length === 0) return null;
  return (
    <details className="rounded-lg border border-line bg-surface shadow-raised">
      <summary className="px-5 py-4 text-sm font-medium">
        {title} ({classrooms.length})
      </summary>
      <div className="border-t border-line">
        <Rows caption={title} classrooms={classrooms} links={links} showStatus={showStatus} />
      </div>
    </details>
  );
}

function Rows({
  caption,
  classrooms,
  links,
  showStatus = false,
}: {
  caption: string;
  classrooms: readonly PersonClassroom[];
  links: RosterLinks;
  showStatus?: boolean;
}) {
  const columns: Column<PersonClassroom>[] = [
    {
      key: "name",
      header: "Classroom",
      cell: (room) => (
        <Link href={links.classroom(room.id)} className="text-link">
          {room.name}
        </Link>
      ),
    },
    { key: "role", header: "Role", cell: (room) => membershipRoleLabels[room.role] },
    { key: "school", header: "School", cell: (room) => room.schoolName ?? <Nothing /> },
    { key: "terms", header: "Term", cell: (room) => <Terms of={room} /> },
    { key: "dates", header: "Enrolled", hideOnPhone: true, cell: (room) => <Dates begin={room.beginDate} end={room.endDate} /> },
    ...(showStatus
      ? [
          {
            key: "why",
            header: "Why",
            cell: (room: PersonClassroom) => (room.classroomStatus === "deactivated" ? "Classroom deactivated" : "Enrollment ended"),
          },
        ]
      : []),
  ];
  return (
    <DataTable
      caption={caption}
      columns={columns}
      rows={classrooms}
      rowKey={(room) => room.id}
      pending={false}
      error={null}
      wraps
      emptyState={<p className="px-5 pb-5 text-sm text-muted">In no classroom at present.</p>}
    />
  );
}
