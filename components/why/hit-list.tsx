import type { ReactNode } from "react";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { RowLink } from "#components/ui/row-link.tsx";
import { Two } from "#components/ui/two.tsx";
import type { WhyHit } from "#lib/services/why/schema.ts";
import { Where } from "./where.tsx";

export interface HitListProps {
  readonly hits: readonly WhyHit[];
  readonly hrefFor: (hit: WhyHit) => string;
  readonly emptyState: ReactNode;
}

/** Who is found: people of Aivo, and those of whom a SIS alone knows. */
export function HitList({ hits, hrefFor, emptyState }: HitListProps) {
  const columns: readonly Column<WhyHit>[] = [
    {
      key: "name",
      header: "Name",
      width: "42%",
      cell: (hit) => (
        <Two under={[hit.email, hit.number].filter(Boolean).join(" · ")}>
          <RowLink href={hrefFor(hit)}>{hit.name || hit.externalId || "A record without a name"}</RowLink>
        </Two>
      ),
    },
    {
      key: "role",
      header: "Kind",
      width: "12%",
      cell: (hit) => <span className="first-letter:uppercase inline-block">{hit.role ?? "Not known"}</span>,
    },
    {
      key: "where",
      header: "Where they are",
      cell: (hit) => (
        <Two under={hit.cause}>
          <Where where={hit.where} />
        </Two>
      ),
    },
    ...(hits.some((hit) => hit.integrationName !== null) ? [whoseColumn] : []),
  ];
  return (
    <DataTable
      caption="People"
      columns={columns}
      rows={hits}
      rowKey={(hit) => hit.ref}
      pending={false}
      error={null}
      emptyState={emptyState}
    />
  );
}

/** Of those whom Aivo does not have. */
const whoseColumn: Column<WhyHit> = {
  key: "sis",
  header: "Known to",
  width: "20%",
  cell: (hit) => (hit.integrationName === null ? "Aivo" : <Two under={hit.externalId ?? "no id"}>{hit.integrationName}</Two>),
};
