import type { Metadata } from "next";
import { authorize } from "#app/(portal)/integrations/[id]/authorize/actions.ts";
import {
  endBlackout,
  pause,
  resume,
  saveBlackout,
  saveFullReadDays,
  saveReadingRules,
  saveSafety,
  saveSchedule,
  startRun,
  startVersionChange,
} from "#app/(portal)/integrations/actions.ts";
import { historyFilter, historyQuery } from "#app/(portal)/integrations/search-params.ts";
import { pageResult } from "#app/errors.ts";
import { OnlyFor, ReadOnlyBut } from "#app/only-for.tsx";
import { paths } from "#app/paths.ts";
import { services } from "#app/services.ts";
import { addressOfPage, adminPage, allowed } from "#app/session.ts";
import { BlackoutDates } from "#components/integrations/blackout-dates.tsx";
import { AuthorizationRow, CleverAuthorization } from "#components/integrations/clever-authorization.tsx";
import { ConnectionRow } from "#components/integrations/connection-row.tsx";
import { HealthBadge } from "#components/integrations/health-badge.tsx";
import { IntegrationVerdict } from "#components/integrations/integration-verdict.tsx";
import { methodOf, providerWords } from "#components/integrations/provider-words.ts";
import { ReadingRow } from "#components/integrations/reading-row.tsx";
import { ReadingRulesRow } from "#components/integrations/reading-rules-row.tsx";
import { ScopeRow } from "#components/integrations/scope-row.tsx";
import { SettingsRail } from "#components/integrations/settings-rail.tsx";
import { NightsBand } from "#components/nights/band.tsx";
import { momentWords } from "#components/overview/day-words.ts";
import { SentenceText } from "#components/overview/sentence.tsx";
import { RunHistory } from "#components/runs/run-history.tsx";
import { stateWords } from "#components/runs/run-words.ts";
import { StartRun } from "#components/runs/start-run.tsx";
import { Card } from "#components/ui/card.tsx";
import { FilterSelect } from "#components/ui/filter-select.tsx";
import { Icon } from "#components/ui/icon.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { Identity, PageHeader } from "#components/ui/page-header.tsx";
import { beside } from "#lib/platform/beside.ts";
import { formatNumber } from "#lib/platform/format/number.ts";
import { getIntegrationAmongAll } from "#lib/services/integrations/read.ts";
import { type IntegrationDetail, parseAuthorizationOutcome } from "#lib/services/integrations/schema.ts";
import { countPeopleChanged, readNights } from "#lib/services/overview/nights.ts";
import { type IntegrationStanding, readIntegrationStanding } from "#lib/services/overview/read.ts";
import { sentenceOf } from "#lib/services/overview/sentence.ts";
import { runOutcomes } from "#lib/services/runs/filters-schema.ts";
import { listRuns } from "#lib/services/runs/read.ts";
import { getScope } from "#lib/services/scope/read.ts";

