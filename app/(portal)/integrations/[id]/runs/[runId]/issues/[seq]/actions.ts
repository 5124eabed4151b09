"use server";
import { revalidatePath } from "next/cache";
import { actionResult } from "#app/errors.ts";
import { paths } from "#app/paths.ts";
import { services } from "#app/services.ts";
import { adminScope } from "#app/session.ts";
import type { Decided } from "#components/decisions/decision-card.tsx";
import type { DecisionRefusal } from "#components/issues/decide-person.tsx";
import { decideIssueClass } from "#lib/services/classrooms/decide-issue.ts";
import { applyDecisions } from "#lib/services/conflicts/decide.ts";
import { decideMatch } from "#lib/services/runs/decide.ts";
import type { MatchDecision } from "#lib/services/runs/schema.ts";

export async function decide(
  runId: string,
  seq: number,
  answer: { readonly verdict: string; readonly reason: string },
): Promise<DecisionRefusal> {
  const result = await actionResult(async () => {
    const scope = await adminScope("decide", "read-syncs");
    // What is no verdict is refused by the service, in its words.
    const input = { verdict: String(answer?.verdict), reason: String(answer?.reason) } as MatchDecision;
    return decideMatch(await services(), scope, String(runId), Number(seq), input);
  });
  if (!result.ok) return { message: result.message, fields: result.fields };
  revalidatePath("/integrations", "layout");
  return null;
}

/** Notes which class it is, and goes to the sync that follows it. */
export async function decideWhichClass(
  runId: string,
  seq: number,
  answer: { readonly classroomId: string; readonly reason: string },
): Promise<Decided> {
  const result = await actionResult(async () => {
    const scope = await adminScope("decide", "read-syncs");
    const opened = await services();
    const input = { classroomId: String(answer?.classroomId), reason: String(answer?.reason) };
    const integrationId = await decideIssueClass(opened, scope, String(runId), Number(seq), input);
    return { integrationId, applied: await applyDecisions(opened, scope, integrationId) };
  });
  if (!result.ok) return { ok: false, message: result.message, fields: result.fields };
  revalidatePath("/", "layout");
  const { integrationId, applied } = result.data;
  if (applied.ok) return { ok: true, href: paths.run(integrationId, applied.runId), title: "Noted, and being applied" };
  const title =
    applied.reason === "paused"
      ? "Noted. The integration is paused: it is followed once it is resumed."
      : "Noted. A sync is running; it, or the next one, follows it.";
  return { ok: true, href: null, title };
}
