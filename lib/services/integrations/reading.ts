import { nextRun, type Timing } from "#lib/engine/schedule/upcoming.ts";
import { whyOnlyFullReads } from "#lib/engine/sis/only-full-reads.ts";
import type { DistrictScope } from "#lib/platform/access.ts";
import type { integrations } from "#lib/platform/db/schema/integrations.ts";
import { isTakenBack } from "#lib/platform/db/taken-back.ts";
import { withDistrict } from "#lib/platform/db/tx.ts";
import type { Services } from "#lib/services/services.ts";
import { defaultFullReadDays, type ReadingFacts, readsChangesAlone } from "./schema.ts";

type IntegrationRow = typeof integrations.$inferSelect;

interface LatestReads {
  readonly lastFull: Date | null;
  readonly isLastFull: boolean | null;
}

/** How much an integration's syncs read, and when everything is read again; null where the export decides. */
export async function readingFacts(
  services: Services,
  scope: DistrictScope<"read-syncs">,
  row: IntegrationRow,
  timing: Timing | null,
): Promise<ReadingFacts | null> {
  if (!readsChangesAlone[row.provider]) return null;
  const { lastFull, isLastFull } = await latestReads(services, scope, row.id);
  const fullReadDays = typeof row.config.fullReadDays === "number" ? row.config.fullReadDays : defaultFullReadDays;
  const now = services.now();
  // Without a place to go on from, whatever was read before, the next read is a full one.
  const onlyFull = whyOnlyFullReads(row.provider, row.cursor);
  const isNextFull = row.cursor === null || lastFull === null || fullReadDays === 0 || onlyFull !== null;
  const fullFrom = isNextFull ? now : new Date(lastFull.getTime() + fullReadDays * 86_400_000);
  const isScheduled = row.state === "active" && timing !== null;
  const next = isScheduled ? nextRun(timing, new Date(Math.max(fullFrom.getTime(), now.getTime()))) : null;
  return {
    fullReadDays,
    onlyFull,
    lastFullAt: lastFull?.toISOString() ?? null,
    lastRead: isLastFull === null ? null : isLastFull ? "everything" : "changes",
    fullFrom: fullFrom > now ? fullFrom.toISOString() : null,
    nextFullAt: next?.toISOString() ?? null,
  };
}

/** A plan that was approved was read when it was made; what was planned from memory was not read. */
function latestReads(services: Services, scope: DistrictScope<"read-syncs">, integrationId: string): Promise<LatestReads> {
  return withDistrict(services.db, scope, async (tx) => {
    const reads = tx.sql`
      select extract(epoch from coalesce(plan.started_at, run.started_at, run.queued_at))::float8 * 1000 as "atMs", run.queued_at,
        not exists (
          select from jsonb_each_text(run.input -> 'modes') mode
          where mode.value <> 'bulk' and (mode.key, mode.value) <> ('roles', 'absent')) as "isFull"
      from sync_runs run left join sync_runs plan on plan.district_id = run.district_id and plan.id = run.plan_run_id
      where run.district_id = ${tx.districtId} and run.integration_id = ${integrationId} and run.state = 'succeeded' and run.input is not null
        and exists (select from jsonb_each_text(run.input -> 'modes') mode where mode.value <> 'absent')
        and run.for_person is null
        and not ${tx.sql.unsafe(isTakenBack("run"))}`;
    const [last] = await tx.sql<{ isFull: boolean }[]>`select "isFull" from (${reads}) reads order by queued_at desc limit 1`;
    const [full] = await tx.sql<{ atMs: number }[]>`select "atMs" from (${reads}) reads where "isFull" order by queued_at desc limit 1`;
    return { lastFull: full ? new Date(full.atMs) : null, isLastFull: last?.isFull ?? null };
  });
}
