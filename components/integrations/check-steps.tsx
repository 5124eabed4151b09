import { clsx } from "clsx";
import type { ReactNode } from "react";
import { StateMark } from "#components/ui/badge.tsx";
import { Fold } from "#components/ui/fold.tsx";
import { Icon } from "#components/ui/icon.tsx";
import { Sample } from "./check-sample.tsx";
import { type CheckStep, foldSteps } from "./check-step.ts";

export interface CheckStepsProps {
  readonly steps: readonly CheckStep[];
  /** What to offer at the step that shows a host key. */
  readonly hostKeyAction: (fingerprint: string) => ReactNode;
}

/** The steps of Test Connection: what passed in one line that opens, and each that did not with its cause and what to do. */
export function CheckSteps({ steps, hostKeyAction }: CheckStepsProps) {
  const { passed, standing, notReached } = foldSteps(steps);
  return (
    <div className="grid gap-3 text-sm">
      {passed.length > 0 ? (
        <Fold summary={`${passed.length} of ${steps.length} steps passed`}>
          <StepList label="Steps that passed" steps={passed} hostKeyAction={hostKeyAction} />
        </Fold>
      ) : null}
      {standing.length > 0 ? <StepList label="Steps of the connection test" steps={standing} hostKeyAction={hostKeyAction} /> : null}
      {notReached.length > 0 ? <p className="text-muted">Not reached: {notReached.map(({ name }) => name).join(", ")}</p> : null}
    </div>
  );
}

function StepList({ label, steps, hostKeyAction }: CheckStepsProps & { readonly label: string }) {
  return (
    <ol className="grid gap-3" aria-label={label}>
      {steps.map((step) => (
        <li key={step.id} className="flex min-w-0 gap-2.5">
          <span className="flex h-5 w-3.5 shrink-0 items-center justify-center">
            <Sign step={step} />
          </span>
          <div className="grid min-w-0 flex-1 gap-1">
            <p className="font-strong">
              {step.name} <span className={clsx("font-normal", toneOf(step))}>{wordOf(step)}</span>
            </p>
            {step.evidence.map((line) => (
              <p key={line} className="break-words text-muted">
                {line}
              </p>
            ))}
            {step.cause ? <p className="max-w-2xl text-soft">{step.cause}</p> : null}
            {step.remedy ? (
              <p className="max-w-2xl text-soft">
                <span className="font-strong text-ink">What to do: </span>
                {step.remedy}
              </p>
            ) : null}
            {step.hostKeyFingerprint ? hostKeyAction(step.hostKeyFingerprint) : null}
            {step.sample ? <Sample sample={step.sample} /> : null}
          </div>
        </li>
      ))}
    </ol>
  );
}

const words: Record<CheckStep["state"], string> = {
  running: "running",
  passed: "passed",
  failed: "failed",
  warning: "needs a look",
  skipped: "skipped",
};

const wordOf = (step: CheckStep) => (step.waitsFor ? "waits" : words[step.state]);

function toneOf({ state, waitsFor }: CheckStep): string {
  if (state === "warning" || waitsFor) return "text-ask";
  if (state === "failed") return "text-harm";
  return state === "passed" ? "sr-only" : "text-muted";
}

function Sign({ step: { state, waitsFor } }: { readonly step: CheckStep }) {
  if (state === "running") return <Icon name="loader-circle" className="size-3.5 animate-spin text-accent" />;
  if (state === "passed") return <Icon name="check" className="size-3.5 text-muted" />;
  if (state === "skipped") return <Icon name="minus" className="size-3.5 text-muted" />;
  return <StateMark tone={state === "warning" || waitsFor ? "warn" : "bad"} />;
}
