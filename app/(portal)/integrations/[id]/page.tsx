import { Download } from "lucide-react";
import type { Metadata } from "next";
import { authorize } from "#app/(portal)/integrations/[id]/authorize/actions.ts";
import {
  endBlackout,
  pause,
  resume,
  saveBlackout,
  saveFullReadDays,
  saveSafety,
  saveSchedule,
  startRun,
} from "#app/(portal)/integrations/actions.ts";
import { historyFilter, historyQuery } from "#app/(portal)/integrations/search-params.ts";
import { pageResult } from "#app/errors.ts";
import { paths } from "#app/paths.ts";
import { services } from "#app/services.ts";
import { addressOfPage, adminPage } from "#app/session.ts";
import { BlackoutCard } from "#components/integrations/blackout-card.tsx";
import { AuthorizationCard, CleverAuthorization } from "#components/integrations/clever-authorization.tsx";
import { ConnectionCard } from "#components/integrations/connection-card.tsx";
import { HealthBadge } from "#components/integrations/health-badge.tsx";
import { AtAGlance, IntegrationVerdict } from "#components/integrations/integration-verdict.tsx";
import { providerWords } from "#components/integrations/provider-words.ts";
import { ReadingCard } from "#components/integrations/reading-card.tsx";
import { ChangeSafety } from "#components/integrations/safety-dialog.tsx";
import { ScopeCard } from "#components/integrations/scope-card.tsx";
import { ChangeSchedule, PauseOrResume } from "#components/integrations/settings-dialogs.tsx";
import { StartRun } from "#components/runs/run-buttons.tsx";
import { RunChart, RunHistory } from "#components/runs/run-history.tsx";
import { stateWords } from "#components/runs/run-words.ts";
import { LinkButton } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { DateTime } from "#components/ui/date-time.tsx";
import { FilterSelect } from "#components/ui/filter-select.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { formatDateTime, formatDay } from "#lib/platform/format/date-time.ts";
import { formatCount } from "#lib/platform/format/number.ts";
import { getIntegration } from "#lib/services/integrations/read.ts";
import { type IntegrationDetail, parseAuthorizationOutcome } from "#lib/services/integrations/schema.ts";
import { listRuns } from "#lib/services/runs/read.ts";
import { runOutcomes } from "#lib/services/runs/schema.ts";
import { getScope } from "#lib/services/scope/read.ts";

