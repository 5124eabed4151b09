import { afterAll, expect, test } from "vitest";
import { nextRuns } from "#lib/engine/schedule/occurrences.ts";
import { operatorScope } from "#lib/platform/access.ts";
import { verifyAudit } from "#lib/platform/audit.ts";
import { withDistrict } from "#lib/platform/db/tx.ts";
import { pauseIntegration } from "#lib/services/integrations/write.ts";
import { newDistrict, testServices } from "#lib/services/testing/services.ts";
import { dueAtOnce, requestDueRuns } from "./request-due.ts";
import { requestRun } from "./write.ts";

const { services, close } = await testServices();
const { sql } = services.db;
afterAll(close);

/** Integrations of one schedule, two in each district, due `ago`; null: nobody has worked out when. */
async function scheduled(count: number, ago: string | null): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    with d as (insert into districts (name, timezone) select 'D', 'America/Chicago' from generate_series(1, ${count / 2}) returning id)
    insert into integrations (district_id, name, provider, safety, schedule, next_run_at)
    select d.id, 'SIS ' || n, 'oneroster-csv', '{}', '0 2 * * *', now() - ${ago}::interval from d, generate_series(1, 2) n returning id`;
  return rows.map(({ id }) => id);
}

const runsOf = (ids: readonly string[]) =>
  sql<{ id: string; integrationId: string; districtId: string }[]>`
    select id, integration_id as "integrationId", district_id as "districtId" from sync_runs where integration_id = any(${[...ids]}::uuid[])`;

test("several workers ask once for each run that is due, in batches, and note the next", { timeout: 240_000 }, async () => {
  const ids = await scheduled(2 * dueAtOnce + 200, "5 minutes");
  const worker = async () => {
    let requested = 0;
    for (let due = 1; due > 0; ) {
      const batch = await requestDueRuns(services);
      due = batch.due;
      requested += batch.requested;
    }
    return requested;
  };
  const requested = await Promise.all([worker(), worker(), worker()]);
  expect(requested.reduce((sum, one) => sum + one)).toBe(ids.length);
  const runs = await runsOf(ids);
  expect(new Set(runs.map((run) => run.integrationId)).size).toBe(ids.length);
  expect(runs).toHaveLength(ids.length);
  const [jobs] =
    await sql`select count(*)::int as count from pgboss.job where name = 'sync-run' and id = any(${runs.map((run) => run.id)}::uuid[])`;
  expect(jobs?.count).toBe(ids.length);
  const nexts = await sql<{ next: string }[]>`select distinct next_run_at as next from integrations where id = any(${ids}::uuid[])`;
  expect(nexts.map(({ next }) => new Date(next))).toEqual(nextRuns("0 2 * * *", "America/Chicago", new Date(), 1));
  for (const districtId of [...new Set(runs.map((run) => run.districtId))].slice(0, 5)) {
    const chain = await withDistrict(services.db, operatorScope(districtId), verifyAudit);
    expect(chain).toEqual({ entries: 2, brokenAt: null });
  }
});

test("what came while no worker ran is made up for by one run; a schedule that was never worked out waits for its time", async () => {
  const missed = await scheduled(2, "9 days");
  const unknown = await scheduled(2, null);
  expect(await requestDueRuns(services)).toEqual({ due: 4, requested: 2 });
  expect(await requestDueRuns(services)).toEqual({ due: 0, requested: 0 });
  expect(await runsOf(missed)).toHaveLength(2);
  expect(await runsOf(unknown)).toHaveLength(0);
  const [next] = await sql<{ next: Date | string }[]>`select min(next_run_at) as next from integrations where id = any(${unknown}::uuid[])`;
  expect(new Date(next?.next ?? 0).getTime()).toBeGreaterThan(Date.now());
});

test("neither a paused integration nor one whose run is under way is asked for", async () => {
  const [paused, busy] = await scheduled(2, "1 minute");
  const [of] = await sql<{ districtId: string }[]>`select district_id as "districtId" from integrations where id = ${paused ?? ""}`;
  const scope = operatorScope(of?.districtId ?? "");
  await pauseIntegration(services, scope, paused ?? "");
  await requestRun(services, scope, busy ?? "", { trigger: "manual" });
  expect(await requestDueRuns(services)).toEqual({ due: 1, requested: 0 });
  expect(await runsOf([paused ?? ""])).toHaveLength(0);
});

test("a batch takes as many statements as one integration does", async () => {
  const statements = async () => {
    const options = sql.options as { debug?: unknown };
    let count = 0;
    options.debug = () => void count++;
    await requestDueRuns(services);
    options.debug = false;
    return count;
  };
  await scheduled(2, "1 minute");
  const ofOne = await statements();
  await scheduled(400, "1 minute");
  expect(await statements()).toBeLessThanOrEqual(ofOne + 2);
});

test("a run that somebody waits for is taken before those that came by their schedule", async () => {
  await sql`delete from pgboss.job`;
  await scheduled(20, "1 minute");
  await requestDueRuns(services);
  const districtId = await newDistrict(services.db);
  const [mine] = await sql<{ id: string }[]>`
    insert into integrations (district_id, name, provider, safety) values (${districtId}, 'SIS', 'oneroster-csv', '{}') returning id`;
  const requested = await requestRun(services, operatorScope(districtId), mine?.id ?? "", { trigger: "manual" });
  const [job] = await services.jobs.boss.fetch("sync-run");
  expect(requested).toEqual({ ok: true, runId: job?.id });
});
