"use server";
import { revalidatePath } from "next/cache";
import { type ActionResult, actionResult } from "#app/errors.ts";
import { paths } from "#app/paths.ts";
import { services } from "#app/services.ts";
import { adminScope } from "#app/session.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import { acknowledgeIssues, releaseIssues } from "#lib/services/issues-acknowledged/write.ts";

/** Says that a cause of issues is known, and who sees to it. */
export async function acknowledgeCause(integrationId: string, input: unknown): Promise<ActionResult> {
  return actionResult(async () => {
    await acknowledgeIssues(await services(), await adminScope("decide"), idOf(integrationId), input);
    revalidatePath(paths.overview());
    return null;
  });
}

/** Takes that back. */
export async function releaseCause(integrationId: string, code: unknown): Promise<ActionResult> {
  return actionResult(async () => {
    await releaseIssues(await services(), await adminScope("decide"), idOf(integrationId), code);
    revalidatePath(paths.overview());
    return null;
  });
}

function idOf(value: unknown): string {
  if (typeof value !== "string") throw new ServiceError("invalid", "The request could not be read.");
  return value;
}
