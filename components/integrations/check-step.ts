/** A step of Test Connection as it comes over the wire (lib/engine/sis/source.ts, CheckStep). */
export interface CheckStep {
  readonly id: string;
  readonly name: string;
  readonly state: "running" | "passed" | "failed" | "warning" | "skipped";
  readonly evidence: readonly string[];
  readonly cause?: string;
  readonly remedy?: string;
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
 * idle → running → passed | failed | host-key (waits for an admin to confirm the key, then runs again)
 *                └→ interrupted (the stream ended in the middle) or refused (the form is not complete)
 */
export type TestStatus = "idle" | "running" | "passed" | "failed" | "host-key" | "interrupted" | "refused";

export function statusOf(steps: readonly CheckStep[]): TestStatus {
  if (steps.length === 0 || steps.some((step) => step.state === "running")) return "interrupted";
  if (steps.some((step) => step.hostKeyFingerprint !== undefined)) return "host-key";
  return steps.some((step) => step.state === "failed") ? "failed" : "passed";
}
