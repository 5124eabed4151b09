import type { Result } from "#components/settings/result.ts";
import { Card } from "#components/ui/card.tsx";
import { DataTable } from "#components/ui/data-table.tsx";
import { DateTime } from "#components/ui/date-time.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import type { BarredId, Hold } from "#lib/services/retention/schema.ts";
import { LetIn, Release } from "./let-go.tsx";
import { type Hrefs, PersonName } from "./person-name.tsx";

export interface HoldsProps {
  readonly holds: readonly Hold[];
  readonly hrefs: Hrefs;
  readonly release: (accountId: string) => Promise<Result>;
}

export function Holds({ holds, hrefs, release }: HoldsProps) {
  return (
    <Card title="Held from erasure" lead="Neither the job nor anybody on request erases these until they are released." flush>
      <DataTable<Hold>
        caption="Held from erasure"
        columns={[
          { key: "name", header: "Name", cell: ({ accountId, name }) => <PersonName name={name} href={hrefs[accountId]} /> },
          { key: "reason", header: "Why", cell: ({ reason }) => reason },
          { key: "since", header: "Since", cell: ({ heldAt }) => <DateTime at={heldAt} as="date" /> },
          { key: "by", header: "By", cell: ({ heldBy }) => heldBy ?? "The command line" },
          {
            key: "release",
            header: "Release",
            align: "end",
            cell: ({ accountId, name }) => <Release id={accountId} name={name} release={release} />,
          },
        ]}
        rows={holds}
        rowKey={({ accountId }) => accountId}
        pending={false}
        error={null}
        emptyState={
          <EmptyState title="Nobody is held">An account is held on the person's page, for example while a complaint is open.</EmptyState>
        }
      />
    </Card>
  );
}

export interface BarredIdsProps {
  readonly barred: readonly BarredId[];
  readonly letIn: (id: string) => Promise<Result>;
}

/** Whose they were, nothing tells: only the integration, when and why. */
export function BarredIds({ barred, letIn }: BarredIdsProps) {
  return (
    <Card
      title="Left out by syncs"
      lead="Records of people who were erased on request and whom a SIS still has. Aivo keeps a keyed hash of their id and no name."
      flush
    >
      <DataTable<BarredId>
        caption="Left out by syncs"
        columns={[
          { key: "integration", header: "Integration", cell: ({ integrationName }) => integrationName },
          { key: "reason", header: "Why", cell: ({ reason }) => reason },
          { key: "since", header: "Since", cell: ({ barredAt }) => <DateTime at={barredAt} /> },
          { key: "by", header: "By", cell: ({ barredBy }) => barredBy ?? "The command line" },
          {
            key: "letIn",
            header: "Let in",
            align: "end",
            cell: ({ id, integrationName, barredAt }) => (
              <LetIn id={id} integrationName={integrationName} barredAt={barredAt} letIn={letIn} />
            ),
          },
        ]}
        rows={barred}
        rowKey={({ id }) => id}
        pending={false}
        error={null}
        emptyState={<EmptyState title="Nothing is left out">Who is erased on request and is still in a SIS is listed here.</EmptyState>}
      />
    </Card>
  );
}
