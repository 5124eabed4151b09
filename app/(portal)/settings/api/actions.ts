"use server";
import { revalidatePath } from "next/cache";
import { type ActionResult, actionResult } from "#app/errors.ts";
import { paths } from "#app/paths.ts";
import { services } from "#app/services.ts";
import { adminScope } from "#app/session.ts";
import type { MadeApiClient } from "#lib/services/api/schema.ts";
import { createApiClient, revokeApiClient } from "#lib/services/api/write.ts";

export async function makeClient(input: unknown): Promise<ActionResult<MadeApiClient>> {
  return actionResult(async () => {
    const made = await createApiClient(await services(), await adminScope("change-settings"), input);
    revalidatePath(paths.apiAccess());
    return made;
  });
}

export async function revokeClient(id: string): Promise<ActionResult> {
  return actionResult(async () => {
    await revokeApiClient(await services(), await adminScope("change-settings"), String(id));
    revalidatePath(paths.apiAccess());
    return null;
  });
}
