import Link from "next/link";
import { nameOfRun } from "#components/runs/run-words.ts";
import { type Outcome, StartRun } from "#components/runs/start-run.tsx";
import { StateBadge } from "#components/ui/badge.tsx";
import { DateTime } from "#components/ui/date-time.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import type { IntegrationSummary, RunSummary } from "#lib/services/integrations/schema.ts";
import { ProviderMark } from "./provider-mark.tsx";
import { providerWords } from "./provider-words.ts";
import { standingInWords } from "./standing-words.ts";

export interface IntegrationListProps {
  readonly integrations: readonly IntegrationSummary[];
  readonly integrationHref: (id: string) => string;
  readonly runHref: (id: string, runId: string) => string;
  readonly startOf: (id: string) => (isConfirmed?: boolean) => Promise<Outcome>;
}

/** The district's integrations, one line each: what holds, when it last synced, when it does next. One never used says only that. */
export function IntegrationList({ integrations, integrationHref, runHref, startOf }: IntegrationListProps) {
  if (integrations.length === 0)
    return (
      <EmptyState title="No SIS is connected yet">
        Connect your student information system, and schools, classrooms, teachers and learners keep themselves up to date.
      </EmptyState>
    );
  return (
    <ul aria-label="SIS integrations" className="divide-y divide-line border-y border-line text-sm">
      {integrations.map((one) => (
        <li
          key={one.id}
          className="grid min-h-12 grid-cols-[minmax(0,1fr)_auto] items-center gap-x-4 gap-y-1 py-2 max-lg:py-3 lg:grid-cols-[minmax(0,1fr)_13rem_12.5rem_11.5rem_8.5rem]"
        >
          <Name one={one} href={integrationHref(one.id)} />
          <span className="max-lg:col-span-2 max-lg:row-start-2">
            <Standing one={one} />
          </span>
          {one.lastRun === null ? null : (
            <span className="max-lg:col-span-2 max-lg:row-start-3">
              <LastSync run={one.lastRun} href={runHref(one.id, one.lastRun.id)} />
            </span>
          )}
          {one.nextRunAt === null ? null : (
            <span className="max-lg:col-span-2 max-lg:row-start-4 lg:col-start-4">
              <NextSync one={one} at={one.nextRunAt} />
            </span>
          )}
          {one.lastRun === null ? null : (
            <span className="max-lg:col-start-2 max-lg:row-start-1 lg:col-start-5 lg:justify-self-end">
              <StartRun
                kind="sync"
                size="sm"
                integrationName={one.name}
                start={startOf(one.id)}
                {...(one.state === "paused" ? { unavailable: "The integration is paused" } : {})}
              />
            </span>
          )}
        </li>
      ))}
    </ul>
  );
}

function Name({ one, href }: { readonly one: IntegrationSummary; readonly href: string }) {
  return (
    <span className="flex min-w-0 items-center gap-2.5">
      <ProviderMark provider={one.provider} className="size-5 text-muted" />
      <span className="grid min-w-0">
        <Link href={href} className="name-link truncate" title={one.name}>
          {one.name}
        </Link>
        <span className="text-fine text-muted">{providerWords[one.provider].name}</span>
      </span>
    </span>
  );
}

/** What is normal is said without a mark. */
function Standing({ one }: { readonly one: IntegrationSummary }) {
  const { tone, text } = standingInWords(one);
  if (tone === "neutral") return <span className="text-small text-muted">{text}</span>;
  return (
    <StateBadge tone={tone} busy={one.health === "syncing"}>
      {text}
    </StateBadge>
  );
}

function LastSync({ run, href }: { readonly run: RunSummary; readonly href: string }) {
  return (
    <span className="text-muted">
      <Link href={href} className="name-link text-ink">
        {nameOfRun(run)}
      </Link>
      {", "}
      <DateTime at={run.finishedAt ?? run.queuedAt} as="sentence" />
    </span>
  );
}

function NextSync({ one, at }: { readonly one: IntegrationSummary; readonly at: string }) {
  const doubt = one.blackout ? `Blackout: ${one.blackout.note}` : one.slowed ? "Slowed down after failures" : null;
  return (
    <span className="text-muted">
      Next <DateTime at={at} as="sentence" />
      {doubt === null ? null : <span className="block text-fine text-ask">{doubt}</span>}
    </span>
  );
}
