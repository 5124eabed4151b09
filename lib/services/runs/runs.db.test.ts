import { eq } from "drizzle-orm";
import { afterAll, expect, test } from "vitest";
import { operatorScope } from "#lib/platform/access.ts";
import { syncRuns } from "#lib/platform/db/schema/runs.ts";
import { getIntegration } from "#lib/services/integrations/read.ts";
import { addIntegration, pauseIntegration, removeIntegration, setSchedule } from "#lib/services/integrations/write.ts";
import { newDistrict, someCredentials, testServices } from "#lib/services/testing/services.ts";
import { approveRun, discardRun } from "./decide-plan.ts";
import { getRun } from "./read.ts";
import { reapLostRuns } from "./reap.ts";
import { cancelRun, requestRun } from "./write.ts";

const { services, close } = await testServices();
afterAll(close);

async function integration() {
  const scope = operatorScope(await newDistrict(services.db));
  const { id } = await addIntegration(services, scope, { name: "SIS", provider: "oneroster-csv", credentials: someCredentials });
  return { scope, id };
}

const jobsOf = (runId: string) => services.jobs.boss.findJobs("sync-run", { id: runId });

test("twenty requests at once make one run and one job", async () => {
  const { scope, id } = await integration();
  const results = await Promise.all(Array.from({ length: 20 }, () => requestRun(services, scope, id, { trigger: "manual" })));
  const made = results.filter((result) => result.ok);
  expect(made).toHaveLength(1);
  const runId = made[0]?.runId ?? "";
  expect(results.filter((result) => !result.ok && result.reason === "already-running" && result.runId === runId)).toHaveLength(19);
  expect(await services.db.orm.select().from(syncRuns).where(eq(syncRuns.integrationId, id))).toHaveLength(1);
  const jobs = await jobsOf(runId);
  expect(jobs.map((job) => job.data)).toEqual([{ districtId: scope.districtId, runId }]);
});

test("two integrations run side by side", async () => {
  const { scope, id } = await integration();
  const other = await addIntegration(services, scope, { name: "Other", provider: "oneroster-csv", credentials: someCredentials });
  expect((await requestRun(services, scope, id, { trigger: "manual" })).ok).toBe(true);
  expect((await requestRun(services, scope, other.id, { trigger: "manual" })).ok).toBe(true);
});

test("a request that fails leaves neither run nor job", async () => {
  const { scope, id } = await integration();
  const before = await services.jobs.boss.findJobs("sync-run");
  const failing = {
    ...services,
    jobs: {
      ...services.jobs,
      send: async (...args: Parameters<typeof services.jobs.send>) => {
        await services.jobs.send(...args);
        throw new Error("cut off");
      },
    },
  };
  await expect(requestRun(failing, scope, id, { trigger: "manual" })).rejects.toThrow("cut off");
  expect(await services.db.orm.select().from(syncRuns).where(eq(syncRuns.integrationId, id))).toEqual([]);
  expect(await services.jobs.boss.findJobs("sync-run")).toHaveLength(before.length);
});

test("paused, removed and foreign integrations are not run", async () => {
  const { scope, id } = await integration();
  const stranger = operatorScope(await newDistrict(services.db));
  await expect(requestRun(services, stranger, id, { trigger: "manual" })).rejects.toMatchObject({ code: "not-found" });
  await expect(requestRun(services, scope, "not-an-id", { trigger: "manual" })).rejects.toMatchObject({ code: "not-found" });
  await pauseIntegration(services, scope, id);
  expect(await requestRun(services, scope, id, { trigger: "manual" })).toEqual({ ok: false, reason: "paused" });
  await removeIntegration(services, scope, id);
  await expect(requestRun(services, scope, id, { trigger: "manual" })).rejects.toMatchObject({ code: "not-found" });
});

