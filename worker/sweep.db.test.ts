import { randomUUID } from "node:crypto";
import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test, vi } from "vitest";
import { newIntegration } from "#lib/engine/testing/sync.ts";
import { leaseStaging, releaseStaging, runsWithStaging } from "#lib/platform/db/staging-pool.ts";
import { newDistrict, testServices } from "#lib/services/testing/services.ts";
import { sweep } from "./sweep.ts";

const { services, close } = await testServices();
afterAll(close);
const { sql } = services.db;

test("what a dead run left goes, and what a run makes while the sweep goes on stays", async () => {
  const spoolRoot = await mkdtemp(join(tmpdir(), "aivo-sweep-"));
  const districtId = await newDistrict(services.db);
  const integrationId = await newIntegration(services.db, districtId);
  const [dead, begun] = [randomUUID(), (await sql<{ id: string }[]>`select uuidv7() as id`)[0]?.id ?? ""];
  await mkdir(join(spoolRoot, dead));
  await leaseStaging(sql, { districtId, runId: dead });
  const left = `staging.plan_school_${dead.replaceAll("-", "")}`;
  await sql.unsafe(`create table ${left} (external_id text)`);
  const written = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  try {
    let swept: Promise<void> | undefined;
    await sql.begin(async (reader) => {
      await reader.unsafe(`select from ${left}`);
      swept = sweep({ services, spoolRoot });
      const isWaiting = () => sql`
        select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like 'drop table%'`;
      await expect.poll(async () => (await isWaiting()).length, { timeout: 8_000 }).toBe(1);
      await sql`
        insert into sync_runs (district_id, integration_id, id, trigger, state, heartbeat_at, started_at, worker_id)
        values (${districtId}, ${integrationId}, ${begun}, 'manual', 'running', now(), now(), 'test')`;
      await mkdir(join(spoolRoot, begun));
      await leaseStaging(sql, { districtId, runId: begun });
    });
    await swept;
    expect(await readdir(spoolRoot)).toEqual([begun]);
    expect(await runsWithStaging(sql)).toEqual([begun]);
    expect((await sql`select to_regclass(${left}) as found`)[0]?.found).toBeNull();
  } finally {
    written.mockRestore();
    await releaseStaging(sql, begun);
    await rm(spoolRoot, { recursive: true, force: true });
  }
});
