import type { Metadata } from "next";
import Link from "next/link";
import { startRun } from "#app/(portal)/integrations/actions.ts";
import { PersonSync } from "#app/(portal)/integrations/person-sync.tsx";
import { recordHref } from "#app/(portal)/integrations/record-href.ts";
import { pageResult } from "#app/errors.ts";
import { paths } from "#app/paths.ts";
import { services } from "#app/services.ts";
import { addressOfPage, adminPage } from "#app/session.ts";
import { InputEndpoints } from "#components/runs/input-endpoints.tsx";
import { InputFiles } from "#components/runs/input-files.tsx";
import { DecidePlan, StartRun } from "#components/runs/run-buttons.tsx";
import { RunFindings } from "#components/runs/run-findings.tsx";
import { RunLive } from "#components/runs/run-live.tsx";
import { RunTimeline } from "#components/runs/run-timeline.tsx";
import {
  entityWords,
  headlineOf,
  isActive,
  leftAloneOf,
  nameOfRun,
  nothingNext,
  secondsOf,
  sumsOf,
  triggeredBy,
} from "#components/runs/run-words.ts";
import { TotalsTable } from "#components/runs/totals-table.tsx";
import { UndoRun } from "#components/runs/undo-run.tsx";
import { Callout } from "#components/ui/callout.tsx";
import { Card } from "#components/ui/card.tsx";
import { Code } from "#components/ui/code.tsx";
import { DateTime } from "#components/ui/date-time.tsx";
import { KeyValue } from "#components/ui/key-value.tsx";
import { formatDuration } from "#lib/platform/format/date-time.ts";
import { formatCount } from "#lib/platform/format/number.ts";
import { collectionOfLinkEntity, type Entity, entities } from "#lib/roster/canonical.ts";
import { getRunProgress } from "#lib/services/runs/progress.ts";
import { getRun } from "#lib/services/runs/read.ts";
import { hasPlanToDecide, type RunDetail, type RunName, type RunPerson } from "#lib/services/runs/schema.ts";
import { approve, discard, lookAtUndo, undo } from "./actions.ts";
import { HeldRun } from "./held-run.tsx";
import { RunFrame, titleOf } from "./run-frame.tsx";

type Props = { readonly params: Promise<{ readonly id: string; readonly runId: string }> };

async function load({ params }: Props) {
  const scope = await adminPage();
  const { runId } = await params;
  return pageResult(await addressOfPage(), async () => {
    // Asked first: it ends a run whose worker is gone.
    const progress = await getRunProgress(await services(), scope, runId);
    return { progress, run: await getRun(await services(), scope, runId) };
  });
}

export async function generateMetadata(props: Props): Promise<Metadata> {
  const { run } = await load(props);
  return { title: `${titleOf(run)} · ${run.integrationName}` };
}

