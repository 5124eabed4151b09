import Link from "next/link";
import { paths } from "#app/paths.ts";
import { FailureHelp } from "#components/help/failure-help.tsx";
import { leftAloneOf, nameOfRun, nothingNext } from "#components/runs/run-words.ts";
import { Callout } from "#components/ui/callout.tsx";
import { DateTime } from "#components/ui/date-time.tsx";
import { formatCount } from "#lib/platform/format/number.ts";
import type { RunDetail, RunFailureDetails, RunName } from "#lib/services/runs/schema.ts";
import { RunLink } from "./run-link.tsx";

/** What there is to know of a run beyond its sentence: that it was taken back, why it failed and what to do, whose plan it applied. */
export function RunVerdict({ run }: { readonly run: RunDetail }) {
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
  if (run.disconnectReason !== null && run.state === "succeeded") return <Disconnected reason={run.disconnectReason} />;
  if (run.kind === "undo" && run.undoOf && run.state !== "failed") return <Undone run={run} undoOf={run.undoOf} />;
  if (run.state === "failed" && run.failure) return <Failed run={run} failure={run.failure} />;
  if (run.kind === "approval" && run.planRunId) {
    return (
      <Callout tone="neutral" title="An approved plan">
        It applies exactly the{" "}
        <RunLink run={run} id={run.planRunId}>
          plan that was reviewed
        </RunLink>
        {run.leftOut.length === 0 ? "." : <LeftOut run={run} />}
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

function Disconnected({ reason }: { readonly reason: string }) {
  return (
    <Callout tone="neutral" title="Disconnected">
      <p className="break-words">“{reason}”</p>
      <p>
        Credentials and schedule are erased. Who was deactivated cannot sign in, and their data is kept for the district's period. This
        cannot be undone: connect the SIS again, and its first sync brings the same people back.
      </p>
    </Callout>
  );
}

/** What of the plan an admin did not approve with the rest. */
function LeftOut({ run }: { readonly run: RunDetail }) {
  const count = run.leftOut.reduce((sum, part) => sum + part.count, 0);
  return (
    <>
      , without what{" "}
      <Link href={paths.withheld(run.integrationId)} className="text-link">
        waits for a decision of its own
      </Link>
      : {formatCount(count, "record")}.
    </>
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

function Failed({ run, failure }: { readonly run: RunDetail; readonly failure: RunFailureDetails }) {
  return (
    <Callout tone="bad" title={`Failed at: ${failure.step}`}>
      <dl className="grid gap-2">
        <div>
          <dt className="sr-only">Cause</dt>
          <dd>{failure.message}</dd>
        </div>
        <div>
          <dt className="font-semibold">What to do</dt>
          <dd>
            {failure.remedy} <FailureHelp provider={run.provider} />
          </dd>
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
