import { and, asc, count, eq, isNotNull } from "drizzle-orm";
import type { DistrictScope } from "#lib/platform/access.ts";
import { districts } from "#lib/platform/db/schema/districts.ts";
import { identities, identityDomains, identityProviders } from "#lib/platform/db/schema/identity.ts";
import { type Tx, withDistrict } from "#lib/platform/db/tx.ts";
import { isUuid } from "#lib/platform/uuid.ts";
import type { Services } from "#lib/services/services.ts";
import { Domain, type ProviderItem, type WaysIn } from "./schema.ts";

/** How a district's people sign in. */
export interface SignInSettings {
  readonly providers: readonly ProviderItem[];
  readonly domains: readonly string[];
  /** Since when passwords open nothing; null: they do. */
  readonly onlySince: string | null;
}

export function readSignIn(services: Pick<Services, "db">, scope: DistrictScope<"read-settings">): Promise<SignInSettings> {
  return withDistrict(services.db, scope, async (tx) => {
    const rows = await tx.orm
      .select()
      .from(identityProviders)
      .where(eq(identityProviders.districtId, tx.districtId))
      .orderBy(asc(identityProviders.createdAt), asc(identityProviders.id));
    const people = await tx.orm
      .select({ providerId: identities.providerId, many: count() })
      .from(identities)
      .where(eq(identities.districtId, tx.districtId))
      .groupBy(identities.providerId);
    const [district] = await tx.orm
      .select({ since: districts.ownAccountsOnlySince })
      .from(districts)
      .where(eq(districts.id, tx.districtId));
    return {
      providers: rows.map(({ id, preset, label, issuer, clientId, tenant, matchBy, integrationId, sisIdClaim, provenAt }) => ({
        ...{ id, preset, label, issuer, clientId, tenant, matchBy, integrationId, sisIdClaim },
        provenAt: provenAt?.toISOString() ?? null,
        people: people.find(({ providerId }) => providerId === id)?.many ?? 0,
      })),
      domains: await domainsOf(tx),
      onlySince: district?.since?.toISOString() ?? null,
    };
  });
}

export async function domainsOf(tx: Tx): Promise<string[]> {
  const rows = await tx.orm
    .select({ domain: identityDomains.domain })
    .from(identityDomains)
    .where(eq(identityDomains.districtId, tx.districtId))
    .orderBy(asc(identityDomains.domain));
  return rows.map(({ domain }) => domain);
}

const none: WaysIn = { ways: [], passwords: true };

/**
 * For whoever is signed out: the ways in of the district that has claimed an email domain. It is asked about the domain alone, so that it
 * cannot tell whether anybody has an address.
 */
export async function waysOfDomain(services: Pick<Services, "db">, domain: string): Promise<WaysIn> {
  const wanted = Domain.safeParse(domain);
  if (!wanted.success) return none;
  const [claimed] = await services.db.orm
    .select({ districtId: identityDomains.districtId })
    .from(identityDomains)
    .where(eq(identityDomains.domain, wanted.data))
    .limit(1);
  return claimed === undefined ? none : waysOfDistrict(services, claimed.districtId);
}

/** The same by the district's own link, where no domain says it. Of a district that there is not, none. */
export async function waysOfDistrict({ db }: Pick<Services, "db">, districtId: string): Promise<WaysIn> {
  if (!isUuid(districtId)) return none;
  const ways = await db.orm
    .select({ districtId: identityProviders.districtId, providerId: identityProviders.id, label: identityProviders.label })
    .from(identityProviders)
    .where(eq(identityProviders.districtId, districtId))
    .orderBy(asc(identityProviders.createdAt), asc(identityProviders.id));
  const [closed] = await db.orm
    .select({ id: districts.id })
    .from(districts)
    .where(and(eq(districts.id, districtId), isNotNull(districts.ownAccountsOnlySince)));
  return { ways, passwords: closed === undefined };
}
