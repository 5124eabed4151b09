import Link from "next/link";
import { membershipRoleLabels } from "#components/roster/vocabulary.ts";
import { Card } from "#components/ui/card.tsx";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { formatSpan } from "#lib/platform/format/date-time.ts";
import { sightTitle, whenTitles } from "#lib/roster/when.ts";
import type { MissingEnrollment, PersonWhy, WhyClass } from "#lib/services/why/schema.ts";

type Shown = WhyClass & { readonly group: string };

/** The person's classes by when they are, with what is seen of each today. */
export function WhyClasses({ classes, hrefFor }: { readonly classes: PersonWhy["classes"]; readonly hrefFor: (ref: string) => string }) {
  const rows: Shown[] = (["now", "upcoming", "ended", "earlier"] as const).flatMap((when) =>
    classes[when].map((room) => ({ ...room, group: when === "earlier" ? "No longer" : whenTitles[when] })),
  );
  const columns: readonly Column<Shown>[] = [
    {
      key: "name",
      header: "Class",
      cell: (room) => (
        <Link href={hrefFor(room.id)} className="text-link">
          {room.name}
        </Link>
      ),
    },
    { key: "when", header: "When", cell: (room) => room.group },
    { key: "role", header: "Role", cell: (room) => membershipRoleLabels[room.role] },
    {
      key: "term",
      header: "Term and dates",
      cell: (room) => (
        <span className="grid">
          <span>{room.terms.join(", ") || "No term"}</span>
          <span className="text-muted">{formatSpan(room.beginDate ?? room.beginsOn, room.endDate ?? room.endsOn)}</span>
        </span>
      ),
    },
    {
      key: "sight",
      header: "Today",
      cell: (room) => <span className="first-letter:uppercase inline-block">{sightTitle(room.sight)}</span>,
    },
  ];
  return (
    <Card title="Classes" lead="Open one to see each link of the chain." flush>
      <DataTable
        caption="Classes"
        columns={columns}
        rows={rows}
        rowKey={(room) => room.id}
        pending={false}
        error={null}
        wraps
        emptyState={<p className="py-3 text-sm text-muted">In no class, now or before.</p>}
      />
    </Card>
  );
}

export interface MissingListProps {
  readonly missing: readonly MissingEnrollment[];
  readonly hasMore: boolean;
  readonly hrefFor: (ref: string) => string;
}

/** What a SIS says of their classes and Aivo does not have; nothing where there is none. */
export function MissingList({ missing, hasMore, hrefFor }: MissingListProps) {
  if (missing.length === 0) return null;
  const columns: readonly Column<MissingEnrollment>[] = [
    {
      key: "class",
      header: "Class",
      cell: ({ classRef, className }) =>
        classRef === null ? (
          <span className="text-muted">Not told</span>
        ) : (
          <Link href={hrefFor(classRef)} className="text-link">
            {className}
          </Link>
        ),
    },
    {
      key: "place",
      header: "In the SIS",
      cell: ({ integrationName, place }) => (
        <span className="grid">
          <span>{integrationName}</span>
          <span className="text-muted">{place}</span>
        </span>
      ),
    },
    { key: "cause", header: "Why it did not arrive", cell: ({ cause }) => cause },
    { key: "remedy", header: "What to do", cell: ({ remedy }) => remedy ?? "Nothing" },
  ];
  return (
    <Card title="Enrollments that did not arrive" lead={hasMore ? "The first of them." : undefined} flush>
      <DataTable
        caption="Enrollments that did not arrive"
        columns={columns}
        rows={missing}
        rowKey={(one) => `${one.integrationId} ${one.externalId}`}
        pending={false}
        error={null}
        wraps
        emptyState={null}
      />
    </Card>
  );
}
