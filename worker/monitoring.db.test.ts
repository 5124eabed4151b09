import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startWorkerProcess, type WorkerUnderTest } from "#cli/sis/testing.ts";
import { validSet, writeSet } from "#lib/engine/testing/sis/sets.ts";
import { startSshd } from "#lib/engine/testing/sis/sshd.ts";
import { operatorScope } from "#lib/platform/access.ts";
import { addIntegration } from "#lib/services/integrations/write.ts";
import { requestRun } from "#lib/services/runs/write.ts";
import { newDistrict, testServices } from "#lib/services/testing/services.ts";

/** What whoever watches the machines sees of a sync: log, metrics, health and traces, of a real worker on a port of its own. */
interface Span {
  readonly name: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly attributes: readonly { readonly key: string; readonly value: Readonly<Record<string, unknown>> }[];
}
const token = "a token of a scraper";
const bodies: string[] = [];
/** A collector of OTLP over HTTP. */
const collector = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    if (request.url === "/v1/traces") bodies.push(Buffer.concat(chunks).toString());
    response.writeHead(200, { "content-type": "application/json" }).end("{}");
  });
});
collector.listen(0, "127.0.0.1");
await once(collector, "listening");

const folder = await mkdtemp(join(tmpdir(), "aivo-monitoring-"));
const sshd = await startSshd();
const { services, variables, close } = await testServices({
  variables: {
    AIVO_DATA_DIR: folder,
    AIVO_TRUSTED_SIS_ORIGINS: sshd.origin,
    AIVO_WORKER_PORT: "0",
    AIVO_METRICS_TOKEN: token,
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(collector.address() as AddressInfo).port}`,
  },
});
let worker: WorkerUnderTest;
let origin = "";
let ids: { readonly districtId: string; readonly runId: string };

beforeAll(async () => {
  await writeSet(sshd.root, validSet());
  worker = await startWorkerProcess(variables);
  origin = `http://127.0.0.1:${JSON.parse(await worker.logged("worker-listening")).port}`;
  const districtId = await newDistrict(services.db);
  const { host, port, username, password, hostKeyFingerprint, remoteDirectory: directory } = sshd;
  const credentials = { host, port, username, password, directory, hostKeyFingerprint };
  const { id } = await addIntegration(services, operatorScope(districtId), { name: "SIS", provider: "oneroster-csv", credentials });
  const requested = await requestRun(services, operatorScope(districtId), id, { trigger: "manual" });
  if (!requested.ok) throw new Error(requested.reason);
  ids = { districtId, runId: requested.runId };
  await worker.logged("run-ended");
});
afterAll(async () => {
  worker?.process.kill("SIGKILL");
  await worker?.ended;
  collector.close();
  await sshd.stop();
  await close();
  await rm(folder, { recursive: true, force: true });
});

const get = (path: string, headers: Record<string, string> = {}) => fetch(`${origin}${path}`, { headers });
const scrape = async () => (await get("/metrics", { authorization: `Bearer ${token}` })).text();

test("lines about a run name it and its district, and say what became of it", async () => {
  expect(JSON.parse(await worker.logged("run-ended"))).toMatchObject({
    level: "info",
    ...ids,
    state: "succeeded",
    rows: expect.any(Number),
  });
});

test("live, ready and metrics are answered; metrics only to whoever has the token, and nothing but GET", async () => {
  expect((await get("/api/health/live")).status).toBe(200);
  expect((await get("/api/health/ready")).status).toBe(200);
  const unknown = await get("/metrics");
  expect([unknown.status, unknown.headers.get("www-authenticate")]).toEqual([401, "Bearer"]);
  expect((await get("/metrics", { authorization: "Bearer something else" })).status).toBe(401);
  expect((await get("/elsewhere")).status).toBe(404);
  const posted = await fetch(`${origin}/api/health/live`, { method: "POST" });
  expect([posted.status, posted.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
});

test("the metrics count the run, its rows and steps, and show queue, schedules, locks and connections; no id and no name is a label", async () => {
  const text = await scrape();
  expect(text).toMatch(/aivo_sync_runs_total\{state="succeeded",kind="sync",provider="oneroster-csv"\} 1\n/);
  expect(text).toMatch(/aivo_sync_rows_total\{provider="oneroster-csv"\} [1-9]\d*\n/);
  expect(text).toMatch(/aivo_sync_duration_seconds_count\{state="succeeded",provider="oneroster-csv"\} 1\n/);
  expect(text).toMatch(/aivo_sync_step_seconds_count\{step="apply"\} 1\n/);
  expect(text).toMatch(/aivo_queue_oldest_seconds\{queue="sync-run"\} 0\n/);
  expect(text).toMatch(/aivo_runs\{state="running"\} 0\n/);
  expect(text).toMatch(/aivo_pg_connections\{application="aivo-worker",state="\w+"\} \d+\n/);
  expect(text).toMatch(/aivo_pg_locks\{mode="any",granted="true"\} \d+\n/);
  for (const name of [
    "aivo_schedule_lag_seconds 0",
    "aivo_schedules_overdue 0",
    "aivo_database_up 1",
    "aivo_worker_slots 9",
    "aivo_pool_connections_max",
  ])
    expect(text).toContain(name);
  expect(text).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-7/);
  expect(text).not.toContain("Test District");
});

test("the run is a trace, with a span for each step below it, and nothing of a person", async () => {
  const spans = () =>
    bodies.flatMap((body) =>
      JSON.parse(body).resourceSpans.flatMap((r: { scopeSpans: { spans: Span[] }[] }) => r.scopeSpans.flatMap((s) => s.spans)),
    ) as Span[];
  await expect.poll(() => spans().map(({ name }) => name)).toContain("sync");
  const sync = spans().find(({ name }) => name === "sync");
  const told = Object.fromEntries((sync?.attributes ?? []).map(({ key, value }) => [key, Object.values(value)[0]]));
  expect(told).toMatchObject({ "aivo.run_id": ids.runId, "aivo.state": "succeeded", "aivo.provider": "oneroster-csv" });
  const below = spans().filter(({ parentSpanId }) => parentSpanId === sync?.spanId);
  expect(below.map(({ name }) => name)).toEqual(expect.arrayContaining(["connect", "read", "normalise", "match", "apply"]));
  expect(bodies.join("")).not.toMatch(/@|Test District/);
});

test("a schedule that nobody attends to lags, and a worker told to stop is ready no more", async () => {
  const scope = operatorScope(await newDistrict(services.db));
  const credentials = {
    host: "127.0.0.1",
    port: 1,
    username: "u",
    password: "p",
    directory: "/",
    hostKeyFingerprint: `SHA256:${"a".repeat(43)}`,
  };
  const { id } = await addIntegration(services, scope, { name: "SIS", provider: "oneroster-csv", credentials, schedule: "0 3 * * *" });
  const { lookAtFigures } = await import("#lib/services/monitoring/figures.ts");
  worker.process.kill("SIGTERM");
  expect(await worker.ended).toBe(0);
  await services.db.sql`update integrations set next_run_at = now() - interval '1 hour' where id = ${id}`;
  const { schedules } = await lookAtFigures(services);
  expect(schedules.overdue).toBe(1);
  expect(schedules.lagSeconds).toBeGreaterThanOrEqual(3600);
  await expect(get("/api/health/ready")).rejects.toThrow();
});
