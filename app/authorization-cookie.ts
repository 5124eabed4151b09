import type { Env } from "#lib/platform/env.ts";
import { authorizationMinutes } from "#lib/services/integrations/authorize.ts";
import { ownCookie } from "./own-cookie.ts";

/** Ties an authorization to the browser that began it. Coming back from the provider is a navigation from another site. */
export function authorizationCookie(env: Pick<Env, "publicUrl">, value: string) {
  return { ...ownCookie(env, "aivo-authorization"), value, maxAge: value === "" ? 0 : authorizationMinutes * 60 };
}
