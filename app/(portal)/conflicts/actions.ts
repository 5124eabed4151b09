"use server";
import { revalidatePath } from "next/cache";
import { actionResult } from "#app/errors.ts";
import { paths } from "#app/paths.ts";
import { services } from "#app/services.ts";
import { adminScope } from "#app/session.ts";
import type { ConflictAnswer } from "#components/conflicts/decide-conflict.tsx";
import type { Decided } from "#components/decisions/decision-card.tsx";
import type { Result } from "#components/settings/result.ts";
import { applyDecisions, decideConflict, takeBackDecision } from "#lib/services/conflicts/decide.ts";
import { decideSamePeople } from "#lib/services/conflicts/same-people.ts";

/** Notes who somebody is; where that is wanted at once, goes to the sync that follows it. */
export async function decideWho(integrationId: string, seq: number, shown: string, answer: ConflictAnswer): Promise<Decided> {
  const result = await actionResult(async () => {
    const scope = await adminScope("decide");
    const opened = await services();
    const input = { who: String(answer?.who), reason: String(answer?.reason), shown: String(shown) };
    await decideConflict(opened, scope, String(integrationId), Number(seq), input);
    return answer?.applyNow === true ? applyDecisions(opened, scope, String(integrationId)) : null;
  });
  if (!result.ok) return { ok: false, message: result.message, fields: result.fields };
  revalidatePath("/", "layout");
  const applied = result.data;
  if (applied?.ok) return { ok: true, href: paths.run(String(integrationId), applied.runId), title: "Noted, and being applied" };
  const title =
    applied === null
      ? "Noted. The next sync follows it."
      : applied.reason === "paused"
        ? "Noted. The integration is paused: it is followed once it is resumed."
        : "Noted. A sync is running; it, or the next one, follows it.";
  return { ok: true, href: paths.conflicts(), title };
}

/** Notes that all who are asked about by name alone are the same people, and goes on to the sync that follows it. */
export async function theyAreTheSame(integrationId: string, shown: string, reason: string): Promise<Result> {
  const result = await actionResult(async () => {
    const scope = await adminScope("decide");
    const opened = await services();
    await decideSamePeople(opened, scope, String(integrationId), { shown: String(shown), reason: String(reason) });
    return applyDecisions(opened, scope, String(integrationId));
  });
  if (!result.ok) return { ok: false, message: Object.values(result.fields)[0] ?? result.message, fields: {} };
  revalidatePath("/", "layout");
  return { ok: true, data: null };
}

export async function takeBack(integrationId: string, evidence: string, reason: string): Promise<Result> {
  const result = await actionResult(async () =>
    takeBackDecision(await services(), await adminScope("decide"), String(integrationId), String(evidence), { reason: String(reason) }),
  );
  if (!result.ok) return { ok: false, message: Object.values(result.fields)[0] ?? result.message, fields: {} };
  revalidatePath("/", "layout");
  return { ok: true, data: null };
}