test("a queued run is cancelled with its job; a running one is asked; an applying one is too late", async () => {
  const { scope, id } = await integration();
  const request = async () => {
    const requested = await requestRun(services, scope, id, { trigger: "manual" });
    return requested.ok ? requested.runId : "";
  };
  const queued = await request();
  expect(await cancelRun(services, scope, queued)).toEqual({ ok: true, state: "cancelled" });
  expect((await jobsOf(queued))[0]?.state).toBe("cancelled");
  expect(await cancelRun(services, scope, queued)).toEqual({ ok: false, reason: "finished" });

  const running = await request();
  await setState(running, "running");
  expect(await cancelRun(services, scope, running)).toEqual({ ok: true, state: "stopping" });
  const [row] = await services.db.orm.select().from(syncRuns).where(eq(syncRuns.id, running));
  expect(row?.cancelRequested).toBe(true);
  await setState(running, "applying");
  expect(await cancelRun(services, scope, running)).toEqual({ ok: false, reason: "too-late" });
});

test("runs are counted in their integration, from 1, whoever asks at once", async () => {
  const { scope, id } = await integration();
  const other = await integration();
  for (let round = 1; round <= 30; round++) {
    const results = await Promise.all(Array.from({ length: 12 }, () => requestRun(services, scope, id, { trigger: "manual" })));
    const [runId = ""] = results.flatMap((result) => (result.ok ? [result.runId] : []));
    expect((await getRun(services, scope, runId)).number).toBe(round);
    await cancelRun(services, scope, runId);
  }
  const first = await requestRun(services, other.scope, other.id, { trigger: "manual" });
  expect((await getRun(services, other.scope, first.ok ? first.runId : "")).number).toBe(1);
});

test("a run says when the integration syncs next, or why it does not", async () => {
  const { scope, id } = await integration();
  const requested = await requestRun(services, scope, id, { trigger: "manual" });
  const next = async () => (await getRun(services, scope, requested.ok ? requested.runId : "")).next;
  await setSchedule(services, scope, id, null);
  expect(await next()).toEqual({ none: "manual" });
  await setSchedule(services, scope, id, "0 2 * * *");
  expect(await next()).toEqual({ at: expect.stringMatching(/T0[78]:00:00.000Z$/) });
  await pauseIntegration(services, scope, id);
  expect(await next()).toEqual({ none: "paused" });
});

test("a held run is approved once, however many admins click", async () => {
  const { scope, id } = await integration();
  const requested = await requestRun(services, scope, id, { trigger: "manual" });
  const held = requested.ok ? requested.runId : "";
  expect(await approveRun(services, scope, held)).toEqual({ ok: false, reason: "not-waiting" });
  await setState(held, "held");
  expect((await getIntegration(services, scope, id)).heldRunId).toBe(held);
  const results = await Promise.all(Array.from({ length: 8 }, () => approveRun(services, scope, held)));
  expect(results.filter((result) => result.ok)).toHaveLength(1);
  const runId = results.flatMap((result) => (result.ok ? [result.runId] : []))[0];
  const [approval] = await services.db.orm
    .select()
    .from(syncRuns)
    .where(eq(syncRuns.id, runId ?? ""));
  expect(approval).toMatchObject({ kind: "approval", planRunId: held, state: "queued" });
  expect(await discardRun(services, scope, held)).toEqual({ ok: false, reason: "already-approved" });
  expect((await getIntegration(services, scope, id)).heldRunId).toBe(null);
});

test("a discarded run cannot be approved", async () => {
  const { scope, id } = await integration();
  const requested = await requestRun(services, scope, id, { trigger: "manual", kind: "preview" });
  const runId = requested.ok ? requested.runId : "";
  await setState(runId, "previewed");
  expect(await discardRun(services, scope, runId)).toEqual({ ok: true });
  expect(await discardRun(services, scope, runId)).toEqual({ ok: false, reason: "not-waiting" });
  expect(await approveRun(services, scope, runId)).toEqual({ ok: false, reason: "not-waiting" });
});

