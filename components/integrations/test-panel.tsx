"use client";
import { PlugZap } from "lucide-react";
import { Button } from "#components/ui/button.tsx";
import { Callout } from "#components/ui/callout.tsx";
import { Copyable } from "#components/ui/code.tsx";
import { CheckSteps } from "./check-steps.tsx";
import type { ConnectionTest } from "./use-connection-test.ts";

export interface TestPanelProps {
  readonly test: ConnectionTest;
  /** The form has changed since the test. */
  readonly isOld: boolean;
  /** What to know before testing; where there is nothing, left out. */
  readonly note?: string | undefined;
  readonly onTest: () => void;
  /** The admin says that the key is the server's. */
  readonly onConfirmHostKey: (fingerprint: string) => void;
}

/** *Test Connection* and what came of it, step by step as it happens. */
export function TestPanel({ test, isOld, note, onTest, onConfirmHostKey }: TestPanelProps) {
  const isRunning = test.status === "running";
  return (
    <div className="grid gap-5">
      <div className="flex flex-wrap items-center gap-3">
        <Button icon={<PlugZap aria-hidden />} pending={isRunning} onClick={onTest}>
          Test Connection
        </Button>
        {isRunning ? (
          <Button variant="quiet" onClick={test.stop}>
            Stop
          </Button>
        ) : null}
        <p className="text-sm text-muted">A test changes nothing, here or in the SIS.</p>
      </div>
      {note ? <p className="text-sm text-muted">{note}</p> : null}
      <div role="status" className="empty:hidden">
        <Result test={test} isOld={isOld} />
      </div>
      {test.steps.length > 0 ? (
        <CheckSteps
          steps={test.steps}
          hostKeyAction={(fingerprint) => <HostKey fingerprint={fingerprint} onConfirm={() => onConfirmHostKey(fingerprint)} />}
        />
      ) : null}
    </div>
  );
}

function HostKey({ fingerprint, onConfirm }: { readonly fingerprint: string; readonly onConfirm: () => void }) {
  return (
    <div className="grid justify-items-start gap-3 rounded-md border border-ask/30 bg-sunken p-4 text-sm">
      <p>
        Compare this fingerprint with the one that whoever runs the server gives you. Aivo then talks to a server with this key only, so
        that nobody can stand in for it.
      </p>
      <Copyable value={fingerprint} label="fingerprint" />
      <Button variant="primary" onClick={onConfirm}>
        This is the right key
      </Button>
    </div>
  );
}

function Result({ test, isOld }: { readonly test: ConnectionTest; readonly isOld: boolean }) {
  switch (test.status) {
    case "idle":
    case "running":
    case "refused":
      return null;
    case "host-key":
      return (
        <Callout tone="warn" title="Confirm the host key to go on">
          Nothing secret was sent to the server yet.
        </Callout>
      );
    case "interrupted":
      return (
        <Callout tone="warn" title="The test was stopped before its end">
          Test again to see the whole result.
        </Callout>
      );
    case "failed":
      return (
        <Callout tone="bad" title="Connection test failed">
          {isOld ? "You have changed the form since. Test again." : "The step that failed says why and what to do."}
        </Callout>
      );
    case "passed":
      return isOld ? (
        <Callout tone="warn" title="The form has changed since this test">
          Test again before you save.
        </Callout>
      ) : (
        <Callout tone="good" title="The connection works">
          Aivo reached the SIS, signed in and understood what it was shown.
          {test.steps.some((step) => step.state === "warning") ? " Something deserves a look all the same; its step says what." : ""}
        </Callout>
      );
  }
}
