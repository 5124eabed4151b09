import { paths } from "#app/paths.ts";
import type { OfferedWays } from "#components/sign-in/own-ways.tsx";
import type { WaysIn } from "#lib/services/identity/schema.ts";

/** The ways in with the addresses at which they begin. */
export function offeredWays({ ways, passwords }: WaysIn, returnTo: string): OfferedWays {
  const href = (district: string, provider: string) => paths.api.beginSignIn({ district, provider, returnTo });
  return { ways: ways.map(({ districtId, providerId, label }) => ({ label, href: href(districtId, providerId) })), passwords };
}
