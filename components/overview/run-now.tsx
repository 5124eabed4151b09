"use client";
import { useState } from "react";
import { type Outcome, StartRun } from "#components/runs/start-run.tsx";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Icon } from "#components/ui/icon.tsx";

export interface RunNowProps {
  /** Those that can sync now. */
  readonly integrations: readonly {
    readonly id: string;
    readonly name: string;
    readonly start: (isConfirmed?: boolean) => Promise<Outcome>;
  }[];
}

/** *Run Sync Now*; where several integrations sync it asks which. */
export function RunNow({ integrations }: RunNowProps) {
  const [open, setOpen] = useState(false);
  const [only, ...others] = integrations;
  if (only === undefined) return null;
  if (others.length === 0) return <StartRun kind="sync" variant="primary" integrationName={only.name} start={only.start} />;
  return (
    <Dialog
      open={open}
      onOpenChange={setOpen}
      title="Which SIS is to be read?"
      trigger={
        <Button variant="primary" icon={<Icon name="refresh-cw" />}>
          Run Sync Now
        </Button>
      }
    >
      <ul className="-my-2">
        {integrations.map(({ id, name, start }) => (
          <li key={id} className="flex items-center justify-between gap-4 border-t border-line py-2 first:border-t-0">
            <span className="min-w-0 font-strong wrap-anywhere">{name}</span>
            <StartRun kind="sync" size="sm" integrationName={name} start={start} />
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
