"use client";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";

export interface BlackoutQuestionProps {
  /** What is asked; null: nothing is. */
  readonly asks: string | null;
  /** What is done all the same, as its button says it. */
  readonly label: string;
  readonly pending: boolean;
  readonly cancel: () => void;
  readonly confirm: () => void;
}

/** Asks somebody who would sync by hand on a day on which scheduled syncs wait. */
export function BlackoutQuestion({ asks, label, pending, cancel, confirm }: BlackoutQuestionProps) {
  return (
    <Dialog
      open={asks !== null}
      onOpenChange={cancel}
      title="Sync during a blackout?"
      footer={
        <>
          <Button onClick={cancel}>Cancel</Button>
          <Button variant="primary" pending={pending} onClick={confirm}>
            {label} all the same
          </Button>
        </>
      }
    >
      <p className="text-sm">{asks}</p>
    </Dialog>
  );
}
