"use server";
import { revalidatePath } from "next/cache";
import { type ActionResult, actionResult } from "#app/errors.ts";
import { paths } from "#app/paths.ts";
import { services } from "#app/services.ts";
import { adminScope } from "#app/session.ts";
import { unbarId } from "#lib/services/retention/barred-ids.ts";
import { releaseAccount } from "#lib/services/retention/holds.ts";

export async function releaseHold(accountId: string): Promise<ActionResult> {
  return actionResult(async () => {
    await releaseAccount(await services(), await adminScope("erase-people"), String(accountId));
    revalidatePath(paths.retention());
    revalidatePath("/roster", "layout");
    return null;
  });
}

/** Lets a record of a SIS in again that syncs leave out since its person was erased. */
export async function letIn(id: string): Promise<ActionResult> {
  return actionResult(async () => {
    await unbarId(await services(), await adminScope("erase-people"), String(id));
    revalidatePath(paths.retention());
    return null;
  });
}
