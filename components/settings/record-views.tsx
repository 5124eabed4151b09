"use client";
import { confirmed } from "#components/confirm/confirmed.ts";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { toast } from "#components/ui/toast.tsx";
import { type Result, unreachable } from "./result.ts";

export interface RecordViewsProps {
  readonly isOn: boolean;
  /** Whole months for which views are kept. */
  readonly months: number;
  readonly viewsHref: string;
  /** Null for whoever may not change it. */
  readonly record: ((isOn: boolean) => Promise<Result>) | null;
}

export function RecordViews({ isOn, months, viewsHref, record }: RecordViewsProps) {
  const change = (to: boolean) => async () => {
    const result = await confirmed(record ?? (async () => unreachable))(to).catch(() => unreachable);
    if (!result.ok) return result.message;
    toast({
      tone: "good",
      title: to ? "It is recorded who looks at people’s data" : "It is no longer recorded who looks at people’s data",
    });
    return null;
  };
  return (
    <Card
      title="Record who looks at people’s data"
      lead={
        isOn
          ? "On. Everybody who is shown somebody’s data is recorded."
          : "Off. What is done and downloaded stands in the audit log; who only looks does not."
      }
      className="max-w-2xl"
    >
      <div className="grid gap-4 text-sm">
        <ul className="grid list-disc gap-1 pl-5">
          <li>
            Recorded: who, when, where, and of whom. Pages, lists, searches, downloads, programs and the command line; of a list, everybody
            in it.
          </li>
          <li>Not recorded: what was searched for, names and values. Admins and auditors see who looked, on each person’s page too.</li>
          <li>
            Kept for {months} whole months, then removed. It takes about 250 bytes for each person of each view: a list of 50 looked at 100
            times a day makes some 35 MB a month.
          </li>
          <li>Where it cannot be recorded, nothing is shown.</li>
        </ul>
        <div className="flex flex-wrap gap-2">
          {record === null ? null : isOn ? (
            <ConfirmDialog
              trigger={<Button size="sm">Stop recording</Button>}
              title="Stop recording who looks at people’s data?"
              confirmLabel="Stop recording"
              tone="danger"
              onConfirm={change(false)}
            >
              <p>What was recorded stays until its months are over. That you stopped it stands in the audit log.</p>
            </ConfirmDialog>
          ) : (
            <ConfirmDialog
              trigger={<Button size="sm">Record it</Button>}
              title="Record who looks at people’s data?"
              confirmLabel="Record it"
              tone="primary"
              onConfirm={change(true)}
            >
              <p>From now on, everybody’s looks are recorded, yours too. Tell your colleagues.</p>
            </ConfirmDialog>
          )}
          <LinkButton size="sm" variant="quiet" href={viewsHref}>
            See who looked
          </LinkButton>
        </div>
      </div>
    </Card>
  );
}
