"use client";
import { useEffect, useRef } from "react";
import { announce } from "#components/ui/announcer.tsx";
import { Button } from "#components/ui/button.tsx";
import { Callout } from "#components/ui/callout.tsx";
import { Card } from "#components/ui/card.tsx";
import { Copyable } from "#components/ui/code.tsx";
import { toneText } from "#components/ui/tone.ts";
import type { TestStatus } from "./check-step.ts";
import { CheckSteps } from "./check-steps.tsx";
import { verdicts } from "./test-words.ts";
import type { ConnectionTest } from "./use-connection-test.ts";

export interface TestPanelProps {
  readonly test: ConnectionTest;
  /** The form has changed since the test. */
  readonly isOld: boolean;
  /** The admin says that the key is the server's. */
  readonly onConfirmHostKey: (fingerprint: string) => void;
}

/** What came of *Test Connection*, step by step as it happens; nothing before the first test. */
export function TestPanel({ test, isOld, onConfirmHostKey }: TestPanelProps) {
  const { status, steps } = test;
  const end = useRef<HTMLDivElement>(null);
  const verdict = verdicts[status];
  const said = verdict?.said ?? null;
  useEffect(() => {
    if (said !== null) announce(said);
    // What needs the admin is brought into sight; a test that passed is seen in the bar.
    if (needsAnAnswer.has(status)) end.current?.scrollIntoView({ block: "nearest" });
  }, [said, status]);
  if (status === "idle" || status === "refused") return null;
  return (
    <Card title="Test" aside="A test changes nothing, here or in the SIS.">
      <div ref={end} className="grid scroll-mb-24 gap-3">
        {verdict ? (
          <p className="text-sm">
            <span className={`font-strong ${isOld ? "text-muted" : verdict.tone === "neutral" ? "text-ink" : toneText[verdict.tone]}`}>
              {verdict.title}
            </span>{" "}
            <span className="text-muted">{isOld ? "The form has changed since. Test again." : verdict.text}</span>
          </p>
        ) : null}
        {steps.length > 0 ? (
          <CheckSteps
            steps={steps}
            hostKeyAction={(fingerprint) => <HostKey fingerprint={fingerprint} onConfirm={() => onConfirmHostKey(fingerprint)} />}
          />
        ) : null}
      </div>
    </Card>
  );
}

const needsAnAnswer: ReadonlySet<TestStatus> = new Set(["failed", "waiting", "host-key", "interrupted"]);

function HostKey({ fingerprint, onConfirm }: { readonly fingerprint: string; readonly onConfirm: () => void }) {
  return (
    <div className="mt-1 max-w-2xl">
      <Callout
        tone="warn"
        title={<Copyable value={fingerprint} label="fingerprint" />}
        action={<Button onClick={onConfirm}>This is the right key</Button>}
      >
        Compare this fingerprint with the one that whoever runs the server gives you. Aivo then talks to a server with this key only, so
        that nobody can stand in for it.
      </Callout>
    </div>
  );
}
