"use server";
import { revalidatePath } from "next/cache";
import { actionResult } from "#app/errors.ts";
import { services } from "#app/services.ts";
import { adminScope } from "#app/session.ts";
import type { Result } from "#components/settings/result.ts";
import { applyDecisions } from "#lib/services/conflicts/decide.ts";
import { previewOrder, setOrder } from "#lib/services/integrations/order.ts";
import type { IntegrationOrder, KindPreview } from "#lib/services/integrations/order-schema.ts";

export async function showOrder(order: IntegrationOrder): Promise<Result<readonly KindPreview[]>> {
  return actionResult(async () => previewOrder(await services(), await adminScope("change-integrations", "read-syncs"), order));
}

/** Saves the order in the place of the one that was shown; with `applyNow` each integration that is active follows it at once, from what its SIS said before. */
export async function saveOrder(order: IntegrationOrder, applyNow: boolean, shown: IntegrationOrder): Promise<Result> {
  const result = await actionResult(async () => {
    const scope = await adminScope("change-integrations", "decide");
    const opened = await services();
    const { integrations } = await setOrder(opened, scope, order, shown);
    if (applyNow === true) for (const { id, state } of integrations) if (state === "active") await applyDecisions(opened, scope, id);
    return null;
  });
  if (result.ok) revalidatePath("/", "layout");
  return result;
}