interface Props {
  readonly params: Promise<{ readonly id: string }>;
  readonly searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export const metadata: Metadata = { title: "Integration" };

export default async function IntegrationPage({ params, searchParams }: Props) {
  const scope = await adminPage();
  const { id } = await params;
  const query = await searchParams;
  const filter = historyFilter(query);
  const { integration, runs, recent, state } = await pageResult(await addressOfPage(), async () => ({
    integration: await getIntegration(await services(), scope, id),
    runs: await listRuns(await services(), scope, id, filter),
    recent: await listRuns(await services(), scope, id, { page: 1 }),
    state: await getScope(await services(), scope, id),
  }));
  const { name, provider, health, timezone } = integration;
  const authorization = parseAuthorizationOutcome(query.authorization);
  const isPaused = integration.state === "paused";
  const unavailable = isPaused ? { unavailable: "The integration is paused. Resume it to run a sync." } : {};
  return (
    <>
      <PageHeader
        title={name}
        state={<HealthBadge health={health} />}
        lead={`${providerWords[provider].name}, ${providerWords[provider].method}`}
        breadcrumbs={[{ label: "SIS Integration", href: paths.integrations() }]}
        actions={
          <>
            <StartRun kind="preview" integrationName={name} start={startRun.bind(null, id, "preview")} {...unavailable} />
            <StartRun kind="sync" variant="primary" integrationName={name} start={startRun.bind(null, id, "sync")} {...unavailable} />
          </>
        }
      />
      {provider === "clever" ? (
        <CleverAuthorization integration={integration} outcome={authorization} authorize={authorize.bind(null, id)} />
      ) : null}
      <IntegrationVerdict
        integration={integration}
        runHref={(runId) => paths.run(id, runId)}
        issuesHref={(runId) => paths.runIssues(id, runId)}
        causeHref={(runId) => paths.runIssues(id, runId, { code: "withdrawals-suspended" })}
        withheldHref={paths.withheld(id)}
        personHref={(role, person) => paths.rosterRecord(role === "teacher" ? "teachers" : "learners", person)}
        editHref={paths.editIntegration(id)}
      />
      <Card title="At a glance">
        <AtAGlance integration={integration} runHref={(runId) => paths.run(id, runId)} issuesHref={(runId) => paths.runIssues(id, runId)} />
      </Card>
      <Card
        title="History"
        flush
        actions={
          recent.total === 0 ? null : (
            <>
              <FilterSelect
                name="outcome"
                label="Outcome"
                allLabel="All outcomes"
                options={runOutcomes.map((outcome) => ({
                  value: outcome,
                  label: outcome === "active" ? "Under way" : stateWords[outcome].label,
                }))}
              />
              <LinkButton external href={paths.api.historyExport(id, historyQuery({ ...filter, page: 1 }))} icon={<Download aria-hidden />}>
                Download CSV
              </LinkButton>
            </>
          )
        }
      >
        <RunChart runs={recent.rows} formatWhen={(iso) => formatDateTime(new Date(iso), timezone)} />
        <RunHistory
          runs={runs}
          isFiltered={filter.outcome !== undefined}
          runHref={(runId) => paths.run(id, runId)}
          pageHref={(page) => paths.integration(id, historyQuery({ ...filter, page }))}
        />
      </Card>
      <div className="grid items-start gap-6 lg:grid-cols-2">
        <div className="grid min-w-0 gap-6">
          <ScheduleCard integration={integration} />
          <BlackoutCard
            blackouts={integration.blackouts}
            today={integration.blackout}
            timezone={timezone}
            add={saveBlackout.bind(null, id)}
            remove={endBlackout}
          />
          {integration.reading ? <ReadingCard reading={integration.reading} save={saveFullReadDays.bind(null, id)} /> : null}
          <ScopeCard state={state} href={paths.integrationScope(id)} />
          <SafetyCard integration={integration} />
        </div>
        <div className="grid min-w-0 gap-6">
          <ConnectionCard connection={integration} editHref={paths.editIntegration(id)} />
          {provider === "clever" ? (
            <AuthorizationCard integration={integration} outcome={authorization} authorize={authorize.bind(null, id)} />
          ) : null}
          <Card
            title="Disconnect"
            actions={
              <LinkButton size="sm" href={paths.disconnect(id)}>
                Disconnect
              </LinkButton>
            }
          >
            <p className="text-sm text-muted">
              The schedule ends and the credentials are erased. You choose what becomes of its people, with the numbers before you.
            </p>
          </Card>
        </div>
      </div>
    </>
  );
}

function ScheduleCard({ integration }: { readonly integration: IntegrationDetail }) {
  const { id, schedule, scheduleInWords, nextRuns, state, slowed, blackout } = integration;
  const isPaused = state === "paused";
  return (
    <Card
      title="Schedule"
      actions={
        <>
          <PauseOrResume isPaused={isPaused} change={(isPaused ? resume : pause).bind(null, id)} />
          <ChangeSchedule schedule={schedule} save={saveSchedule.bind(null, id)} />
        </>
      }
    >
      <p className="text-sm font-medium">{scheduleInWords}</p>
      {isPaused ? <p className="mt-1 text-sm text-ask">Paused: nothing runs until somebody resumes it.</p> : null}
      {slowed && !isPaused ? (
        <p className="mt-1 text-sm text-ask">
          Slowed down: {formatCount(slowed.failuresInRow, "scheduled sync", "scheduled syncs")} in a row failed. A sync that gets through
          brings it back to its own times.
        </p>
      ) : null}
      {blackout && schedule !== null && !isPaused ? (
        <p className="mt-1 text-sm text-ask">
          Blackout until {formatDay(blackout.lastDay)}: {blackout.note}
        </p>
      ) : null}
      {nextRuns.length > 0 ? (
        <>
          <p className="eyebrow mt-3">{isPaused ? "Would run next" : "Next runs"}</p>
          <ol className="mt-0.5 grid gap-0.5 text-sm">
            {nextRuns.map((at) => (
              <li key={at}>
                <DateTime at={at} />
              </li>
            ))}
          </ol>
        </>
      ) : null}
    </Card>
  );
}

function SafetyCard({ integration: { id, safety } }: { readonly integration: IntegrationDetail }) {
  return (
    <Card title="Safety limits" actions={<ChangeSafety safety={safety} save={saveSafety.bind(null, id)} />}>
      <p className="text-sm">
        {safety.withholdDoubtful
          ? "What is in doubt waits for your decision, and everything else is applied, when a sync would"
          : "A sync waits for your review when it would"}{" "}
        deactivate more than <strong>{safety.maxDeactivatedPercent}%</strong> of any kind of record, unless that is{" "}
        <strong>{formatCount(safety.minDeactivated, "record")} or fewer</strong>; when a school, a class or a week would lose too many; when
        a value changes for more than <strong>{safety.maxChangedPercent}%</strong> at once; when a list is cut short; and
        {safety.withholdDoubtful ? ", as a whole," : ""} when a new school year{" "}
        {safety.askAtRollover ? "begins" : "begins before the old one is over"}.
      </p>
      {safety.additionsOnly ? (
        <p className="mt-2 text-sm">Additions only: whoever and whatever leaves the SIS stays in Aivo until you approve that it goes.</p>
      ) : null}
      <p className="mt-2 text-sm text-muted">
        A read that comes back empty, cut short or incomplete never deactivates anybody, whatever the limits.
      </p>
    </Card>
  );
}
