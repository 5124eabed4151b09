import { z } from "zod";
import type { DistrictScope } from "#lib/platform/access.ts";
import { withDistrict } from "#lib/platform/db/tx.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import { parseOrRefuse } from "#lib/platform/parse.ts";
import { isUuid } from "#lib/platform/uuid.ts";
import { oneRosterVersions } from "#lib/roster/version-change.ts";
import { insertRun, type RequestedRun, type RunRequest } from "#lib/services/runs/write.ts";
import type { Services } from "#lib/services/services.ts";

export const VersionRequest = z.object({
  to: z.enum(oneRosterVersions, { error: `The version is ${oneRosterVersions.join(" or ")}` }),
});

/**
 * Plans what becomes of everybody where the integration reads another version of OneRoster from now on: a preview that reads everything in that
 * version and links the ids of the one to those of the other. Nothing is changed until somebody approves it; then all of it is one run, that can be undone.
 * @throws ServiceError `not-found`, `invalid` for a provider that has no versions and for the version that is read already
 */
export async function changeVersion(
  services: Services,
  scope: DistrictScope<"change-integrations">,
  id: string,
  input: unknown,
  trigger: RunRequest["trigger"] = "manual",
): Promise<RequestedRun> {
  const { to } = parseOrRefuse(VersionRequest, input, "The version was not changed.");
  return withDistrict(services.db, scope, async (tx) => {
    // Shared: pausing or removing waits for this transaction, other requests do not.
    const [integration] = isUuid(id)
      ? await tx.sql<{ state: string; provider: string; version: string | null }[]>`
          select state, provider, oneroster_version as version
          from integrations
          where district_id = ${tx.districtId} and id = ${id} and state <> 'removed'
          for share`
      : [];
    if (!integration) throw new ServiceError("not-found", "There is no such integration.");
    if (integration.provider !== "oneroster-csv" && integration.provider !== "oneroster-rest")
      throw new ServiceError("invalid", "Only OneRoster has versions to choose from.");
    if (integration.version === null)
      throw new ServiceError("invalid", "Nothing was synced yet: the first sync takes whichever version it finds.");
    if (integration.version === to) throw new ServiceError("invalid", `This integration reads OneRoster ${to} already.`);
    if (integration.state === "paused") return { ok: false, reason: "paused" };
    const run = { integrationId: id, kind: "preview", trigger, planRunId: null, changesVersionTo: to } as const;
    return insertRun(services, tx, scope, run, "run-requested");
  });
}
