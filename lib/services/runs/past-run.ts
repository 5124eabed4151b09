import type { DistrictScope } from "#lib/platform/access.ts";
import { withDistrict } from "#lib/platform/db/tx.ts";
import type { ReadServices } from "./read.ts";
import type { PastRun, RunDetail } from "./schema.ts";

/** The last sync of the whole district that this integration read and applied before the run; null where there is none. One look by index. */
export function findPastRun(
  services: ReadServices,
  scope: DistrictScope<"read-syncs">,
  { integrationId, number }: Pick<RunDetail, "integrationId" | "number">,
): Promise<PastRun | null> {
  return withDistrict(services.db, scope, async (tx) => {
    const [past] = await tx.sql<
      (Omit<PastRun, "steps" | "rows" | "parts"> & {
        timeline: PastRun["steps"];
        rows: PastRun["rows"] | null;
        parts: PastRun["parts"] | null;
      })[]
    >`
      select number, timeline, trace, input -> 'rows' as rows, input -> 'parts' as parts,
        issue_counts as "issueCounts"
      from sync_runs
      where district_id = ${tx.districtId}
        and integration_id = ${integrationId}
        and number < ${number}
        and kind = 'sync'
        and state = 'succeeded'
        and for_person is null
        and same_as_run_id is null
        and not from_memory
      order by number desc
      limit 1`;
    if (!past) return null;
    const { timeline, rows, parts, ...rest } = past;
    return { ...rest, steps: timeline.map(({ phase, seconds }) => ({ phase, seconds })), rows: rows ?? {}, parts: parts ?? [] };
  });
}
