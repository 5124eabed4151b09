import { recordHref } from "#app/(portal)/integrations/record-href.ts";
import { paths } from "#app/paths.ts";
import { runSentence } from "#components/runs/outcome/run-sentence.ts";
import { RunTitle } from "#components/runs/outcome/run-title.tsx";
import { RunFindings } from "#components/runs/run-findings.tsx";
import { RunRecord } from "#components/runs/run-record.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import type { RunCauses } from "#lib/services/runs/causes-schema.ts";
import type { PeopleChanged } from "#lib/services/runs/people-changed-schema.ts";
import type { ChangeRow, PastRun, RunDetail } from "#lib/services/runs/schema.ts";
import { EndedActions } from "./ended-actions.tsx";
import { NotThrough } from "./not-through.tsx";
import { runCrumbs } from "./run-crumbs.ts";
import { RunLead } from "./run-lead.tsx";
import { RunVerdict } from "./run-verdict.tsx";

import { VersionChangeCard } from "./version-change-card.tsx";
import { WhatChanged } from "./what-changed.tsx";

export interface Ended {
  /** The sync before; null: there is none. */
  readonly past: PastRun | null;
  readonly people: PeopleChanged;
  readonly others: readonly ChangeRow[];
  readonly causes: RunCauses;
}

/** A run that is over: what changed for whom, what did not come through, and beside it how it went. */
export function EndedRun({ run, past, people, others, causes }: Ended & { readonly run: RunDetail }) {
  const changes = paths.runChanges(run.integrationId, run.id);
  const sentence = runSentence({ run, peopleChanged: people.total, causes });
  return (
    <>
      <PageHeader
        title={<RunTitle sentence={sentence} harmHref={paths.runIssues(run.integrationId, run.id, { code: "withdrawals-suspended" })} />}
        lead={<RunLead run={run} />}
        breadcrumbs={runCrumbs(run)}
        actions={<EndedActions run={run} />}
      />
      <div className="grid gap-x-12 gap-y-between lg:grid-cols-[minmax(0,1fr)_25rem]">
        <div className="grid min-w-0 content-start gap-between">
          <RunVerdict run={run} />
          {run.versionChange ? <VersionChangeCard run={run} change={run.versionChange} /> : null}
          <WhatChanged run={run} people={people} others={others} />
          <RunFindings
            findings={run.findings}
            lead={findingsLead(run)}
            recordHref={recordHref}
            changesHref={changes}
            withheldHref={run.state === "succeeded" ? paths.withheld(run.integrationId) : null}
          />
          <NotThrough run={run} causes={causes.causes} />
        </div>
        <RunRecord run={run} past={past} />
      </div>
    </>
  );
}

function findingsLead({ heldBecause, findings, state }: RunDetail): string {
  if (findings.some(({ level }) => level === "withhold")) return state === "succeeded" ? "What was withheld" : "What would be withheld";
  return heldBecause ? "Why it waited" : "Worth knowing";
}
