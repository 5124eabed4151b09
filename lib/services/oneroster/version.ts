import type { OneRosterVersion } from "#lib/roster/version-change.ts";

/** The rostering services that Aivo gives, side by side: where each is, and what its scopes begin with. */
export const rosteringServices: Readonly<Record<OneRosterVersion, { readonly root: string; readonly scopePrefix: string }>> = {
  "1.1": { root: "/ims/oneroster/v1p1", scopePrefix: "https://purl.imsglobal.org/spec/or/v1p1/scope/" },
  "1.2": { root: "/ims/oneroster/rostering/v1p2", scopePrefix: "https://purl.imsglobal.org/spec/or/v1p2/scope/" },
};
