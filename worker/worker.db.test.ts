import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, expect, test } from "vitest";
import { startWorkerProcess, type WorkerUnderTest } from "#cli/sis/testing.ts";
import { type DistrictScope, operatorScope } from "#lib/platform/access.ts";
import { getIntegration } from "#lib/services/integrations/read.ts";
import { addIntegration } from "#lib/services/integrations/write.ts";
import { getRun } from "#lib/services/runs/read.ts";
import { requestRun } from "#lib/services/runs/write.ts";
import { newDistrict, someCredentials, testServices } from "#lib/services/testing/services.ts";

/** A server that lets everybody in and never says a word: a sync with it stays where it is. */
const silent = createServer((socket) => socket.on("error", () => {}));
silent.listen(0, "127.0.0.1");
await once(silent, "listening");
const { port } = silent.address() as AddressInfo;

const folder = await mkdtemp(join(tmpdir(), "aivo-worker-"));
const { services, variables, close } = await testServices({
  variables: { AIVO_DATA_DIR: folder, AIVO_TRUSTED_SIS_ORIGINS: `sftp://127.0.0.1:${port}` },
});
const workers: WorkerUnderTest[] = [];
afterEach(async () => {
  for (const worker of workers.splice(0)) {
    worker.process.kill("SIGKILL");
    await worker.ended;
  }
});
afterAll(async () => {
  silent.close();
  await close();
  await rm(folder, { recursive: true, force: true });
});

async function start(): Promise<WorkerUnderTest> {
  const worker = await startWorkerProcess(variables);
  workers.push(worker);
  return worker;
}

async function integration(input: { readonly schedule?: string; readonly host?: string } = {}) {
  const scope = operatorScope(await newDistrict(services.db));
  const credentials = { ...someCredentials, host: input.host ?? "127.0.0.1", port, hostKeyFingerprint: `SHA256:${"a".repeat(43)}` };
  const { id } = await addIntegration(services, scope, {
    name: "SIS",
    provider: "oneroster-csv",
    credentials,
    schedule: input.schedule ?? null,
  });
  const lastRun = async () => (await getIntegration(services, scope, id)).lastRun;
  return { scope, id, lastRun };
}

async function silentIntegration(scope: DistrictScope, name: string): Promise<string> {
  const credentials = { ...someCredentials, host: "127.0.0.1", port, hostKeyFingerprint: `SHA256:${"a".repeat(43)}` };
  return (await addIntegration(services, scope, { name, provider: "oneroster-csv", credentials })).id;
}

async function running(worker: WorkerUnderTest) {
  const made = await integration();
  const requested = await requestRun(services, made.scope, made.id, { trigger: "manual" });
  if (!requested.ok) throw new Error(requested.reason);
  await worker.logged("run-started");
  await expect.poll(async () => (await made.lastRun())?.state, { timeout: 30_000 }).toBe("running");
  return made;
}

test("a schedule's tick makes a run, but not for the minute in which it was set", async () => {
  const worker = await start();
  const setAt = Date.now();
  const { id, lastRun } = await integration({ schedule: "* * * * *" });
  const dueAt = async () => {
    const asked = services.db.sql<
      { ms: number }[]
    >`select extract(epoch from next_run_at)::float8 * 1000 as ms from integrations where id = ${id}`;
    return (await asked)[0]?.ms ?? 0;
  };
  const first = await dueAt();
  expect(first).toBeGreaterThanOrEqual(Math.ceil(setAt / 60_000) * 60_000);
  // The minute goes by.
  await services.db.sql`update integrations set next_run_at = now() where id = ${id}`;
  expect(JSON.parse(await worker.logged("tick"))).toMatchObject({ due: 1, requested: 1 });
  expect(await lastRun()).toMatchObject({ trigger: "schedule" });
  expect(await dueAt()).toBeGreaterThanOrEqual(first);
});

test("a worker that is killed is seen without any worker, and the next one cleans up", async () => {
  const worker = await start();
  const { scope, id, lastRun } = await running(worker);
  const lost = (await lastRun())?.id ?? "";
  worker.process.kill("SIGKILL");
  expect(await worker.ended).toBe("SIGKILL");
  // Half a minute later.
  await services.db.sql`update sync_runs set heartbeat_at = heartbeat_at - interval '31 seconds' where id = ${lost}`;
  const again = (await lastRun())?.id ?? "";
  expect(await getRun(services, scope, again)).toMatchObject({ retryOf: lost, attempt: 2, state: "queued" });
  expect(await getRun(services, scope, lost)).toMatchObject({ state: "failed", failure: { code: "worker-lost" } });
  expect(await requestRun(services, scope, id, { trigger: "manual" })).toMatchObject({ reason: "already-running", runId: again });
  await (await start()).logged("run-started");
});

test("a signal ends the sync that runs, in order, and hands it over to another worker", async () => {
  const worker = await start();
  const { scope, lastRun } = await running(worker);
  const first = (await lastRun())?.id ?? "";
  const other = await start();
  worker.process.kill("SIGTERM");
  expect(await worker.ended).toBe(0);
  expect(await getRun(services, scope, first)).toMatchObject({ state: "failed", failure: { code: "worker-lost", step: "stop" } });
  await expect.poll(async () => (await lastRun())?.state, { timeout: 30_000 }).toBe("running");
  expect(other.lines.some((line) => line.includes('"run-started"'))).toBe(true);
  expect(await getRun(services, scope, (await lastRun())?.id ?? "")).toMatchObject({ retryOf: first, attempt: 2 });
});

test("a district whose SIS is slow holds its part of a worker; another one's sync goes through, and a deadline ends those", async () => {
  const worker = await startWorkerProcess({ ...variables, AIVO_SYNC_HOURS: "0.006" });
  workers.push(worker);
  const slow = await integration();
  const requested = async (scope: DistrictScope, id: string) => {
    const made = await requestRun(services, scope, id, { trigger: "schedule" });
    if (!made.ok) throw new Error(made.reason);
    return made.runId;
  };
  const ids = [await requested(slow.scope, slow.id)];
  for (const name of ["Second", "Third", "Fourth"]) ids.push(await requested(slow.scope, await silentIntegration(slow.scope, name)));
  const states = async () => {
    const rows = await services.db.sql<{ state: string }[]>`select state from sync_runs where id = any(${ids}::uuid[]) order by state`;
    return rows.map(({ state }) => state);
  };
  await expect.poll(states, { timeout: 20_000 }).toEqual(["queued", "queued", "running", "running"]);
  const other = await integration();
  await requested(other.scope, other.id);
  await expect.poll(async () => (await other.lastRun())?.state, { timeout: 20_000 }).toBe("running");
  expect((await states()).filter((state) => state === "running").length).toBeLessThanOrEqual(2);
  await expect.poll(async () => (await slow.lastRun())?.state, { timeout: 60_000 }).toBe("failed");
  expect(await slow.lastRun()).toMatchObject({ failure: { code: "timeout", step: "deadline" } });
});

test("connections cut by the database are opened again", async () => {
  const worker = await start();
  await services.db
    .sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name like 'aivo-worker%'`;
  await running(worker);
  expect(worker.process.exitCode).toBeNull();
});
