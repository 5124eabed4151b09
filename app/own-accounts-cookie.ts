import type { Env } from "#lib/platform/env.ts";
import { signInMinutes } from "#lib/services/identity/begin.ts";
import { ownCookie } from "./own-cookie.ts";

/** Ties a sign-in at a district's provider to the browser that began it. Coming back from there is a navigation from another site. */
export function ownAccountsCookie(env: Pick<Env, "publicUrl">, value: string) {
  return { ...ownCookie(env, "aivo-own-accounts"), value, maxAge: value === "" ? 0 : signInMinutes * 60 };
}
