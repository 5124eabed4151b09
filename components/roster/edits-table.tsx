import type { ReactNode } from "react";
import type { Result } from "#components/settings/result.ts";
import { Badge } from "#components/ui/badge.tsx";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { DateTime } from "#components/ui/date-time.tsx";
import { Pagination } from "#components/ui/pagination.tsx";
import { RowLink } from "#components/ui/row-link.tsx";
import { Two } from "#components/ui/two.tsx";
import type { EditRow } from "#lib/services/edits/schema.ts";
import type { Page } from "#lib/services/people/schema.ts";
import { ReleaseButton } from "./edited-value.tsx";
import type { RosterLinks } from "./links.ts";
import { Nothing } from "./status.tsx";

export interface EditsTableProps {
  readonly edits: Page<EditRow>;
  readonly links: RosterLinks;
  readonly pageHref: (page: number) => string;
  readonly releaseOf: (edit: EditRow) => () => Promise<Result>;
  readonly emptyState: ReactNode;
}

/** Everything that is kept against a SIS, with the way back of each. */
export function EditsTable({ edits, links, pageHref, releaseOf, emptyState }: EditsTableProps) {
  const columns: Column<EditRow>[] = [
    {
      key: "name",
      header: "Of",
      width: "17%",
      cell: (edit) => (
        <Two under={kindWords[edit.kind]}>
          <Name edit={edit} links={links} />
        </Two>
      ),
    },
    { key: "field", header: "Field", width: "11%", cell: (edit) => edit.label },
    { key: "value", header: "In Aivo", cell: (edit) => edit.value ?? <Nothing /> },
    {
      key: "sis",
      header: "The SIS says",
      cell: (edit) => (edit.isSame ? <Badge tone="good">The same</Badge> : (edit.sisValue ?? <Nothing />)),
    },
    {
      key: "integration",
      header: "Integration",
      width: "14%",
      hideOnPhone: true,
      cell: ({ integrationId, integrationName }) => {
        const href = integrationId === null ? null : links.integration(integrationId);
        return href === null ? (integrationName ?? <Nothing />) : <RowLink href={href}>{integrationName}</RowLink>;
      },
    },
    {
      key: "by",
      header: "Edited",
      width: "13%",
      cell: (edit) => (
        <Two under={edit.editedBy ?? "An admin or the command line"}>
          {edit.editedAt === null ? null : <DateTime at={edit.editedAt} as="date" />}
        </Two>
      ),
    },
    {
      key: "release",
      header: "Give back",
      width: "12%",
      cell: (edit) => <ReleaseButton label={`${edit.label} of ${edit.name}`} release={releaseOf(edit)} />,
    },
  ];
  return (
    <>
      <DataTable
        caption="Edits"
        columns={columns}
        rows={edits.rows}
        rowKey={(edit) => `${edit.recordId} ${edit.field}`}
        pending={false}
        error={null}
        emptyState={emptyState}
      />
      <Pagination page={edits.page} pageSize={edits.pageSize} total={edits.total} noun={["edit", "edits"]} hrefFor={pageHref} />
    </>
  );
}

const kindWords: Record<EditRow["kind"], string> = { teacher: "Teacher", learner: "Learner", classroom: "Classroom", admin: "Admin" };

function Name({ edit, links }: { readonly edit: EditRow; readonly links: RosterLinks }) {
  if (edit.kind === "admin") return <>{edit.name}</>;
  return <RowLink href={links[edit.kind](edit.recordId)}>{edit.name}</RowLink>;
}
