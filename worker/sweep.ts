import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { dropStaging } from "#lib/platform/db/staging.ts";
import { isUuid } from "#lib/platform/uuid.ts";
import { reapLostRuns } from "#lib/services/runs/reap.ts";
import { errorFields, log } from "./log.ts";
import type { WorkerProcess } from "./sync-run.ts";

/** A plan nobody has decided on for this long goes; approving it then asks to preview again. */
const planKeptDays = 30;

/** Ends lost runs, and removes what they left: staging tables, and downloads of this machine, which hold people's data. */
export async function sweep({ services, spoolRoot }: Pick<WorkerProcess, "services" | "spoolRoot">): Promise<void> {
  for (const { districtId, runId } of await reapLostRuns(services)) log("run-lost", { districtId, runId });
  for (const runId of await runsWithOrphanedTables(services.db.sql)) {
    await dropStaging(services.db.sql, runId).then(
      () => log("staging-dropped", { runId }),
      (error: unknown) => log("staging-kept", { runId, ...errorFields(error) }),
    );
  }
  const active = new Set(
    (await services.db.sql<{ id: string }[]>`select id from sync_runs where state in ('queued', 'running', 'applying')`).map(
      (run) => run.id,
    ),
  );
  for (const folder of await readdir(spoolRoot).catch(() => [])) {
    if (isUuid(folder) && !active.has(folder)) await rm(join(spoolRoot, folder), { recursive: true, force: true });
  }
}

/** Staging tables end in their run's id without dashes; a run needs them while it works or its plan waits. */
async function runsWithOrphanedTables(sql: WorkerProcess["services"]["db"]["sql"]): Promise<string[]> {
  const rows = await sql<{ run_id: string }[]>`
    with present as (
      select distinct substring(tablename from '_([0-9a-f]{32})$')::uuid as run_id
      from pg_tables where schemaname = 'staging' and tablename ~ '_[0-9a-f]{32}$')
    select run_id from present
    where not exists (
      select from sync_runs r where r.id = present.run_id
        and (r.state in ('running', 'applying')
          or r.state in ('held', 'previewed') and r.finished_at > now() - make_interval(days => ${planKeptDays})))`;
  return rows.map((row) => row.run_id);
}
