"use server";
import { z } from "zod";
import { adminAction } from "#app/admin-action.ts";
import type { ActionResult } from "#app/errors.ts";
import { paths } from "#app/paths.ts";
import { getActor } from "#app/session.ts";
import { type DistrictScope, requireSelf } from "#lib/platform/access.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import type { Capability } from "#lib/platform/roles.ts";
import { chooseNotices, repeatDelivery } from "#lib/services/notices/write.ts";
import type { Services } from "#lib/services/services.ts";
import { addWebhook, removeWebhook, rotateWebhookSecret, setWebhookKinds, testWebhook } from "#lib/services/webhooks/write.ts";

/** The settings show what is new. */
function act<May extends Capability, T>(
  capability: May,
  work: (services: Services, scope: DistrictScope<May>) => Promise<T>,
): Promise<ActionResult<T>> {
  return adminAction(capability, paths.settings(), work);
}

function idOf(input: unknown): string {
  const id = z.string().safeParse(input);
  if (!id.success) throw new ServiceError("invalid", "The request could not be read.");
  return id.data;
}

/** What the signed-in admin is told by email. */
export async function chooseMessages(choices: unknown): Promise<ActionResult> {
  return act("be-told", async (opened, scope) => {
    await chooseNotices(opened, scope, requireSelf(await getActor()).accountId, choices);
    return null;
  });
}

export async function sendAgain(deliveryId: string): Promise<ActionResult> {
  return act("change-settings", async (opened, scope) => {
    await repeatDelivery(opened, scope, idOf(deliveryId));
    return null;
  });
}

export async function addEndpoint(input: unknown): Promise<ActionResult<{ readonly secret: string }>> {
  return act("change-settings", async (opened, scope) => ({ secret: (await addWebhook(opened, scope, input)).secret }));
}

export async function changeEndpoint(id: string, kinds: unknown): Promise<ActionResult> {
  return act("change-settings", async (opened, scope) => {
    await setWebhookKinds(opened, scope, idOf(id), kinds);
    return null;
  });
}

export async function rotateEndpoint(id: string): Promise<ActionResult<{ readonly secret: string }>> {
  return act("change-settings", (opened, scope) => rotateWebhookSecret(opened, scope, idOf(id)));
}

export async function removeEndpoint(id: string): Promise<ActionResult> {
  return act("change-settings", async (opened, scope) => {
    await removeWebhook(opened, scope, idOf(id));
    return null;
  });
}

export async function testEndpoint(id: string): Promise<ActionResult> {
  return act("change-settings", async (opened, scope) => {
    await testWebhook(opened, scope, idOf(id));
    return null;
  });
}
