"use server";
import { revalidatePath } from "next/cache";
import { actionResult } from "#app/errors.ts";
import { paths } from "#app/paths.ts";
import { services } from "#app/services.ts";
import { adminScope } from "#app/session.ts";
import type { Decided } from "#components/held/decision-box.tsx";
import { approveRun, discardRun } from "#lib/services/runs/decide-plan.ts";
import { getRun } from "#lib/services/runs/read.ts";
import { declineReissuedClasses } from "#lib/services/runs/reissued.ts";

/** Approves a plan that waits, or those of its parts that were checked, and goes to the run that applies it. */
export async function approveParts(runId: string, input: unknown): Promise<Decided> {
  const result = await actionResult(async () => {
    const scope = await adminScope("decide", "read-syncs");
    const opened = await services();
    const run = await getRun(opened, scope, String(runId));
    return { answer: await approveRun(opened, scope, run.id, "manual", input), run };
  });
  if (!result.ok) return { href: null, message: Object.values(result.fields)[0] ?? result.message };
  revalidatePath("/", "layout");
  const { answer, run } = result.data;
  if (answer.ok) return { href: paths.run(run.integrationId, answer.runId), message: null };
  if (answer.reason === "already-approved") return { href: paths.run(run.integrationId, answer.runId), message: null };
  return { href: null, message: refusals[answer.reason] };
}

/** Refuses a plan that waits; answers null when done, else why not. */
export async function refusePlan(runId: string, reason: string): Promise<string | null> {
  const result = await actionResult(async () => {
    const scope = await adminScope("decide", "read-syncs");
    return discardRun(await services(), scope, String(runId), String(reason));
  });
  if (!result.ok) return Object.values(result.fields)[0] ?? result.message;
  revalidatePath("/", "layout");
  if (result.data.ok) return null;
  return result.data.reason === "already-approved" ? "This plan was approved already." : refusals["not-waiting"];
}

/** Notes which classes of a plan that waits are others than it takes them for, and goes to the sync that reads again. */
export async function declineClasses(runId: string, externalIds: readonly string[], reason: string): Promise<Decided> {
  const result = await actionResult(async () => {
    const scope = await adminScope("decide", "read-syncs", "run-syncs");
    const opened = await services();
    const run = await getRun(opened, scope, String(runId));
    return { answer: await declineReissuedClasses(opened, scope, run.id, { externalIds, reason: String(reason) }), run };
  });
  if (!result.ok) return { href: null, message: Object.values(result.fields)[0] ?? result.message };
  revalidatePath("/", "layout");
  const { answer, run } = result.data;
  if (answer.ok || answer.reason === "already-running") return { href: paths.run(run.integrationId, answer.runId), message: null };
  return { href: paths.integration(run.integrationId), message: null };
}

const refusals = {
  "already-running": "A sync of this integration is running. Approve the plan when it has ended.",
  paused: "The integration is paused. Resume it, then approve the plan.",
  "not-waiting": "This plan does not wait for an answer any more.",
} as const;
