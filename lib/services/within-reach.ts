import { beyondSchools, type DistrictScope, isOfSchools, type ReachScope, type SchoolScope } from "#lib/platform/access.ts";
import { withDistrict } from "#lib/platform/db/tx.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import type { Capability } from "#lib/platform/roles.ts";
import { isUuid } from "#lib/platform/uuid.ts";
import type { Services } from "#lib/services/services.ts";
import type { Ref } from "#lib/services/why/schema.ts";

const found = {
  users: { table: "accounts", missing: "There is no such person." },
  classes: { table: "classrooms", missing: "There is no such classroom." },
} as const;

/**
 * Leave to read all that hangs on one person or class: for somebody of some schools only where it is of these. Others are not there, rather than
 * forbidden, so that nothing tells who is at another school.
 * @throws ServiceError `not-found`
 */
export async function withinReach<May extends Capability>(
  services: Pick<Services, "db">,
  scope: ReachScope<May>,
  collection: keyof typeof found,
  ref: Ref,
): Promise<DistrictScope<May>> {
  if (!isOfSchools(scope)) return scope;
  if (!(await isThere(services, scope, collection, ref))) throw new ServiceError("not-found", found[collection].missing);
  return beyondSchools(scope);
}

function isThere(services: Pick<Services, "db">, scope: SchoolScope<never>, collection: keyof typeof found, ref: Ref): Promise<boolean> {
  return withDistrict(services.db, scope, async (tx) => {
    const [one] =
      "recordId" in ref
        ? isUuid(ref.recordId)
          ? await tx.sql`
              select from ${tx.sql(found[collection].table)} where district_id = ${tx.districtId} and id = ${ref.recordId}`
          : []
        : isUuid(ref.integrationId)
          ? await tx.sql`
              select from source_records
              where district_id = ${tx.districtId} and external_id = ${ref.externalId} and collection = ${collection}
                and integration_id = ${ref.integrationId}`
          : [];
    return one !== undefined;
  });
}
