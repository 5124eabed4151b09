import type { Metadata } from "next";
import { paths } from "#app/paths.ts";
import { services } from "#app/services.ts";
import { adminPage } from "#app/session.ts";
import { ConflictsNote } from "#components/overview/conflicts-note.tsx";
import { Counts } from "#components/overview/counts.tsx";
import { HealthBanner } from "#components/overview/health-banner.tsx";
import { LeftOutCard } from "#components/overview/left-out.tsx";
import type { OverviewLinks } from "#components/overview/links.ts";
import { RecentRuns } from "#components/overview/recent-runs.tsx";
import { TurnedDays } from "#components/overview/turned-days.tsx";
import { Welcome } from "#components/overview/welcome.tsx";
import { WhatChanged } from "#components/overview/what-changed.tsx";
import { WhatNext } from "#components/overview/what-next.tsx";
import { LinkButton } from "#components/ui/button.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { readOverview } from "#lib/services/overview/read.ts";

export const metadata: Metadata = { title: "Overview" };

const links: OverviewLinks = {
  integrations: paths.integrations(),
  conflicts: paths.conflicts(),
  newIntegration: paths.newIntegration(),
  roster: {
    schools: paths.roster("schools"),
    classrooms: paths.roster("classrooms"),
    teachers: paths.roster("teachers"),
    learners: paths.roster("learners"),
  },
  integration: (id) => paths.integration(id),
  run: (integrationId, runId) => paths.run(integrationId, runId),
  withheld: (integrationId) => paths.withheld(integrationId),
  issues: (integrationId, runId, code) => paths.runIssues(integrationId, runId, { code }),
  person: (role, id) => paths.rosterRecord(role === "teacher" ? "teachers" : "learners", id),
  turned: (day) => paths.roster("classrooms", { turned: day }),
  changes: (integrationId, runId) => paths.runChanges(integrationId, runId),
};

export default async function OverviewPage() {
  const scope = await adminPage();
  const overview = await readOverview(await services(), scope);
  const isNew = overview.integrations.length === 0;
  return (
    <>
      <PageHeader title="Overview" actions={isNew ? null : <LinkButton href={links.integrations}>Go to SIS Integration</LinkButton>} />
      {isNew ? <Welcome href={links.newIntegration} /> : <HealthBanner integrations={overview.integrations} links={links} />}
      <ConflictsNote conflicts={overview.conflicts} href={links.conflicts} />
      <Counts counts={overview.counts} links={links} />
      <TurnedDays days={overview.days} links={links} />
      {isNew ? null : (
        <>
          <div className="grid items-start gap-6 lg:grid-cols-2 xl:grid-cols-3">
            <WhatChanged integrations={overview.integrations} links={links} />
            <LeftOutCard
              leftOut={overview.leftOut}
              integrations={overview.integrations}
              hasSynced={overview.integrations.some((one) => one.lastSuccess !== null)}
              links={links}
            />
            <WhatNext integrations={overview.integrations} links={links} />
          </div>
          <RecentRuns runs={overview.recentRuns} links={links} />
        </>
      )}
    </>
  );
}
