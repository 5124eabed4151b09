"use server";
import { revalidatePath } from "next/cache";
import { startRun } from "#app/(portal)/integrations/actions.ts";
import { type ActionResult, actionResult } from "#app/errors.ts";
import { services } from "#app/services.ts";
import { adminScope } from "#app/session.ts";
import type { Outcome } from "#components/runs/start-run.tsx";
import { previewScope, scopeChoices } from "#lib/services/scope/read.ts";
import { consequencesInWords, type ScopeChoices, type SearchedList } from "#lib/services/scope/schema.ts";
import { setScope } from "#lib/services/scope/write.ts";

/** What the choice means, in sentences; nothing is changed. */
export async function count(id: string, scope: unknown): Promise<ActionResult<readonly string[]>> {
  return actionResult(async () => {
    const preview = await previewScope(await services(), await adminScope("change-integrations", "read-syncs"), String(id), scope);
    return consequencesInWords(preview.counts, preview.scope);
  });
}

export async function search(id: string, list: SearchedList, text: string): Promise<ActionResult<ScopeChoices>> {
  return actionResult(async () =>
    scopeChoices(await services(), await adminScope("change-integrations", "read-syncs"), String(id), { list, search: text }),
  );
}

/** @param shown the scope that it is to take the place of */
export async function save(id: string, scope: unknown, shown: unknown): Promise<ActionResult<boolean>> {
  const result = await actionResult(async () =>
    setScope(await services(), await adminScope("change-integrations", "read-syncs"), String(id), scope, shown),
  );
  // A page that is drawn anew would take what was chosen with it.
  if (result.ok) revalidatePath("/integrations", "layout");
  return result;
}

/** Previews or applies the scope from what is remembered, without asking the SIS. */
export async function startFromMemory(id: string, kind: "sync" | "preview", duringBlackout = false): Promise<Outcome> {
  return startRun(id, kind, duringBlackout, true);
}
