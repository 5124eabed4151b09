import type { DistrictScope } from "#lib/platform/access.ts";
import { isAdminWhoMay } from "#lib/platform/db/admins-who-may.ts";
import { type Tx, withDistrict } from "#lib/platform/db/tx.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import { isUuid } from "#lib/platform/uuid.ts";
import type { Services } from "#lib/services/services.ts";
import type { Acknowledged, Colleague } from "./schema.ts";

/** What was said of the causes of these integrations' issues. */
export async function acknowledgedOf(tx: Tx, integrationIds: readonly string[]): Promise<readonly Acknowledged[]> {
  const rows = await tx.sql<(Omit<Acknowledged, "since"> & { since: string })[]>`
    select k.integration_id as "integrationId", k.code, k.reason, k.since, btrim(b.given_name || ' ' || b.family_name) as by,
      btrim(t.given_name || ' ' || t.family_name) as "assignedTo"
    from issue_acknowledgements k
    left join accounts b on b.district_id = k.district_id and b.id = k.acknowledged_by
    left join accounts t on t.district_id = k.district_id and t.id = k.assigned_to
    where k.district_id = ${tx.districtId} and k.integration_id = any(${[...integrationIds]}::uuid[])`;
  return rows.map((row) => ({ ...row, since: new Date(row.since).toISOString() }));
}

/**
 * What was said of the causes of an integration's issues, by code.
 * @throws ServiceError `not-found`
 */
export function listAcknowledged(
  services: Pick<Services, "db">,
  scope: DistrictScope<"read-syncs">,
  integrationId: string,
): Promise<readonly Acknowledged[]> {
  return withDistrict(services.db, scope, async (tx) => {
    const found = isUuid(integrationId)
      ? await tx.sql`select from integrations where district_id = ${tx.districtId} and id = ${integrationId} and state <> 'removed'`
      : [];
    if (found.length === 0) throw new ServiceError("not-found", "There is no such integration.");
    const all = await acknowledgedOf(tx, [integrationId]);
    return all.toSorted((one, other) => one.code.localeCompare(other.code, "en"));
  });
}

/** The admins of the district who can sign in, by name. */
export function colleagues(tx: Tx): Promise<readonly Colleague[]> {
  return tx.sql<Colleague[]>`
    select id, btrim(given_name || ' ' || family_name) as name from accounts
    where district_id = ${tx.districtId} and ${tx.sql.unsafe(isAdminWhoMay("decide"))} and status = 'active' and barred_at is null
    order by family_name, given_name, id limit 200`;
}
