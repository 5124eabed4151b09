import Link from "next/link";
import { Card } from "#components/ui/card.tsx";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { formatCount } from "#lib/platform/format/number.ts";
import type { PersonClassroom } from "#lib/services/people/schema.ts";
import { Dates } from "./classroom-people.tsx";
import type { RosterLinks } from "./links.ts";
import { Nothing } from "./status.tsx";
import { membershipRoleLabels } from "./vocabulary.ts";

export function PersonClassrooms({ classrooms, links }: { readonly classrooms: readonly PersonClassroom[]; readonly links: RosterLinks }) {
  const isNow = (room: PersonClassroom) => room.status === "active" && room.classroomStatus === "active";
  const now = classrooms.filter(isNow);
  const former = classrooms.filter((room) => !isNow(room));
  return (
    <>
      <Card title="Classrooms" lead={formatCount(now.length, "classroom")} flush>
        <Rows caption="Classrooms" classrooms={now} links={links} />
      </Card>
      {former.length === 0 ? null : (
        <details className="rounded-lg border border-line bg-surface shadow-raised">
          <summary className="px-5 py-4 text-sm font-medium">Earlier classrooms ({former.length})</summary>
          <div className="border-t border-line">
            <Rows caption="Earlier classrooms" classrooms={former} links={links} showStatus />
          </div>
        </details>
      )}
    </>
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
    { key: "terms", header: "Term", cell: (room) => (room.terms.length === 0 ? <Nothing /> : room.terms.join(", ")) },
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
      emptyState={<p className="px-5 pb-5 text-sm text-muted">In no classroom at present.</p>}
    />
  );
}
