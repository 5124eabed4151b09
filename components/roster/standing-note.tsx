import type { Result } from "#components/settings/result.ts";
import { Callout } from "#components/ui/callout.tsx";
import { DateTime } from "#components/ui/date-time.tsx";
import type { KeptEdit, RecordEdits } from "#lib/services/edits/schema.ts";
import type { RecordStatus } from "#lib/services/people/schema.ts";
import { DeactivatedNote } from "./deactivated-note.tsx";
import { ReleaseButton } from "./edited-value.tsx";

export interface StandingNoteProps {
  /** "teacher", "learner", "classroom" */
  readonly noun: string;
  readonly status: RecordStatus;
  readonly by: "sync" | "admin" | null;
  readonly at: string | null;
  readonly edits: Pick<RecordEdits, "edits" | "sisStatus" | "history">;
  /** Null: not for whoever looks. */
  readonly releaseStatus: (() => Promise<Result>) | null;
}

/** What an admin or a sync decided about whether a record is in use, what its SIS says, and the way back to that. */
export function StandingNote({ noun, status, by, at, edits, releaseStatus }: StandingNoteProps) {
  const kept = edits.edits.find(({ field }) => field === "status");
  const reason = edits.history.find(({ action }) => action === "deactivated" || action === "archived")?.reason ?? null;
  if (status === "active") {
    if (!kept) return null;
    return (
      <Callout
        tone="info"
        title={
          <>
            {noun === "classroom" ? "Brought back" : "Reactivated"} <By kept={kept} />
          </>
        }
        action={releaseStatus === null ? undefined : <ReleaseButton label="Status" release={releaseStatus} />}
      >
        No SIS has this {noun} any more. Syncs leave it active until a SIS brings it back.
      </Callout>
    );
  }
  if (by !== "admin") return <DeactivatedNote noun={noun} status={status} by={by} at={at} />;
  const isPerson = noun !== "classroom";
  return (
    <Callout
      tone="neutral"
      title={
        <>
          {isPerson ? "Deactivated" : "Archived"} {at === null ? null : <DateTime at={at} as="date" />}{" "}
          {kept ? <By kept={kept} /> : "by an admin"}
        </>
      }
      action={edits.sisStatus === null || releaseStatus === null ? undefined : <ReleaseButton label="Status" release={releaseStatus} />}
    >
      {reason === null ? null : <p className="break-words">“{reason}”</p>}
      <p>
        {isPerson ? "Cannot sign in, and is shown in no classroom. " : "Nobody sees it; its members go on following the SIS. "}
        No sync brings this {noun} back.{" "}
        {edits.sisStatus === "active"
          ? `The SIS has this ${noun}.`
          : edits.sisStatus === "deactivated"
            ? `No SIS has this ${noun} any more.`
            : ""}
      </p>
    </Callout>
  );
}

const By = ({ kept }: { readonly kept: KeptEdit }) => <>by {kept.editedBy ?? "an admin or the command line"}</>;

export interface BarredNoteProps {
  readonly at: string | null;
  readonly history: RecordEdits["history"];
}

export function BarredNote({ at, history }: BarredNoteProps) {
  if (at === null) return null;
  const entry = history.find(({ action }) => action === "barred");
  return (
    <Callout
      tone="warn"
      title={
        <>
          Barred from signing in since <DateTime at={at} as="date" />
          {entry ? ` by ${entry.actor}` : ""}
        </>
      }
    >
      {entry?.reason ? <p className="break-words">“{entry.reason}”</p> : null}
      <p>Stays in their classrooms. No sync changes this; an admin does.</p>
    </Callout>
  );
}