export default async function RunPage(props: Props) {
  const { run, progress } = await load(props);
  if (run.state === "held" && run.approvalRunId === null) return <HeldRun run={run} />;
  const isWaiting = run.state === "held" || run.state === "previewed";
  const isToDecide = run.approvalRunId === null && hasPlanToDecide(run);
  return (
    <RunFrame
      run={run}
      tab="overview"
      lead={headlineOf(run)}
      actions={
        isToDecide ? (
          <Decide run={run} />
        ) : run.state === "failed" && run.kind !== "undo" && !run.disconnects ? (
          <Again run={run} />
        ) : (
          takeBack(run)
        )
      }
    >
      {isActive(run.state) ? (
        <Card>
          <RunLive url={paths.api.run(run.id)} initial={progress} />
        </Card>
      ) : null}
      <Verdict run={run} />
      <RunFindings
        findings={run.findings}
        lead={findingsLead(run)}
        recordHref={recordHref}
        changesHref={paths.runChanges(run.integrationId, run.id)}
        withheldHref={run.state === "succeeded" ? paths.withheld(run.integrationId) : null}
      />
      {run.totals ? (
        <Card title={isWaiting ? "What the plan would do" : "Totals"} lead={totalsLead(run)} flush>
          <TotalsTable
            totals={run.totals}
            isUndo={run.kind === "undo"}
            changesHref={(entity, action) => paths.runChanges(run.integrationId, run.id, { entity, action })}
            issuesHref={(entity) => paths.runIssues(run.integrationId, run.id, { collection: collectionOf(entity) })}
          />
        </Card>
      ) : null}
      <div className="grid items-start gap-6 lg:grid-cols-2">
        <div className={run.input ? "grid gap-6" : "contents"}>
          <Card title="About this sync">
            <KeyValue items={facts(run)} />
          </Card>
          {run.timeline.length > 0 ? (
            <Card title="Timeline">
              <RunTimeline timeline={run.timeline} />
            </Card>
          ) : null}
        </div>
        {run.input ? (
          <Card title="Input">
            {run.input.parts.some(({ name }) => name.startsWith("/")) ? (
              <InputEndpoints input={run.input} proof={proofOf(run)} />
            ) : (
              <InputFiles input={run.input} />
            )}
          </Card>
        ) : null}
      </div>
    </RunFrame>
  );
}

/** Offered for a week on the run that is the next to be taken back; the command line does longer. */
function takeBack(run: RunDetail) {
  return run.undo?.isRecent ? <UndoRun name={nameOfRun(run)} look={lookAtUndo.bind(null, run.id)} undo={undo.bind(null, run.id)} /> : null;
}

function Verdict({ run }: { readonly run: RunDetail }) {
  if (run.takenBackBy) {
    return (
      <Callout tone="warn" title="Taken back">
        What this sync did was undone by{" "}
        <RunLink run={run} id={run.takenBackBy.id}>
          {nameOfRun(run.takenBackBy)}
        </RunLink>
        . What stands here is what it had done.
      </Callout>
    );
  }
  if (run.disconnectReason !== null && run.state !== "failed") return <Disconnects run={run} reason={run.disconnectReason} />;
  if (run.kind === "undo" && run.undoOf && run.state !== "failed") return <Undone run={run} undoOf={run.undoOf} />;
  if (run.state === "failed" && run.failure) {
    return (
      <Callout tone="bad" title={`Failed at: ${run.failure.step}`}>
        <dl className="grid gap-2">
          <div>
            <dt className="sr-only">Cause</dt>
            <dd>{run.failure.message}</dd>
          </div>
          <div>
            <dt className="font-semibold">What to do</dt>
            <dd>{run.failure.remedy}</dd>
          </div>
          <div>
            <dt className="font-semibold">What happens next</dt>
            <dd>
              {"at" in run.next ? (
                <>
                  The next sync is scheduled for <DateTime at={run.next.at} />.
                </>
              ) : (
                nothingNext[run.next.none]
              )}
            </dd>
          </div>
        </dl>
        {run.retriedAs ? (
          <p className="mt-2">
            It was{" "}
            <RunLink run={run} id={run.retriedAs}>
              tried again
            </RunLink>{" "}
            by itself.
          </p>
        ) : null}
      </Callout>
    );
  }
  if (run.state === "held") {
    return (
      <Callout tone="warn" title="Held for review">
        {run.findings.length > 0 ? (
          <p>Nothing has changed in Aivo. What stands below says why this waits and what to look at; then approve or discard the plan.</p>
        ) : (
          <ul className="grid list-disc gap-1 pl-5">
            {(run.heldBecause ?? []).map((reason) => (
              <li key={reason}>{reason}</li>
            ))}
          </ul>
        )}
        {run.approvalRunId ? (
          <p className="mt-2">
            This plan was{" "}
            <RunLink run={run} id={run.approvalRunId}>
              approved
            </RunLink>
            .
          </p>
        ) : null}
      </Callout>
    );
  }
  if (run.isExpired) {
    return (
      <Callout tone="neutral" title="Dropped">
        Nobody had decided on this plan in time. Nothing of it was applied; the next sync makes a new one.
      </Callout>
    );
  }
  if (run.state === "previewed" && run.approvalRunId) {
    return (
      <Callout tone="info" title="Approved">
        This plan was{" "}
        <RunLink run={run} id={run.approvalRunId}>
          approved
        </RunLink>
        .
      </Callout>
    );
  }
  if (run.kind === "approval" && run.planRunId) {
    return (
      <Callout tone="neutral" title="An approved plan">
        It applies exactly the{" "}
        <RunLink run={run} id={run.planRunId}>
          plan that was reviewed
        </RunLink>
        {run.leftOut.length === 0 ? (
          "."
        ) : (
          <>
            , without what{" "}
            <Link href={paths.withheld(run.integrationId)} className="text-link">
              waits for a decision of its own
            </Link>
            :{" "}
            {formatCount(
              run.leftOut.reduce((sum, { count }) => sum + count, 0),
              "record",
            )}
            .
          </>
        )}
      </Callout>
    );
  }
  if (run.kind === "approval" && run.planRunId === null) {
    return (
      <Callout tone="neutral" title="What was approved or decided">
        It applies exactly what an admin approved of what was withheld, and decided in Conflicts, from what the SIS said before; nothing was
        read.
      </Callout>
    );
  }
  if (run.state === "succeeded" && run.sameAsRunId) {
    return (
      <Callout tone="neutral" title="Identical input">
        The input is that of{" "}
        <RunLink run={run} id={run.sameAsRunId}>
          an earlier sync
        </RunLink>
        , byte for byte, and nobody has changed the roster since. The issues shown are that sync's: they are still in the input.
      </Callout>
    );
  }
  return null;
}

