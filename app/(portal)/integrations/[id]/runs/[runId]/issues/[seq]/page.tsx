import type { Metadata } from "next";
import { loadRun, type RunPageParams } from "#app/(portal)/integrations/[id]/runs/[runId]/load-run.ts";
import { runCrumbs } from "#app/(portal)/integrations/[id]/runs/[runId]/run-crumbs.ts";
import { PersonSync } from "#app/(portal)/integrations/person-sync.tsx";
import { recordHref } from "#app/(portal)/integrations/record-href.ts";
import { OnlyFor } from "#app/only-for.tsx";
import { paths } from "#app/paths.ts";
import { DecideClass } from "#components/issues/decide-class.tsx";
import { DecidePerson } from "#components/issues/decide-person.tsx";
import { IssueRecord, SeverityBadge } from "#components/issues/issue-record.tsx";
import { placeOf, stateTones, stateWords } from "#components/issues/issue-words.ts";
import { Persons } from "#components/issues/persons.tsx";
import { nameOfRun } from "#components/runs/run-words.ts";
import { StateBadge } from "#components/ui/badge.tsx";
import { Card } from "#components/ui/card.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { idFieldOf } from "#lib/engine/sis/words.ts";
import { formatNumber } from "#lib/platform/format/number.ts";
import { getIssue } from "#lib/services/runs/issues.ts";
import { textOfRef } from "#lib/services/why/schema.ts";
import { decide, decideWhichClass } from "./actions.ts";

export const metadata: Metadata = { title: "Issue" };

export default async function IssuePage({ params }: { readonly params: Promise<Awaited<RunPageParams> & { readonly seq: string }> }) {
  const { seq } = await params;
  const { run, issue } = await loadRun(params, { door: "/integrations/[id]/runs/[runId]/issues/[seq]" }, async (opened, scope, runId) => ({
    issue: await getIssue(opened, scope, runId, /^\d{1,15}$/.test(seq) ? Number(seq) : -1),
  }));
  const issueHref = (other: number) => paths.runIssue(run.integrationId, run.id, other);
  // Of a plan that waits nothing is remembered yet.
  const isRemembered = run.state === "succeeded" && issue.collection === "users" && issue.externalId !== null;
  const whyRef = isRemembered ? textOfRef({ integrationId: run.integrationId, externalId: issue.externalId ?? "" }) : null;
  return (
    <>
      <PageHeader
        title={issue.definition.title}
        state={
          <>
            <SeverityBadge severity={issue.severity} />
            <StateBadge tone={stateTones[issue.state]}>{stateWords[issue.state]}</StateBadge>
          </>
        }
        lead={`${placeOf(issue)}. Number ${formatNumber(issue.ordinal)} of ${formatNumber(issue.ofCause)} with this cause.`}
        breadcrumbs={[
          ...runCrumbs(run),
          { label: nameOfRun(run), href: paths.run(run.integrationId, run.id) },
          { label: "Issues", href: paths.runIssues(run.integrationId, run.id) },
          { label: issue.definition.title, href: paths.runIssues(run.integrationId, run.id, { code: issue.code }) },
        ]}
        actions={
          <>
            {whyRef === null ? null : <LinkButton href={paths.whyPerson({ who: whyRef })}>Why?</LinkButton>}
            {issue.previousSeq === null ? null : <LinkButton href={issueHref(issue.previousSeq)}>Previous</LinkButton>}
            {issue.nextSeq === null ? null : <LinkButton href={issueHref(issue.nextSeq)}>Next</LinkButton>}
          </>
        }
      />
      {issue.persons === null ? null : (
        <div className="mb-6 grid items-start gap-6 lg:grid-cols-[3fr_2fr]">
          <Persons persons={issue.persons} />
          <OnlyFor capability="decide">
            <DecidePerson key={issue.seq} decision={issue.decision} decide={decide.bind(null, run.id, issue.seq)} />
          </OnlyFor>
        </div>
      )}
      {issue.code === "class-ambiguous" && run.state === "succeeded" ? (
        <OnlyFor capability="decide">
          <div className="mb-6 max-w-2xl">
            <DecideClass classrooms={issue.records} decide={decideWhichClass.bind(null, run.id, issue.seq)} />
          </div>
        </OnlyFor>
      ) : null}
      <IssueRecord issue={issue} idField={idFieldOf(run.provider)} recordHref={recordHref} />
      {issue.collection === "users" && issue.externalId !== null ? (
        <div className="mt-6">
          <Card title="Corrected in the SIS?">
            <PersonSync
              integrationId={run.integrationId}
              integrationName={run.integrationName}
              provider={run.provider}
              externalId={issue.externalId}
            />
          </Card>
        </div>
      ) : null}
    </>
  );
}
