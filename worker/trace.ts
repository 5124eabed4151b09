import type { Payload } from "#lib/platform/jobs.ts";
import type { Took } from "#lib/platform/tracing.ts";
import type { EndedRun } from "./metrics.ts";

/** A sync as a trace: itself, its steps, and below them how long the SIS made it wait. null: no worker took it. */
export function traceOf(run: EndedRun, { districtId, runId }: Payload<"sync-run">): Took | null {
  if (!run.startedAt || !run.finishedAt) return null;
  const [from, to] = [run.startedAt.getTime(), run.finishedAt.getTime()];
  // Steps are told since the run was taken, by a clock of their own.
  const at = (ms: number | null) => (ms === null ? to : Math.min(from + ms, to));
  const steps = (run.trace?.steps ?? []).map((step): Took => {
    const waits = (run.trace?.waits ?? []).filter((wait) => wait.from >= step.from && wait.from <= (step.to ?? Number.POSITIVE_INFINITY));
    const parts = waits.map((wait) => ({ name: "wait", from: at(wait.from), to: at(wait.to), attributes: { "aivo.cause": wait.cause } }));
    return { name: step.phase, from: at(step.from), to: at(step.to), parts };
  });
  return {
    name: "sync",
    from,
    to,
    isFailed: run.state === "failed",
    attributes: {
      "aivo.run_id": runId,
      "aivo.district_id": districtId,
      "aivo.provider": run.provider,
      "aivo.kind": run.kind,
      "aivo.trigger": run.trigger,
      "aivo.state": run.state,
      "aivo.rows": run.rows,
      ...(run.failureCode !== null && { "aivo.failure": run.failureCode }),
    },
    parts: steps,
  };
}