function Disconnects({ run, reason }: { readonly run: RunDetail; readonly reason: string }) {
  if (run.state === "succeeded")
    return (
      <Callout tone="neutral" title="Disconnected">
        <p className="break-words">“{reason}”</p>
        <p>
          Credentials and schedule are erased. Who was deactivated cannot sign in, and their data is kept for the district's period. This
          cannot be undone as a sync can: connect the SIS again, and its first sync brings the same people back.
        </p>
      </Callout>
    );
  return (
    <Callout tone="warn" title="What disconnecting would do">
      <p className="break-words">“{reason}”</p>
      <p>
        Every record that only this integration has is deactivated, and its class memberships with it. What another integration has stays;
        so do admins' edits and what was archived by hand. No limit holds it: approving it is the decision. The next sync discards this
        plan.
      </p>
    </Callout>
  );
}

function Undone({ run, undoOf }: { readonly run: RunDetail; readonly undoOf: RunName }) {
  const left = leftAloneOf(run);
  return (
    <Callout tone={left > 0 ? "warn" : "neutral"} title={`An undo of ${nameOfRun(undoOf)}`}>
      <p>
        It takes back{" "}
        <RunLink run={run} id={undoOf.id}>
          {nameOfRun(undoOf)}
        </RunLink>
        {run.undoReason === null ? "." : `: “${run.undoReason}”`}
      </p>
      {run.state === "succeeded" ? (
        <p>The integration was paused, since its SIS would say the same again. It syncs once somebody has resumed it.</p>
      ) : null}
      {left > 0 ? (
        <p>
          <Link href={paths.runChanges(run.integrationId, run.id, { action: "left-alone" })} className="text-link">
            {formatCount(left, "record was", "records were")} left alone
          </Link>
          ; each says why.
        </p>
      ) : null}
    </Callout>
  );
}

function RunLink({ run, id, children }: { readonly run: RunDetail; readonly id: string; readonly children: string }) {
  return (
    <Link href={paths.run(run.integrationId, id)} className="text-link">
      {children}
    </Link>
  );
}

function findingsLead({ state, heldBecause, findings }: RunDetail): string {
  if (state === "held") return "Why it waits";
  if (findings.some(({ level }) => level === "withhold")) return state === "succeeded" ? "What was withheld" : "What would be withheld";
  return heldBecause ? "A sync would wait for your review" : "Worth knowing";
}

