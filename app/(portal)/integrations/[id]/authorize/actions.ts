"use server";
import { cookies } from "next/headers";
import { z } from "zod";
import { authorizationCookie } from "#app/authorization-cookie.ts";
import { type ActionResult, actionResult } from "#app/errors.ts";
import { paths } from "#app/paths.ts";
import { services } from "#app/services.ts";
import { adminScope } from "#app/session.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import { beginAuthorization } from "#lib/services/integrations/authorize.ts";

/** *Authorize with Clever* and *Reconnect*: answers with the address at Clever to go to. */
export async function authorize(id: string): Promise<ActionResult<{ href: string }>> {
  return actionResult(async () => {
    const scope = await adminScope("change-integrations");
    const parsed = z.string().safeParse(id);
    if (!parsed.success) throw new ServiceError("invalid", "The request could not be read.");
    const opened = await services();
    const redirectUri = new URL(paths.api.authorizationCallback(), opened.env.publicUrl).href;
    const begun = await beginAuthorization(opened, scope, parsed.data, redirectUri);
    (await cookies()).set(authorizationCookie(opened.env, begun.browserSecret));
    return { href: begun.url };
  });
}
