import { paths } from "#app/paths.ts";
import type { OfferedWays } from "#components/sign-in/own-ways.tsx";
import type { WaysIn } from "#lib/services/identity/schema.ts";

/** The ways in with the addresses at which they begin. `isAnew`: to confirm who it is. */
export function offeredWays({ ways, passwords }: WaysIn, returnTo: string, isAnew: boolean): OfferedWays {
  const href = (district: string, provider: string) =>
    paths.api.beginSignIn({ district, provider, returnTo, ...(isAnew && { anew: "1" }) });
  return { ways: ways.map(({ districtId, providerId, label }) => ({ label, href: href(districtId, providerId) })), passwords };
}
