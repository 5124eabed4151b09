import { z } from "zod";
import type { CleverCredentials } from "./credentials.ts";

/** Which district of Clever an integration rosters. */
export const Identity = z.object({ districtId: z.string() });
export type Identity = z.infer<typeof Identity>;

/** The former district, where the credentials name another one than the last successful sync read; null if they do not. */
export function formerDistrict(identity: unknown, { districtId }: Pick<CleverCredentials, "districtId">): string | null {
  const before = Identity.safeParse(identity).data;
  return before === undefined || before.districtId === districtId ? null : before.districtId;
}
