import { Plug } from "lucide-react";
import Link from "next/link";
import { type Outcome, StartRun } from "#components/runs/run-buttons.tsx";
import { changedInWords, nameOfRun } from "#components/runs/run-words.ts";
import { LinkButton } from "#components/ui/button.tsx";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { DateTime } from "#components/ui/date-time.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { withheldTitle } from "#components/withheld/withheld-words.ts";
import type { IntegrationSummary } from "#lib/services/integrations/schema.ts";
import { HealthBadge } from "./health-badge.tsx";
import { providerWords } from "./provider-words.ts";
import { suspendedTitle } from "./suspended-people.tsx";

export interface IntegrationListProps {
  readonly integrations: readonly IntegrationSummary[];
  readonly addHref: string;
  readonly integrationHref: (id: string) => string;
  readonly runHref: (id: string, runId: string) => string;
  readonly startOf: (id: string) => (isConfirmed?: boolean) => Promise<Outcome>;
}

/** The district's integrations: is each healthy, what did it change, when does it run next. */
export function IntegrationList({ integrations, addHref, integrationHref, runHref, startOf }: IntegrationListProps) {
  const columns: readonly Column<IntegrationSummary>[] = [
    {
      key: "name",
      header: "Integration",
      width: "26%",
      cell: (one) => (
        <span className="grid">
          <Link href={integrationHref(one.id)} className="text-link">
            {one.name}
          </Link>
          <span className="text-small font-normal text-muted">{providerWords[one.provider].name}</span>
        </span>
      ),
    },
    { key: "health", header: "Health", cell: (one) => <Health one={one} /> },
    { key: "last", header: "Last sync", width: "22%", cell: (one) => <LastSync one={one} runHref={runHref} /> },
    { key: "next", header: "Next run", cell: (one) => <NextRun one={one} /> },
    {
      key: "run",
      header: "Sync",
      align: "end",
      cell: (one) => (
        <StartRun
          kind="sync"
          size="sm"
          integrationName={one.name}
          start={startOf(one.id)}
          {...(one.state === "paused" ? { unavailable: "The integration is paused" } : {})}
        />
      ),
    },
  ];
  return (
    <DataTable
      caption="SIS integrations"
      columns={columns}
      rows={integrations}
      rowKey={(one) => one.id}
      pending={false}
      error={null}
      wraps
      emptyState={
        <EmptyState
          icon={<Plug />}
          title="No SIS is connected yet"
          action={
            <LinkButton variant="primary" href={addHref}>
              Add Integration
            </LinkButton>
          }
        >
          Connect your student information system, and schools, classrooms, teachers and learners keep themselves up to date.
        </EmptyState>
      }
    />
  );
}

function Health({ one }: { readonly one: IntegrationSummary }) {
  return (
    <span className="grid gap-0.5">
      <HealthBadge health={one.health} />
      {one.withheld === null ? null : <span className="text-small text-muted">{withheldTitle(one.withheld)}</span>}
      {one.pausedBy === null ? null : <span className="text-small text-muted">Sync {one.pausedBy.undoneNumber} was taken back</span>}
      {one.suspended === null ? null : <span className="text-small text-muted">{suspendedTitle(one.suspended)}</span>}
    </span>
  );
}

function LastSync({ one, runHref }: { readonly one: IntegrationSummary; readonly runHref: IntegrationListProps["runHref"] }) {
  const run = one.lastRun;
  if (run === null) return <span className="text-muted">Never</span>;
  const what =
    run.state === "failed"
      ? "Failed, nothing changed"
      : run.state === "held"
        ? "Held for review"
        : run.state === "previewed"
          ? "Preview"
          : run.state === "cancelled"
            ? "Canceled"
            : run.state === "discarded"
              ? "Discarded"
              : run.state === "succeeded"
                ? changedInWords(run)
                : "Under way";
  return (
    <span className="grid">
      <Link href={runHref(one.id, run.id)} className="text-link">
        {nameOfRun(run)}
      </Link>
      <span className="text-small text-muted">
        {run.finishedAt === null ? "Requested" : "Ended"} <DateTime at={run.finishedAt ?? run.queuedAt} as="relative" />
      </span>
      <span className="text-small text-muted">{what}</span>
    </span>
  );
}

function NextRun({ one }: { readonly one: IntegrationSummary }) {
  if (one.nextRunAt === null) return <span className="text-muted">{one.state === "paused" ? "Paused" : "Manual only"}</span>;
  return (
    <span className="grid">
      <DateTime at={one.nextRunAt} />
      <span className="text-small text-muted">{one.scheduleInWords}</span>
      {one.blackout || one.slowed ? (
        <span className="text-small text-ask">{one.blackout ? `Blackout: ${one.blackout.note}` : "Slowed down after failures"}</span>
      ) : null}
    </span>
  );
}
