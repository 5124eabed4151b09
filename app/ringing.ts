import type { Ringing } from "#components/notices/ringing.ts";
import type { DistrictScope } from "#lib/platform/access.ts";
import { openIncidents } from "#lib/services/notices/read.ts";
import { paths } from "./paths.ts";
import { services } from "./services.ts";

/** What is open in the district, each with the page that it is about. */
export async function ringing(scope: DistrictScope<"read-syncs">): Promise<readonly Ringing[]> {
  const open = await openIncidents(await services(), scope);
  return open.map(({ id, title, tone, openedAt, integrationId, runId }) => {
    const href =
      integrationId === null ? paths.integrations() : runId === null ? paths.integration(integrationId) : paths.run(integrationId, runId);
    return { id, title, tone, openedAt, href };
  });
}
