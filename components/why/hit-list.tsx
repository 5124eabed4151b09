import Link from "next/link";
import type { ReactNode } from "react";
import { StateBadge } from "#components/ui/badge.tsx";
import { Code } from "#components/ui/code.tsx";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { type WhyHit, whereaboutsWords } from "#lib/services/why/schema.ts";
import { whereTones } from "./why-words.ts";

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
      cell: (hit) => (
        <Link href={hrefFor(hit)} className="text-link">
          {hit.name || hit.externalId || "A record without a name"}
        </Link>
      ),
    },
    { key: "role", header: "Kind", cell: (hit) => <span className="first-letter:uppercase inline-block">{hit.role ?? "Not known"}</span> },
    {
      key: "email",
      header: "Email and number",
      cell: (hit) => (
        <span className="grid">
          {hit.email === null ? null : <span className="wrap-anywhere">{hit.email}</span>}
          <span className="text-muted">{hit.number}</span>
        </span>
      ),
    },
    {
      key: "where",
      header: "Where they are",
      cell: (hit) => (
        <span className="grid justify-items-start gap-0.5">
          <StateBadge tone={whereTones[hit.where]}>{whereaboutsWords[hit.where]}</StateBadge>
          {hit.cause === null ? null : <span>{hit.cause}</span>}
        </span>
      ),
    },
    {
      key: "sis",
      header: "In the SIS alone",
      cell: (hit) =>
        hit.integrationName === null ? (
          <span className="text-muted">No: in Aivo</span>
        ) : (
          <span className="grid">
            <span>{hit.integrationName}</span>
            {hit.externalId === null ? <span className="text-muted">no id</span> : <Code>{hit.externalId}</Code>}
          </span>
        ),
    },
  ];
  return (
    <DataTable
      caption="People"
      columns={columns}
      rows={hits}
      rowKey={(hit) => hit.ref}
      pending={false}
      error={null}
      wraps
      emptyState={emptyState}
    />
  );
}
