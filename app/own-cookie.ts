import type { Env } from "#lib/platform/env.ts";

/**
 * A cookie that is shown to this host alone, over https alone, and to no script: browsers hold `__Host-` to that (RFC 6265bis, 4.1.3.2), so
 * that no neighboring host can plant one. Without https, on a machine of one's own, they refuse the prefix.
 */
export function ownCookie({ publicUrl }: Pick<Env, "publicUrl">, name: string) {
  const secure = publicUrl.startsWith("https:");
  return { name: secure ? `__Host-${name}` : name, httpOnly: true, secure, sameSite: "lax" as const, path: "/" };
}
