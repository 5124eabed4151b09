/** Credentials of an integration that has synced may change, but not to those of another district: its links are about one. */
import { classLinkPlace } from "./classlink/credentials.ts";
import { formerTenant, readIdentity } from "./classlink/identity.ts";
import { cleverCredentials } from "./clever/credentials.ts";
import { formerDistrict } from "./clever/identity.ts";
import type { AvailableProvider } from "./credentials.ts";

export interface FormerDistrict {
  /** The field of the credential form that names another district. */
  readonly field: string;
  /** What it named before. */
  readonly before: string;
}

/**
 * What the credentials named before, where they name another district than the one that the last successful sync read; null where they do
 * not, where only the SIS itself can tell, where they do not fit the form, and where there was no such sync. `identity` is what the
 * source told then; secrets may be missing among the credentials.
 */
export function findFormerDistrict(provider: AvailableProvider, identity: unknown, credentials: unknown): FormerDistrict | null {
  return readers[provider](identity, credentials);
}

const readers: Record<AvailableProvider, (identity: unknown, credentials: unknown) => FormerDistrict | null> = {
  clever: (identity, credentials) => {
    const named = cleverCredentials.pick({ districtId: true }).safeParse(credentials).data;
    return named === undefined ? null : asField("districtId", formerDistrict(identity, named));
  },
  classlink: (identity, credentials) => {
    const place = classLinkPlace.safeParse(credentials).data;
    return place === undefined ? null : asField("tenantId", formerTenant(readIdentity(identity), place));
  },
  // An address says nothing: servers move. The SIS's own records do, at the next full read.
  "oneroster-rest": () => null,
  "oneroster-csv": () => null,
};

function asField(field: string, before: string | null): FormerDistrict | null {
  return before === null ? null : { field, before };
}
