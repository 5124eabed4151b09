import type { Metadata } from "next";
import Link from "next/link";
import { startRun } from "#app/(portal)/integrations/actions.ts";
import { crowdQuery } from "#app/(portal)/integrations/search-params.ts";
import { acknowledgeCause, releaseCause } from "#app/(portal)/overview/actions.ts";
import { ReadOnlyBut } from "#app/only-for.tsx";
import { paths } from "#app/paths.ts";
import { services } from "#app/services.ts";
import { adminPage, allowed } from "#app/session.ts";
import { FirstSteps, type FirstStepsProps } from "#components/integrations/first-steps.tsx";
import { NightsBand } from "#components/nights/band.tsx";
import { formatNight } from "#components/nights/night-words.ts";
import { WhatHappensNext } from "#components/overview/ahead.tsx";
import { momentWords } from "#components/overview/day-words.ts";
import type { OverviewLinks } from "#components/overview/links.ts";
import { RunNow } from "#components/overview/run-now.tsx";
import { SentenceText } from "#components/overview/sentence.tsx";
import { WhoChanged } from "#components/overview/who-changed.tsx";
import { WhoNeedsHelp } from "#components/overview/who-needs-help.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { readOverview } from "#lib/services/overview/read.ts";
import type { Overview } from "#lib/services/overview/schema.ts";
import { sentenceOf } from "#lib/services/overview/sentence.ts";
import { show } from "#lib/services/views/record.ts";

export const metadata: Metadata = { title: "Today" };

const links: OverviewLinks = {
  integrations: paths.integrations(),
  conflicts: paths.conflicts(),
  integration: (id) => paths.integration(id),
  run: (integrationId, runId) => paths.run(integrationId, runId),
  issues: (integrationId, runId, code) => paths.runIssues(integrationId, runId, { code }),
  withheld: (integrationId) => paths.withheld(integrationId),
  crowd: (integrationId, crowd, school) => paths.runChanges(integrationId, crowd.runId, crowdQuery(crowd, school)),
  person: (role, id) => paths.rosterRecord(role === "teacher" ? "teachers" : "learners", id),
  turned: (day) => paths.roster("classrooms", { turned: day }),
};

const stepLinks: FirstStepsProps["links"] = {
  add: paths.newIntegration(),
  integration: (id) => paths.integration(id),
  edit: paths.editIntegration,
  notifications: paths.notifications(),
};

export default async function TodayPage() {
  const scope = await adminPage("read-syncs", "read-roster");
  const can = await allowed();
  const opened = await services();
  const overview = await show(opened, scope, { door: "/overview" }, await readOverview(opened, scope));
  if (overview.integrations.length === 0) {
    return (
      <>
        <PageHeader
          size="display"
          title="Bring your roster in"
          lead="Connect your Student Information System once. From then on Aivo keeps schools, classrooms, teachers and learners the way your SIS says they are."
        />
        {overview.firstSteps === null ? null : <FirstSteps state={overview.firstSteps} links={stepLinks} />}
      </>
    );
  }
  const sentence = sentenceOf({ ...overview, openCauses: overview.causes.length, mayDecide: can("decide") });
  return (
    <>
      <PageHeader
        size="display"
        title={<SentenceText sentence={sentence} links={{ ...links, still: stillHref(overview), help: "#help" }} />}
        lead={<When overview={overview} />}
        actions={
          can("run-syncs") ? (
            <RunNow integrations={runnable(overview).map(({ id, name }) => ({ id, name, start: startRun.bind(null, id, "sync") }))} />
          ) : null
        }
      />
      {overview.firstSteps === null || overview.firstSteps.isSynced || !can("change-integrations") ? null : (
        <FirstSteps state={overview.firstSteps} links={stepLinks} isQuiet />
      )}
      <NightsBand
        id="nights"
        today={overview.today}
        nights={overview.nights.map((night) => ({ ...night, href: links.run(night.integrationId, night.runId) }))}
      />
      <div className="grid gap-x-14 gap-y-between lg:grid-cols-[minmax(0,1fr)_21.5rem]">
        <div className="grid min-w-0 content-start gap-between max-lg:contents">
          <ReadOnlyBut capability="decide">
            <WhoNeedsHelp overview={overview} links={links} actions={{ acknowledge: acknowledgeCause, release: releaseCause }} />
          </ReadOnlyBut>
          <div className="grid gap-between max-lg:order-3">
            <WhatHappensNext overview={overview} links={links} />
            {overview.firstSteps?.isSynced && can("change-integrations") ? (
              <FirstSteps state={overview.firstSteps} links={stepLinks} isQuiet />
            ) : null}
          </div>
        </div>
        <div className="min-w-0 max-lg:order-2">
          <WhoChanged changes={overview.changes} today={overview.today} timezone={overview.timezone} links={links} />
        </div>
      </div>
    </>
  );
}

/** Where those who left and can still sign in are listed, where one place has them all. */
function stillHref({ causes }: Overview): string {
  const [only, ...others] = causes.filter(({ still }) => still > 0);
  return only === undefined || others.length > 0 ? "#help" : links.issues(only.integrationId, only.runId, "withdrawals-suspended");
}

/** Those that sync; while none ever has, those that could. */
function runnable({ integrations }: Overview) {
  const active = integrations.filter(({ state }) => state === "active");
  const syncing = active.filter(({ schedule, lastSuccess }) => schedule !== null || lastSuccess !== null);
  return syncing.length > 0 ? syncing : active;
}

/** "Wed, Nov 18 · Cedar Falls SIS, Sync 34 · the next sync is tomorrow at 2:00 AM" */
function When({ overview: { integrations, used, today, timezone } }: { readonly overview: Overview }) {
  const heard = integrations.filter(({ id }) => used.some((one) => one.id === id));
  const [only] = heard;
  const running = integrations.find(({ health }) => health === "syncing");
  const blackout = heard.length === 1 ? only?.blackout : null;
  const next = integrations.flatMap(({ nextRunAt }) => nextRunAt ?? []).sort()[0];
  return (
    <>
      {formatNight(today)}
      {heard.length === 1 && only !== undefined ? (
        <>
          {" · "}
          <Link href={links.integration(only.id)} className="hover:underline">
            {only.name}
          </Link>
          {only.lastSuccess === null ? null : (
            <>
              ,{" "}
              <Link href={links.run(only.id, only.lastSuccess.id)} className="text-link">
                Sync {only.lastSuccess.number}
              </Link>
            </>
          )}
        </>
      ) : heard.length > 1 ? (
        <>
          {" · "}
          <Link href={links.integrations} className="text-link">
            {heard.length} integrations
          </Link>
        </>
      ) : null}
      {running?.lastRun ? (
        <>
          {" · "}
          <Link href={links.run(running.id, running.lastRun.id)} className="text-link">
            {running.lastRun.state === "queued" ? "a sync waits to begin" : "a sync is running"}
          </Link>
        </>
      ) : null}
      {blackout ? ` · no sync by the schedule today: ${blackout.note.replace(/[.!]$/, "")}` : ""}
      {next === undefined ? " · no sync is scheduled" : ` · the next sync is ${momentWords(next, today, timezone)}`}
    </>
  );
}
