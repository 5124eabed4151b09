import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { dropOutdatedSets, dropTablesOfRuns, releaseStaging, runsWithStaging } from "#lib/platform/db/staging-pool.ts";
import { forgetPlan } from "#lib/platform/db/waiting-plans.ts";
import { errorFields, log } from "#lib/platform/log.ts";
import { isUuid } from "#lib/platform/uuid.ts";
import { expirePlans } from "#lib/services/runs/expire.ts";
import { reapLostRuns } from "#lib/services/runs/reap.ts";
import type { WorkerProcess } from "./sync-run.ts";

/** A plan nobody has decided on for this long goes; approving it then asks to preview again. */
const planKeptDays = 30;

/** Ends lost runs, drops plans that nobody decided on in time, and removes what they left: staging sets, plans, and downloads of this machine, which hold people's data. */
export async function sweep({ services, spoolRoot }: Pick<WorkerProcess, "services" | "spoolRoot">): Promise<void> {
  const { sql } = services.db;
  for (const { districtId, runId } of await reapLostRuns(services)) log.warn("run-lost", { districtId, runId });
  for (const { districtId, runId } of await expirePlans(services)) log.warn("plan-expired", { districtId, runId });
  // What is there is listed before it is asked who is under way: whatever a run makes after that is not in the list.
  const leased = await runsWithStaging(sql);
  const folders = (await readdir(spoolRoot).catch(() => [])).filter(isUuid);
  const active = new Set(
    (await sql<{ id: string }[]>`select id from sync_runs where state in ('queued', 'running', 'applying')`).map((run) => run.id),
  );
  for (const runId of leased) {
    if (active.has(runId)) continue;
    await releaseStaging(sql, runId).then(
      () => log.info("staging-released", { runId }),
      (error: unknown) => log.warn("staging-kept", { runId, ...errorFields(error) }),
    );
  }
  for (const folder of folders) if (!active.has(folder)) await rm(join(spoolRoot, folder), { recursive: true, force: true });
  for (const drop of [dropOutdatedSets, dropTablesOfRuns])
    await drop(sql).catch((error: unknown) => log.warn("staging-kept", errorFields(error)));
  for (const runId of await plansNobodyDecidesOn(sql)) {
    await forgetPlan(sql, runId);
    log.warn("plan-forgotten", { runId });
  }
}

/** Plans of runs that do not wait, or have waited for too long. One that is just being kept belongs to a run that is under way. */
async function plansNobodyDecidesOn(sql: WorkerProcess["services"]["db"]["sql"]): Promise<string[]> {
  const rows = await sql<{ runId: string }[]>`
    select p.run_id as "runId" from waiting.plans p
    where not exists (
      select from sync_runs r where r.district_id = p.district_id and r.id = p.run_id
        and (r.state in ('running', 'applying')
          or r.state in ('held', 'previewed') and r.finished_at > now() - make_interval(days => ${planKeptDays})))`;
  return rows.map((row) => row.runId);
}
