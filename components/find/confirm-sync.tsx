import { useState, useTransition } from "react";
import type { Outcome } from "#components/runs/start-run.tsx";
import { unreachable } from "#components/settings/result.ts";
import { Button } from "#components/ui/button.tsx";

export interface ConfirmSyncProps {
  readonly name: string;
  readonly start: (duringBlackout: boolean) => Promise<Outcome>;
  /** The sync runs: its page. */
  readonly onDone: (href: string) => void;
  readonly onBack: () => void;
}

/** Asks before a sync is run from the search, and says why it could not be. */
export function ConfirmSync({ name, start, onDone, onBack }: ConfirmSyncProps) {
  const [pending, begin] = useTransition();
  const [asks, setAsks] = useState<string | null>(null);
  const [refusal, setRefusal] = useState<string | null>(null);
  const run = () =>
    begin(async () => {
      const outcome = await start(asks !== null).catch((): Outcome => ({ ...unreachable, href: null }));
      if (outcome.href !== null) onDone(outcome.href);
      else if (!outcome.ok && outcome.asks !== undefined) setAsks(outcome.asks);
      else if (!outcome.ok) setRefusal(outcome.message);
    });
  return (
    <div className="grid max-w-[36rem] content-start gap-4 p-6">
      <h2 className="text-title">Run a sync of {name} now?</h2>
      <p className="text-pretty text-soft">
        {asks ?? "It reads the SIS and changes the roster, as a scheduled one does. What is in doubt waits for you."}
      </p>
      {refusal === null ? null : (
        <p role="alert" className="text-harm">
          {refusal}
        </p>
      )}
      <div className="flex flex-wrap gap-2">
        <Button autoFocus variant="primary" pending={pending} onClick={run}>
          {asks === null ? "Run Sync Now" : "Run It All the Same"}
        </Button>
        <Button onClick={onBack}>Back</Button>
      </div>
    </div>
  );
}