test("a silent run and a run without its job end as failed; others stay", async () => {
  const lost = await integration();
  const jobless = await integration();
  const alive = await integration();
  const waiting = await integration();
  const ids: Record<string, string> = {};
  for (const [name, { scope, id }] of Object.entries({ lost, jobless, alive, waiting })) {
    const requested = await requestRun(services, scope, id, { trigger: "manual" });
    ids[name] = requested.ok ? requested.runId : "";
  }
  const { sql } = services.db;
  await sql`update sync_runs set queued_at = now() - interval '1 hour' where id in ${sql(Object.values(ids))}`;
  await sql`update sync_runs set state = 'applying', heartbeat_at = now() - interval '31 seconds' where id = ${ids.lost ?? ""}`;
  await sql`update sync_runs set state = 'running', heartbeat_at = now() - interval '15 seconds' where id = ${ids.alive ?? ""}`;
  await services.jobs.boss.deleteJob("sync-run", ids.jobless ?? "");

  const reaped = await Promise.all([reapLostRuns(services), reapLostRuns(services)]);
  const mine = reaped
    .flat()
    .map((run) => run.runId)
    .filter((id) => Object.values(ids).includes(id));
  expect(mine.sort()).toEqual([ids.lost, ids.jobless].sort());
  const failed = await getRun(services, lost.scope, ids.lost ?? "");
  expect(failed).toMatchObject({ state: "failed", failure: { code: "worker-lost" } });
  expect((await getIntegration(services, lost.scope, lost.id)).lastRun).toMatchObject({ id: failed.retriedAs, state: "queued" });
  expect((await getIntegration(services, waiting.scope, waiting.id)).health).toBe("syncing");
});

test("reading an integration whose run went silent shows it as failed", async () => {
  const { scope, id } = await integration();
  const requested = await requestRun(services, scope, id, { trigger: "manual" });
  await services.db
    .sql`update sync_runs set state = 'running', heartbeat_at = now() - interval '31 seconds' where id = ${requested.ok ? requested.runId : ""}`;
  const { lastRun } = await getIntegration(services, scope, id);
  expect(lastRun?.state).toBe("queued");
  const again = await getRun(services, scope, lastRun?.id ?? "");
  expect(again).toMatchObject({ attempt: 2, retryOf: requested.ok ? requested.runId : "" });
  expect(await getRun(services, scope, again.retryOf ?? "")).toMatchObject({ state: "failed", retriedAs: again.id });
});

/** The run's worker falls silent, and somebody notices. */
async function die(runId: string): Promise<void> {
  await services.db.sql`update sync_runs set state = 'running', heartbeat_at = now() - interval '31 seconds' where id = ${runId}`;
  await reapLostRuns(services);
}

test("a sync that loses its worker again and again is tried three times", async () => {
  const { scope, id } = await integration();
  const requested = await requestRun(services, scope, id, { trigger: "manual" });
  let runId: string | null = requested.ok ? requested.runId : null;
  const tries: (number | undefined)[] = [];
  while (runId !== null) {
    await die(runId);
    const run = await getRun(services, scope, runId);
    expect(run.state).toBe("failed");
    tries.push(run.attempt);
    runId = run.retriedAs;
  }
  expect(tries).toEqual([1, 2, 3]);
  // A new request begins to count anew.
  expect(await requestRun(services, scope, id, { trigger: "schedule" })).toMatchObject({ ok: true });
});

test("what was canceled, or whose integration was paused, is not tried again", async () => {
  const cancelled = await integration();
  const paused = await integration();
  const ids: string[] = [];
  for (const { scope, id } of [cancelled, paused]) {
    const requested = await requestRun(services, scope, id, { trigger: "manual" });
    if (requested.ok) ids.push(requested.runId);
  }
  await setState(ids[0] ?? "", "running");
  expect(await cancelRun(services, cancelled.scope, ids[0] ?? "")).toMatchObject({ state: "stopping" });
  await pauseIntegration(services, paused.scope, paused.id);
  for (const id of ids) await die(id);
  expect(await getRun(services, cancelled.scope, ids[0] ?? "")).toMatchObject({ state: "cancelled", failure: null, retriedAs: null });
  expect(await getRun(services, paused.scope, ids[1] ?? "")).toMatchObject({ state: "failed", retriedAs: null });
});

async function setState(runId: string, state: "running" | "applying" | "held" | "previewed"): Promise<void> {
  await services.db.orm.update(syncRuns).set({ state, heartbeatAt: new Date() }).where(eq(syncRuns.id, runId));
}
