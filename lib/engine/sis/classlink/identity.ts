/**
 * Which district of ClassLink an integration rosters. What the credentials name is compared before anything is sent; what cannot be
 * compared (another way in, a server that has moved) is left to what the proxy and the district's own records say.
 */
import { z } from "zod";
import { DistrictOrg } from "#lib/engine/sis/oneroster/district-orgs.ts";
import type { ClassLinkPlace } from "./credentials.ts";
import { type ClassLinkWay, wayOf } from "./way.ts";

export const Identity = z.object({
  /** A number, as entered. */
  tenantId: z.string().nullable(),
  /** As the proxy has it; it belongs to one district. */
  applicationId: z.string().nullable(),
  /** Of the direct way. */
  root: z.string().nullable(),
  orgs: z.array(DistrictOrg),
});
export type Identity = z.infer<typeof Identity>;

export function readIdentity(identity: unknown): Identity | null {
  return Identity.safeParse(identity).data ?? null;
}

/** The former tenant, where the credentials name another one than the last successful sync read; null if they do not, or cannot tell. */
export function formerTenant(before: Identity | null, place: ClassLinkPlace): string | null {
  if (before === null) return null;
  const way = wayOf(place);
  if (way.kind === "application") return differing(before.applicationId, way.applicationId);
  // On one server the Tenant ID is a name, and a name may be put right.
  if (way.kind === "direct" && way.root === before.root) return null;
  return differing(before.tenantId, numberOf(place));
}

/** The former application, where a tenant that was not known by its number turns out to have another one. */
export function formerApplication(before: Identity | null, way: ClassLinkWay, applicationId: string | null): string | null {
  return way.kind === "lookup" && before !== null && before.tenantId === null ? differing(before.applicationId, applicationId) : null;
}

/** What is known of the district after a successful read. `orgs` null: they were not looked at. */
export function identityAfter(
  before: Identity | null,
  place: ClassLinkPlace,
  found: { readonly applicationId: string | null; readonly orgs: readonly DistrictOrg[] | null },
): Identity {
  const way = wayOf(place);
  return {
    tenantId: numberOf(place) ?? before?.tenantId ?? null,
    applicationId: found.applicationId ?? before?.applicationId ?? null,
    root: way.kind === "direct" ? way.root : (before?.root ?? null),
    orgs: [...(found.orgs ?? before?.orgs ?? [])],
  };
}

function numberOf({ tenantId }: ClassLinkPlace): string | null {
  return /^\d+$/.test(tenantId) ? tenantId : null;
}

function differing(before: string | null, now: string | null): string | null {
  return before !== null && now !== null && before !== now ? before : null;
}
