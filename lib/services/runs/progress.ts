import { and, eq, sql } from "drizzle-orm";
import type { DistrictScope } from "#lib/platform/access.ts";
import { integrations } from "#lib/platform/db/schema/integrations.ts";
import { syncRuns } from "#lib/platform/db/schema/runs.ts";
import { withDistrict } from "#lib/platform/db/tx.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import { isUuid } from "#lib/platform/uuid.ts";
import type { Services } from "#lib/services/services.ts";
import { reapIfStale } from "./reap.ts";
import type { RunProgressView } from "./schema.ts";
import { seenSoFar } from "./seen.ts";

/**
 * How far a run is, for a page that asks every second. A run whose worker is gone is marked failed by this question, so that
 * a page never waits for nobody.
 * @throws ServiceError `not-found`
 */
export async function getRunProgress(services: Services, scope: DistrictScope<"read-syncs">, runId: string): Promise<RunProgressView> {
  const read = () =>
    withDistrict(services.db, scope, async (tx) => {
      const [run] = isUuid(runId)
        ? await tx.orm
            .select({
              state: syncRuns.state,
              progress: syncRuns.progress,
              provider: integrations.provider,
              trace: syncRuns.trace,
              cancelRequested: syncRuns.cancelRequested,
              queuedAt: syncRuns.queuedAt,
              startedAt: syncRuns.startedAt,
              finishedAt: syncRuns.finishedAt,
              heartbeatAt: syncRuns.heartbeatAt,
              secondsRunning: sql<
                number | null
              >`extract(epoch from coalesce(${syncRuns.finishedAt}, now()) - ${syncRuns.startedAt})::float8`,
              secondsQueued: sql<
                number | null
              >`case when ${syncRuns.state} = 'queued' then greatest(0, extract(epoch from now() - ${syncRuns.queuedAt}))::float8 end`,
              secondsSinceHeartbeat: sql<number | null>`greatest(0, round(extract(epoch from now() - ${syncRuns.heartbeatAt})))::int`,
            })
            .from(syncRuns)
            .innerJoin(integrations, and(eq(integrations.districtId, syncRuns.districtId), eq(integrations.id, syncRuns.integrationId)))
            .where(and(eq(syncRuns.districtId, tx.districtId), eq(syncRuns.id, runId)))
        : [];
      if (!run) throw new ServiceError("not-found", "There is no such sync.");
      return run;
    });
  let run = await read();
  if (await reapIfStale(services, [run])) run = await read();
  const { state, progress, trace, secondsRunning, secondsQueued, cancelRequested, queuedAt, startedAt, finishedAt, heartbeatAt } = run;
  return {
    state,
    progress,
    trace,
    secondsRunning,
    secondsQueued,
    cancelRequested,
    queuedAt: queuedAt.toISOString(),
    seen: seenSoFar(run.provider, progress?.seen),
    startedAt: startedAt?.toISOString() ?? null,
    finishedAt: finishedAt?.toISOString() ?? null,
    secondsSinceHeartbeat: heartbeatAt === null ? null : run.secondsSinceHeartbeat,
  };
}
