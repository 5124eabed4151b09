import { recordHref } from "#app/(portal)/integrations/record-href.ts";
import { OnlyFor } from "#app/only-for.tsx";
import { paths } from "#app/paths.ts";
import { DecidePlan } from "#components/runs/decide-plan.tsx";
import { RunFindings } from "#components/runs/run-findings.tsx";
import { RunRecord } from "#components/runs/run-record.tsx";
import { entityWords, headlineOf, sumsOf } from "#components/runs/run-words.ts";
import { TotalsTable } from "#components/runs/totals-table.tsx";
import { Callout } from "#components/ui/callout.tsx";
import { Card } from "#components/ui/card.tsx";
import { formatCount } from "#lib/platform/format/number.ts";
import { collectionOfLinkEntity, type Entity, entities } from "#lib/roster/canonical.ts";
import { hasPlanToDecide, type RunDetail } from "#lib/services/runs/schema.ts";
import { approve, discard } from "./actions.ts";
import { Reissued } from "./reissued.tsx";
import { RunFrame } from "./run-frame.tsx";
import { RunLink } from "./run-link.tsx";
import { VersionChangeCard } from "./version-change-card.tsx";

/** A run whose plan waits, or waited, for an admin: why, what it would do, and the decision. */
export function WaitingRun({ run }: { readonly run: RunDetail }) {
  const isToDecide = run.approvalRunId === null && hasPlanToDecide(run);
  return (
    <RunFrame run={run} tab="run" lead={headlineOf(run)} actions={isToDecide ? <Decide run={run} /> : null}>
      <Verdict run={run} />
      {run.versionChange ? <VersionChangeCard run={run} change={run.versionChange} /> : null}
      <RunFindings
        findings={run.findings}
        lead={findingsLead(run)}
        recordHref={recordHref}
        changesHref={paths.runChanges(run.integrationId, run.id)}
        withheldHref={null}
      />
      {run.totals ? (
        <Card title="What the plan would do" lead={totalsLead(run)} flush>
          <TotalsTable
            totals={run.totals}
            changesHref={(entity, action) => paths.runChanges(run.integrationId, run.id, { entity, action })}
            issuesHref={(entity) => paths.runIssues(run.integrationId, run.id, { collection: collectionOf(entity) })}
          />
        </Card>
      ) : null}
      {isToDecide ? (
        <OnlyFor capability="decide">
          <Reissued runId={run.id} />
        </OnlyFor>
      ) : null}
      <RunRecord run={run} />
    </RunFrame>
  );
}

function Verdict({ run }: { readonly run: RunDetail }) {
  if (run.disconnectReason !== null) return <WouldDisconnect reason={run.disconnectReason} />;
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
  return null;
}

function WouldDisconnect({ reason }: { readonly reason: string }) {
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

function findingsLead({ state, heldBecause, findings }: RunDetail): string {
  if (state === "held") return "Why it waits";
  if (findings.some(({ level }) => level === "withhold")) return "What would be withheld";
  return heldBecause ? "A sync would wait for your review" : "Worth knowing";
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
    <OnlyFor capability="decide">
      <DecidePlan
        consequences={consequences}
        deactivations={totals ? sumsOf(totals).deactivated : 0}
        disconnects={run.disconnects}
        changesVersionTo={run.changesVersionTo}
        isNewYear={run.findings.some(({ detector }) => detector === "rollover")}
        changeCount={run.changeCount}
        {...(run.isPlanCurrent
          ? {}
          : { unavailable: "The roster has changed since this plan was made. Run the sync, or preview it, again." })}
        approve={approve.bind(null, run.id)}
        discard={discard.bind(null, run.id)}
      />
    </OnlyFor>
  );
}

/** After a read of changes alone, what the totals do not count. */
function totalsLead({ input, forOnePerson }: RunDetail): string | null {
  if (forOnePerson) return "Only one person was read; nobody else is counted.";
  if (input === null || Object.values(input.modes).every((mode) => mode !== "delta")) return null;
  return "What this sync did not read, because it had not changed, is not counted.";
}

function collectionOf(entity: Entity): string {
  return collectionOfLinkEntity[entity === "teacher" || entity === "learner" ? "account" : entity];
}
