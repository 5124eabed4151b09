import { plannedWith } from "#lib/engine/scope/planned-with.ts";
import { whyNoPersonAlone } from "#lib/engine/sis/one-person.ts";
import type { DistrictScope } from "#lib/platform/access.ts";
import type { Tx } from "#lib/platform/db/tx.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import { isUuid } from "#lib/platform/uuid.ts";
import type { Services } from "#lib/services/services.ts";
import { type RequestedRun, type RunRequest, requestRunOf } from "./write.ts";

/** No sourcedId is longer. */
const longestId = 255;

/**
 * Asks for a sync of one person: a run of its own, that reads and applies them alone and leaves the schedule, and the place where the
 * next sync goes on, as they were. `person` is an Aivo id, or the SIS's.
 * @throws ServiceError `not-found`, `invalid`; `precondition` with why this integration cannot, and what to do instead
 */
export function requestPersonSync(
  services: Services,
  scope: DistrictScope<"run-syncs">,
  integrationId: string,
  person: string,
  request: Omit<RunRequest, "kind">,
): Promise<RequestedRun> {
  return requestRunOf(services, scope, integrationId, { ...request, kind: "sync" }, async (tx, integration) => {
    const whyNot = whyNoPersonAlone(integration.provider);
    if (whyNot !== null) throw new ServiceError("precondition", whyNot);
    if (integration.plannedWith !== plannedWith(integration))
      throw new ServiceError(
        "precondition",
        "One person can be synced once a sync of everybody has been applied since this integration, or Aivo, was last changed. Choose Run Sync Now first.",
      );
    return externalIdOf(tx, integrationId, person.trim());
  });
}

/** What the integration's SIS calls a person; of several ids of one account the one that it delivers. */
async function externalIdOf(tx: Tx, integrationId: string, person: string): Promise<string> {
  if (person === "" || person.length > longestId)
    throw new ServiceError("invalid", "Name the person by their Aivo id or by the id that the SIS has for them.");
  if (!isUuid(person)) return person;
  const [account] = await tx.sql`select from accounts where district_id = ${tx.districtId} and id = ${person}`;
  if (!account) return person;
  const [known] = await tx.sql<{ externalId: string }[]>`
    select external_id as "externalId"
    from source_records
    where district_id = ${tx.districtId}
      and integration_id = ${integrationId}
      and collection = 'users'
      and record_id = ${person}
    order by rostered desc, linked_at desc nulls last, external_id
    limit 1`;
  if (!known)
    throw new ServiceError(
      "precondition",
      "This integration has never delivered this person. Name them by the id that the SIS has for them.",
    );
  return known.externalId;
}
