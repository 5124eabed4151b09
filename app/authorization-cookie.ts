import type { Env } from "#lib/platform/env.ts";
import { authorizationMinutes } from "#lib/services/integrations/authorize.ts";
import { paths } from "./paths.ts";

export const authorizationCookieName = "aivo-authorization";

/** Ties an authorization to the browser that began it. Shown again to the callback alone, and to no script. */
export function authorizationCookie(env: Pick<Env, "publicUrl">, value: string) {
  return {
    name: authorizationCookieName,
    value,
    httpOnly: true,
    secure: env.publicUrl.startsWith("https:"),
    // Coming back from the provider is a navigation from another site.
    sameSite: "lax" as const,
    path: paths.api.authorizationCallback(),
    maxAge: value === "" ? 0 : authorizationMinutes * 60,
  };
}
