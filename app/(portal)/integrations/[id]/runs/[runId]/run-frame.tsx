import type { ReactNode } from "react";
import { paths } from "#app/paths.ts";
import { CancelRun } from "#components/runs/cancel-run.tsx";
import { RunStateBadge } from "#components/runs/run-state-badge.tsx";
import { isActive, leftAloneOf, nameOfRun, tabOfRun } from "#components/runs/run-words.ts";
import { LinkTabs } from "#components/ui/link-tabs.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { formatNumber } from "#lib/platform/format/number.ts";
import type { RunDetail } from "#lib/services/runs/schema.ts";
import { cancel } from "./actions.ts";
import { runCrumbs } from "./run-crumbs.ts";

export interface RunFrameProps {
  readonly run: RunDetail;
  readonly tab: "run" | "changes" | "issues";
  readonly lead?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** Heading and tabs of a run's pages. */
export function RunFrame({ run, tab, lead, actions, children }: RunFrameProps) {
  const { id, integrationId } = run;
  return (
    <>
      <PageHeader
        title={nameOfRun(run)}
        state={run.state === "succeeded" ? null : <RunStateBadge state={run.state} kind={run.kind} />}
        lead={lead}
        breadcrumbs={runCrumbs(run)}
        actions={
          isActive(run.state) && run.state !== "applying" && !run.cancelRequested ? <CancelRun cancel={cancel.bind(null, id)} /> : actions
        }
      />
      <LinkTabs
        label="Parts of this sync"
        tabs={[
          { label: tabOfRun[run.kind], href: paths.run(integrationId, id), current: tab === "run" },
          {
            label: "Changes",
            href: paths.runChanges(integrationId, id),
            current: tab === "changes",
            count: formatNumber(run.changeCount + leftAloneOf(run)),
          },
          { label: "Issues", href: paths.runIssues(integrationId, id), current: tab === "issues", count: formatNumber(run.issueCount) },
        ]}
      />
      {children}
    </>
  );
}