interface Props {
  readonly params: Promise<{ readonly id: string }>;
  readonly searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export const metadata: Metadata = { title: "Integration" };

export default async function IntegrationPage({ params, searchParams }: Props) {
  const scope = await adminPage("read-syncs");
  const { id } = await params;
  const query = await searchParams;
  const can = await allowed();
  const filter = historyFilter(query);
  const opened = await services();
  const [[integration, standing], [[runs, people], state, nights]] = await pageResult(await addressOfPage(), () =>
    beside(
      async () => {
        const { integration, all } = await getIntegrationAmongAll(opened, scope, id);
        return [integration, await readIntegrationStanding(opened, scope, integration.id, all)] as const;
      },
      () =>
        Promise.all([
          listRuns(opened, scope, id, filter).then(async (runs) => [runs, await countPeopleChanged(opened, scope, runs.rows)] as const),
          getScope(opened, scope, id),
          readNights(opened, scope, id),
        ]),
    ),
  );
  const { provider, timezone, lastSuccess } = integration;
  const authorization = parseAuthorizationOutcome(query.authorization);
  const isPaused = integration.state === "paused";
  return (
    <>
      <Header integration={integration} standing={standing} mayDecide={can("decide")} />
      {provider === "clever" ? (
        <ReadOnlyBut capability="change-integrations">
          <CleverAuthorization integration={integration} outcome={authorization} authorize={authorize.bind(null, id)} />
        </ReadOnlyBut>
      ) : null}
      <IntegrationVerdict
        integration={integration}
        runHref={(runId) => paths.run(id, runId)}
        causeHref={(runId) => paths.runIssues(id, runId, { code: "withdrawals-suspended" })}
        withheldHref={paths.withheld(id)}
        personHref={(role, person) => paths.rosterRecord(role === "teacher" ? "teachers" : "learners", person)}
        editHref={can("change-integrations") ? paths.editIntegration(id) : null}
        changeVersion={can("change-integrations") ? startVersionChange.bind(null, id) : null}
        mayDecide={can("decide")}
      />
      <div className="grid gap-x-12 gap-y-between lg:grid-cols-[minmax(0,1fr)_17rem] lg:grid-rows-[auto_1fr]">
        {nights.length === 0 ? null : (
          <div className="min-w-0">
            <NightsBand
              id="nights"
              today={standing.today}
              nights={nights.map((night) => ({ ...night, href: paths.run(night.integrationId, night.runId) }))}
            />
          </div>
        )}
        <div className="min-w-0 lg:col-start-2 lg:row-span-2 lg:row-start-1">
          <ReadOnlyBut capability="change-integrations">
            <SettingsRail
              integration={integration}
              pauseOrResume={(isPaused ? resume : pause).bind(null, id)}
              saveSchedule={saveSchedule.bind(null, id)}
              saveSafety={saveSafety.bind(null, id)}
              others={standing.others}
              orderHref={paths.integrationOrder()}
              disconnectHref={paths.disconnect(id)}
              blackouts={
                <BlackoutDates
                  blackouts={integration.blackouts}
                  today={integration.blackout}
                  timezone={timezone}
                  add={saveBlackout.bind(null, id)}
                  remove={endBlackout}
                />
              }
              scope={
                <>
                  <ScopeRow state={state} href={paths.integrationScope(id)} />
                  {integration.reading ? <ReadingRow reading={integration.reading} save={saveFullReadDays.bind(null, id)} /> : null}
                  {integration.readingRules ? (
                    <ReadingRulesRow rules={integration.readingRules} save={saveReadingRules.bind(null, id)} />
                  ) : null}
                </>
              }
              connection={
                <>
                  <ConnectionRow connection={integration} editHref={paths.editIntegration(id)} />
                  {provider === "clever" ? (
                    <AuthorizationRow integration={integration} outcome={authorization} authorize={authorize.bind(null, id)} />
                  ) : null}
                </>
              }
            />
          </ReadOnlyBut>
        </div>
        <div className="min-w-0 lg:col-start-1">
          <Card
            title="Syncs"
            aside={runs.total === 0 ? null : `All ${formatNumber(runs.total)}`}
            flush
            actions={
              lastSuccess === null && runs.total === 0 && filter.outcome === undefined ? null : (
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
                  <LinkButton
                    size="sm"
                    external
                    href={paths.api.historyExport(id, historyQuery({ ...filter, page: 1 }))}
                    icon={<Icon name="download" />}
                  >
                    Download CSV
                  </LinkButton>
                </>
              )
            }
          >
            <RunHistory
              runs={runs}
              changedPeople={people}
              isFiltered={filter.outcome !== undefined}
              runHref={(runId) => paths.run(id, runId)}
              pageHref={(page) => paths.integration(id, historyQuery({ ...filter, page }))}
            />
          </Card>
        </div>
      </div>
    </>
  );
}

interface HeaderProps {
  readonly integration: IntegrationDetail;
  readonly standing: IntegrationStanding;
  readonly mayDecide: boolean;
}

/** Whose page it is, its sentence, and the two ways to start a run. */
function Header({ integration, standing, mayDecide }: HeaderProps) {
  const { id, name, provider, health, timezone, nextRunAt, lastSuccess, suspended } = integration;
  const isPaused = integration.state === "paused";
  const unavailable = isPaused ? { unavailable: "The integration is paused. Resume it to run a sync." } : {};
  const sentence = sentenceOf({ ...standing, timezone, isOfOne: true, mayDecide });
  const issues = lastSuccess === null ? paths.integration(id) : paths.runIssues(id, lastSuccess.id);
  const still = suspended?.runId ? paths.runIssues(id, suspended.runId, { code: "withdrawals-suspended" }) : issues;
  return (
    <PageHeader
      breadcrumbs={[{ label: "SIS Integration", href: paths.integrations() }]}
      identity={
        <Identity name={name}>
          <span>
            {providerWords[provider].name}, {methodOf(integration)}
          </span>
          {health === "healthy" || health === "attention" ? null : <HealthBadge health={health} />}
        </Identity>
      }
      title={
        <SentenceText
          sentence={sentence}
          links={{
            still,
            help: issues,
            run: (integrationId, runId) => paths.run(integrationId, runId),
            withheld: (integrationId) => paths.withheld(integrationId),
            integration: () => "#settings",
          }}
        />
      }
      lead={nextRunAt === null ? "No sync is scheduled." : `The next sync is ${momentWords(nextRunAt, standing.today, timezone)}.`}
      actions={
        <OnlyFor capability="run-syncs">
          <StartRun kind="preview" integrationName={name} start={startRun.bind(null, id, "preview")} {...unavailable} />
          <StartRun kind="sync" variant="primary" integrationName={name} start={startRun.bind(null, id, "sync")} {...unavailable} />
        </OnlyFor>
      }
    />
  );
}
