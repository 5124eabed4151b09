import { type Actor, type DistrictScope, requireDistrict } from "#lib/platform/access.ts";
import { roles } from "#lib/platform/roles.ts";

/** A district admin's leave, for whatever a test hands it to: also for what is refused as it runs. */
export function requireAdmin(actor: Actor | null): DistrictScope {
  return requireDistrict(actor, ...roles.admin.may) as DistrictScope<never> as DistrictScope;
}
