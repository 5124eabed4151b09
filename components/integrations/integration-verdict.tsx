import { type Outcome, StartRun } from "#components/runs/start-run.tsx";
import { Callout } from "#components/ui/callout.tsx";
import { DateTime } from "#components/ui/date-time.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { withheldTitle } from "#components/withheld/withheld-words.ts";
import type { OneRosterVersion } from "#lib/roster/version-change.ts";
import type { IntegrationDetail } from "#lib/services/integrations/schema.ts";
import { SuspendedPeople, suspendedTitle } from "./suspended-people.tsx";

interface VerdictProps {
  readonly integration: IntegrationDetail;
  readonly runHref: (runId: string) => string;
}

/** What an admin must know before anything else, with the next step. Nothing while all is well. */
export function IntegrationVerdict({
  integration,
  runHref,
  causeHref,
  withheldHref,
  personHref,
  editHref,
  changeVersion,
  mayDecide,
}: VerdictProps & {
  readonly causeHref: (runId: string) => string;
  readonly withheldHref: string;
  readonly personHref: (role: "teacher" | "learner", id: string) => string;
  /** Null: for whom the connection is not to change. */
  readonly editHref: string | null;
  /** Begins the change to the version of OneRoster that the SIS sends; null for whoever may not. */
  readonly changeVersion: ((to: string) => Promise<Outcome>) | null;
  readonly mayDecide: boolean;
}) {
  const { lastRun, heldRunId, health, refusal, suspended, withheld } = integration;
  const otherVersion = metVersion(integration);
  return (
    <>
      {health === "syncing" && lastRun ? (
        <Callout
          tone="info"
          title={lastRun.state === "queued" ? "A sync waits for a worker" : "A sync is running"}
          action={
            <LinkButton size="sm" href={runHref(lastRun.id)}>
              Follow it
            </LinkButton>
          }
        >
          Its page shows how far it is. It goes on without anyone watching.
        </Callout>
      ) : null}
      {heldRunId ? (
        <Callout
          tone="warn"
          title="A sync waits for a review"
          action={
            <LinkButton size="sm" href={runHref(heldRunId)}>
              Review the plan
            </LinkButton>
          }
        >
          It would change more than the safety limits allow. Nothing has changed, and nothing does until an admin approves its plan.
        </Callout>
      ) : null}
      {withheld ? (
        <Callout
          tone="warn"
          title={withheldTitle(withheld)}
          action={
            <LinkButton size="sm" variant={mayDecide ? "primary" : "secondary"} href={withheldHref}>
              {mayDecide ? "Decide" : "See them"}
            </LinkButton>
          }
        >
          Since <DateTime at={withheld.since} />. The SIS says that they leave or change, beyond what the safety limits let through.
          Everything else went through; these stay as they are until an admin decides.
        </Callout>
      ) : null}
      {integration.pausedBy ? (
        <Callout
          tone="warn"
          title={`Paused: Sync ${integration.pausedBy.undoneNumber} was taken back`}
          action={
            <LinkButton size="sm" href={runHref(integration.pausedBy.runId)}>
              See the undo
            </LinkButton>
          }
        >
          {integration.pausedBy.reason === null ? null : <p>“{integration.pausedBy.reason}”</p>}
          <p>
            The SIS would say the same again, so nothing syncs until somebody resumes the integration. Preview changes then shows what a
            sync would do.
          </p>
        </Callout>
      ) : null}
      {suspended ? (
        <Callout tone={suspended.people > 0 ? "bad" : "warn"} title={suspendedTitle(suspended)}>
          <SuspendedPeople suspended={suspended} causeHref={causeHref} personHref={personHref} />
        </Callout>
      ) : null}
      {health === "failing" && lastRun && refusal === "answered" ? (
        <Callout
          tone="info"
          title="The credentials were changed since the last sync"
          action={
            <LinkButton size="sm" href={runHref(lastRun.id)}>
              See what happened
            </LinkButton>
          }
        >
          The SIS refused the ones before; nothing was changed. The next sync tries the new ones: run it now, or test the connection first.
        </Callout>
      ) : null}
      {otherVersion !== null && lastRun?.failure ? (
        <Callout
          tone="warn"
          title={`The SIS sends OneRoster ${otherVersion} now; nothing was changed`}
          action={
            changeVersion === null ? null : (
              <StartRun
                kind="preview"
                size="sm"
                variant="primary"
                label="Change version"
                integrationName={integration.name}
                start={changeVersion.bind(null, otherVersion)}
              />
            )
          }
        >
          <p>{lastRun.failure.message}</p>
          <p>
            <span className="font-semibold">What to do: </span>
            Change version shows who is who by the new ids, who is new and who is gone, before anything changes. Nothing syncs until then.
          </p>
        </Callout>
      ) : null}
      {health === "failing" && lastRun?.failure && otherVersion === null && refusal !== "answered" && !isSaidAbove(integration) ? (
        <Callout
          tone="bad"
          title="The last sync failed; nothing was changed"
          action={
            <span className="flex flex-wrap gap-2">
              {needsNewSecret(integration) && editHref !== null ? (
                <LinkButton size="sm" variant="primary" href={editHref}>
                  Reconnect
                </LinkButton>
              ) : null}
              <LinkButton size="sm" href={runHref(lastRun.id)}>
                See what happened
              </LinkButton>
            </span>
          }
        >
          <p>{lastRun.failure.message}</p>
          <p>
            <span className="font-semibold">What to do: </span>
            {lastRun.failure.remedy}
          </p>
          {integration.schedule === null ? <p>This integration has no schedule: run the sync again when you are ready.</p> : null}
        </Callout>
      ) : null}
    </>
  );
}

/** That Clever does not let Aivo in stands above it, with the button that repairs it. */
function isSaidAbove({ provider, lastRun }: IntegrationDetail): boolean {
  return provider === "clever" && lastRun?.failure?.code === "authorization-expired";
}

/** The other version of OneRoster that the last sync met. */
function metVersion({ lastRun, onerosterVersion }: IntegrationDetail): OneRosterVersion | null {
  if (lastRun?.failure?.code !== "version-changed" || onerosterVersion === null) return null;
  return onerosterVersion === "1.1" ? "1.2" : "1.1";
}

/** Clever is authorized again in Clever; everywhere else what has expired is entered again. */
function needsNewSecret({ provider, lastRun, refusal }: IntegrationDetail): boolean {
  return refusal === "standing" && !(provider === "clever" && lastRun?.failure?.code === "authorization-expired");
}
