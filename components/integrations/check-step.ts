/** A step of Test Connection as it comes over the wire (lib/engine/sis/source.ts, CheckStep). */
export interface CheckStep {
  readonly id: string;
  readonly name: string;
  readonly state: "running" | "passed" | "failed" | "warning" | "skipped";
  readonly evidence: readonly string[];
  readonly cause?: string;
  readonly remedy?: string;
  readonly waitsFor?: "authorization";
  readonly hostKeyFingerprint?: string;
  readonly sample?: CheckSample;
  /** What this step found out about the connection. */
  readonly learned?: Readonly<Record<string, unknown>>;
}

export interface CheckSample {
  readonly collection: string;
  readonly part: string;
  readonly columns: readonly string[];
  readonly rows: readonly { readonly line: number; readonly values: readonly string[]; readonly skipped: string | null }[];
}

/**
 * idle → running → passed | failed | waiting (for the provider to be told to let Aivo in) | host-key (waits for an admin to confirm the
 *                │ key, then runs again)
 *                └→ interrupted (the stream ended in the middle) or refused (the form is not complete)
 */
export type TestStatus = "idle" | "running" | "passed" | "failed" | "waiting" | "host-key" | "interrupted" | "refused";

export function statusOf(steps: readonly CheckStep[]): TestStatus {
  if (steps.length === 0 || steps.some((step) => step.state === "running")) return "interrupted";
  if (steps.some((step) => step.hostKeyFingerprint !== undefined)) return "host-key";
  const failed = steps.filter((step) => step.state === "failed");
  if (failed.length === 0) return "passed";
  return failed.every((step) => step.waitsFor !== undefined) ? "waiting" : "failed";
}

/** The steps as they are shown: what passed is folded, what needs a look stands, what was not reached is only named. */
export function foldSteps(steps: readonly CheckStep[]) {
  const notReached = steps.filter((step) => step.state === "skipped" && step.evidence.length === 0);
  const standing = steps.filter(
    (step) => step.state === "running" || step.state === "failed" || step.state === "warning" || step.hostKeyFingerprint !== undefined,
  );
  const passed = steps.filter((step) => !notReached.includes(step) && !standing.includes(step));
  return { passed, standing, notReached };
}