/** Once the cause is mended. */
function Again({ run: { integrationId, integrationName, provider, person } }: { readonly run: RunDetail }) {
  if (person) return <PersonSync {...{ integrationId, integrationName, provider }} externalId={person.externalId} />;
  return <StartRun kind="sync" integrationName={integrationName} start={startRun.bind(null, integrationId, "sync")} />;
}

function Decide({ run }: { readonly run: RunDetail }) {
  const totals = run.totals;
  const consequences = (["deactivated", "created", "updated", "reactivated", "linked"] as const).flatMap((action) =>
    entities.flatMap((entity) => {
      const count = totals?.[entity][action] ?? 0;
      return count === 0 ? [] : [`${formatCount(count, entityWords[entity].one, entityWords[entity].many)} ${action}`];
    }),
  );
  return (
    <DecidePlan
      consequences={consequences}
      deactivations={totals ? sumsOf(totals).deactivated : 0}
      disconnects={run.disconnects}
      isNewYear={run.findings.some(({ detector }) => detector === "rollover")}
      changeCount={run.changeCount}
      {...(run.isPlanCurrent
        ? {}
        : { unavailable: "The roster has changed since this plan was made. Run the sync, or preview it, again." })}
      approve={approve.bind(null, run.id)}
      discard={discard.bind(null, run.id)}
    />
  );
}

/** Whom the sync was for. */
function OnlyPerson({ person: { externalId, record } }: { readonly person: RunPerson }) {
  const href = record === null ? null : recordHref(record);
  return (
    <>
      One person:{" "}
      {record === null || href === null ? (
        <Code>{externalId}</Code>
      ) : (
        <Link href={href} className="text-link">
          {record.label}
        </Link>
      )}
    </>
  );
}

/** After a read of changes alone, what the totals do not count. */
function totalsLead({ input, forOnePerson }: RunDetail): string | null {
  if (forOnePerson) return "Only one person was read; nobody else is counted.";
  if (input === null || Object.values(input.modes).every((mode) => mode !== "delta")) return null;
  return "What this sync did not read, because it had not changed, is not counted.";
}

function facts(run: RunDetail) {
  const seconds = secondsOf(run);
  return [
    ...(run.person ? [{ label: "Read", value: <OnlyPerson person={run.person} /> }] : []),
    { label: "Started by", value: triggeredBy(run) },
    ...(run.retryOf
      ? [
          {
            label: "Tries again",
            value: (
              <>
                <RunLink run={run} id={run.retryOf}>
                  the sync before
                </RunLink>
                , which its worker or the database did not let finish. This is try {run.attempt}.
              </>
            ),
          },
        ]
      : []),
    ...(run.input?.outOfScope
      ? [
          {
            label: "Left out by scope",
            value: entities.flatMap((entity) => wordsOfOut(entity, run.input?.outOfScope?.[entity] ?? 0)).join(", "),
          },
        ]
      : []),
    { label: "Requested", value: <DateTime at={run.queuedAt} /> },
    { label: "Started", value: run.startedAt ? <DateTime at={run.startedAt} /> : "Not yet" },
    { label: "Ended", value: run.finishedAt ? <DateTime at={run.finishedAt} /> : "Not yet" },
    { label: "Took", value: seconds === null ? "–" : formatDuration(seconds) },
  ];
}

function wordsOfOut(entity: Entity, count: number): readonly string[] {
  return count === 0 ? [] : [formatCount(count, entityWords[entity].one, entityWords[entity].many)];
}

/** The source proves its read once the last record has come; a read that was begun again has its last proof. */
function proofOf(run: RunDetail): string | null {
  return run.timeline.findLast(({ phase }) => phase === "normalise")?.note ?? null;
}

function collectionOf(entity: Entity): string {
  return collectionOfLinkEntity[entity === "teacher" || entity === "learner" ? "account" : entity];
}
