"use server";
import { revalidatePath } from "next/cache";
import { actionResult } from "#app/errors.ts";
import { services } from "#app/services.ts";
import { adminScope } from "#app/session.ts";
import type { DecisionRefusal } from "#components/issues/decide-person.tsx";
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
