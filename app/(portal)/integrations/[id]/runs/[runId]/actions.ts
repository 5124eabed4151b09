"use server";
import { revalidatePath } from "next/cache";
import { actionResult } from "#app/errors.ts";
import { paths } from "#app/paths.ts";
import { services } from "#app/services.ts";
import { adminScope } from "#app/session.ts";
import type { Outcome } from "#components/runs/start-run.tsx";
import type { Looked, Undone } from "#components/runs/undo-run.tsx";
import { approveRun, discardRun } from "#lib/services/runs/decide-plan.ts";
import { getRun } from "#lib/services/runs/read.ts";
import { previewUndo, requestUndo } from "#lib/services/runs/undo.ts";
import { cancelRun } from "#lib/services/runs/write.ts";
import { show } from "#lib/services/views/record.ts";

/** Answers null when done, else why not. */
export async function cancel(runId: string): Promise<string | null> {
  const result = await actionResult(async () => cancelRun(await services(), await adminScope("run-syncs"), String(runId)));
  if (!result.ok) return result.message;
  revalidatePath("/integrations", "layout");
  if (result.data.ok) return null;
  return result.data.reason === "too-late"
    ? "It is already being applied, which takes a moment and cannot be stopped halfway."
    : "It has already ended.";
}

export async function approve(runId: string): Promise<Outcome> {
  const result = await actionResult(async () => {
    const scope = await adminScope("decide", "read-syncs");
    const run = await getRun(await services(), scope, String(runId));
    return { answer: await approveRun(await services(), scope, run.id), run };
  });
  if (!result.ok) return { ok: false, message: result.message, href: null };
  revalidatePath("/integrations", "layout");
  const { answer, run } = result.data;
  if (answer.ok) return { ok: true, href: paths.run(run.integrationId, answer.runId) };
  switch (answer.reason) {
    case "already-running":
      return { ok: false, message: "A sync of this integration is running. Approve the plan when it has ended.", href: null };
    case "already-approved":
      return { ok: false, message: "This plan was approved already.", href: paths.run(run.integrationId, answer.runId) };
    case "paused":
      return { ok: false, message: "The integration is paused. Resume it, then approve the plan.", href: null };
    case "not-waiting":
      return { ok: false, message: "This plan does not wait for an answer any more.", href: null };
  }
}

export async function discard(runId: string): Promise<string | null> {
  const result = await actionResult(async () => discardRun(await services(), await adminScope("decide", "read-syncs"), String(runId)));
  if (!result.ok) return result.message;
  revalidatePath("/integrations", "layout");
  if (result.data.ok) return null;
  return result.data.reason === "already-approved" ? "This plan was approved already." : "This plan does not wait for an answer any more.";
}

/** What taking the run back would do, as things are. */
export async function lookAtUndo(runId: string): Promise<Looked> {
  const result = await actionResult(async () => {
    const opened = await services();
    const scope = await adminScope("decide", "read-syncs");
    return show(opened, scope, { door: "lookAtUndo" }, await previewUndo(opened, scope, String(runId)));
  });
  return result.ok ? { ok: true, preview: result.data } : { ok: false, message: result.message };
}

export async function undo(runId: string, input: { readonly reason: string; readonly shown: string }): Promise<Undone> {
  const result = await actionResult(async () => {
    const scope = await adminScope("decide", "read-syncs");
    const run = await getRun(await services(), scope, String(runId));
    const asked = { reason: String(input.reason), shown: String(input.shown) };
    return { answer: await requestUndo(await services(), scope, run.id, asked), run };
  });
  if (!result.ok) return { ok: false, message: result.fields?.reason ?? result.message };
  revalidatePath("/integrations", "layout");
  const { answer, run } = result.data;
  if (answer.ok) return { ok: true, href: paths.run(run.integrationId, answer.runId) };
  return {
    ok: false,
    message: "A sync of this integration is running or queued. Wait for its end, or cancel it, then take this one back.",
  };
}
