"use server";
import { adminAction } from "#app/admin-action.ts";
import type { ActionResult } from "#app/errors.ts";
import { paths } from "#app/paths.ts";
import type { MadeApiClient } from "#lib/services/api/schema.ts";
import { createApiClient, revokeApiClient } from "#lib/services/api/write.ts";

export async function makeClient(input: unknown): Promise<ActionResult<MadeApiClient>> {
  return adminAction("change-settings", paths.apiAccess(), (opened, scope) => createApiClient(opened, scope, input));
}

export async function revokeClient(id: string): Promise<ActionResult> {
  return adminAction("change-settings", paths.apiAccess(), async (opened, scope) => {
    await revokeApiClient(opened, scope, String(id));
    return null;
  });
}
