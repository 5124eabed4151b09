import { Callout } from "#components/ui/callout.tsx";
import { DateTime } from "#components/ui/date-time.tsx";
import type { RecordStatus } from "#lib/services/people/schema.ts";

export interface DeactivatedNoteProps {
  /** "teacher", "learner", "school", "classroom" */
  readonly noun: string;
  readonly status: RecordStatus;
  /** Who decided; null: not recorded. */
  readonly by: "sync" | "admin" | null;
  readonly at: string | null;
}

/** What being deactivated means, for whoever wonders. */
export function DeactivatedNote({ noun, status, by, at }: DeactivatedNoteProps) {
  if (status === "active") return null;
  const isPerson = noun === "teacher" || noun === "learner";
  return (
    <Callout
      tone="neutral"
      title={
        <>
          Deactivated {at === null ? null : <DateTime at={at} as="date" />} {by === "admin" ? "by an admin" : "by a sync"}
        </>
      }
    >
      {isPerson ? "Cannot sign in. " : ""}
      {by === "admin"
        ? "A sync does not bring this account back; an admin’s decision stands."
        : `The data is kept for your retention period. If the ${noun} comes back in the SIS, the next sync brings the same ${noun} back to life.`}
    </Callout>
  );
}
