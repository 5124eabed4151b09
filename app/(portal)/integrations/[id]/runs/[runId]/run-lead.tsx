import Link from "next/link";
import { recordHref } from "#app/(portal)/integrations/record-href.ts";
import { isActive, secondsOf } from "#components/runs/run-words.ts";
import { Code } from "#components/ui/code.tsx";
import { DateTime } from "#components/ui/date-time.tsx";
import { formatDuration } from "#lib/platform/format/date-time.ts";
import type { RunDetail, RunPerson } from "#lib/services/runs/schema.ts";
import { RunLink } from "./run-link.tsx";

/** When, by whom, how long; whom it was for, and which one it tries again. */
export function RunLead({ run }: { readonly run: RunDetail }) {
  const seconds = secondsOf(run);
  return (
    <>
      <DateTime at={run.startedAt ?? run.queuedAt} as="when" />, {startedBy(run)}
      {isActive(run.state) ? ". You can close this page; it goes on without it." : null}
      {seconds === null ? null : <> · took {formatDuration(seconds)}</>}
      {run.person ? <OnlyPerson person={run.person} /> : null}
      {run.retryOf ? (
        <span className="block">
          It tries{" "}
          <RunLink run={run} id={run.retryOf}>
            the sync before
          </RunLink>{" "}
          again, which its worker or the database did not let finish. This is try {run.attempt}.
        </span>
      ) : null}
    </>
  );
}

const triggers: Record<RunDetail["trigger"], string> = {
  schedule: "by the schedule",
  manual: "started by hand",
  "command-line": "from the command line",
  api: "through the API",
};

function startedBy({ requestedByName, trigger }: RunDetail): string {
  return requestedByName === null ? triggers[trigger] : `started by ${requestedByName}`;
}

function OnlyPerson({ person: { externalId, record } }: { readonly person: RunPerson }) {
  const href = record === null ? null : recordHref(record);
  return (
    <span className="block">
      Only one person was read:{" "}
      {record === null || href === null ? (
        <Code>{externalId}</Code>
      ) : (
        <Link href={href} className="text-link">
          {record.label}
        </Link>
      )}
    </span>
  );
}
