import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { startFaultyProxy } from "#lib/engine/testing/sis/faulty-proxy.ts";
import { validSet, writeSet } from "#lib/engine/testing/sis/sets.ts";
import { startSshd } from "#lib/engine/testing/sis/sshd.ts";
import { operatorScope } from "#lib/platform/access.ts";
import { addIntegration, renameIntegration } from "#lib/services/integrations/write.ts";
import { getRun } from "#lib/services/runs/read.ts";
import { requestRun } from "#lib/services/runs/write.ts";
import { newDistrict, testServices } from "#lib/services/testing/services.ts";
import { sisProcess, startWorkerProcess } from "./sis/testing.ts";

/**
 * Machines whose clocks are five minutes off, in either direction: processes in which `Date` says so. Whoever compares its own clock with
 * a time that the database wrote takes living runs for dead, or dead ones for living.
 */
const folder = await mkdtemp(join(tmpdir(), "aivo-skewed-"));
const preload = join(folder, "skew.mjs");
await writeFile(
  preload,
  `const Real = Date, by = Number(process.env.SKEW_MS);
globalThis.Date = class Date extends Real {
  constructor(...given) { given.length === 0 ? super(Real.now() + by) : super(...given); }
  static now() { return Real.now() + by; }
};`,
);
const sshd = await startSshd();
await writeSet(sshd.root, validSet());
/** Goes silent in the middle of the files: the sync with it stays where it is. */
const silent = await startFaultyProxy(sshd.port, { afterBytes: 6_000, kind: "stall", times: 100 });
const kit = await testServices({
  variables: {
    AIVO_DATA_DIR: folder,
    AIVO_TRUSTED_SIS_ORIGINS: `${sshd.origin},sftp://127.0.0.1:${silent.port}`,
  },
});
afterAll(async () => {
  await silent.stop();
  await kit.close();
  await sshd.stop();
  await rm(folder, { recursive: true, force: true });
});

const off = (seconds: number) => ({ ...kit.variables, NODE_OPTIONS: `--import=${preload}`, SKEW_MS: String(seconds * 1000) });

async function requested(port: number) {
  const scope = operatorScope(await newDistrict(kit.services.db));
  const { host, username, password, hostKeyFingerprint, remoteDirectory: directory } = sshd;
  const credentials = { host, port, username, password, directory, hostKeyFingerprint };
  const { id } = await addIntegration(kit.services, scope, { name: "SIS", provider: "oneroster-csv", credentials });
  const run = await requestRun(kit.services, scope, id, { trigger: "manual" });
  return { scope, id, runId: run.ok ? run.runId : "" };
}
const stateOf = async ({ scope, runId }: Awaited<ReturnType<typeof requested>>) => (await getRun(kit.services, scope, runId)).state;

test("a worker and a web server that are ahead end nobody's run, and see a dead one as soon as others", async () => {
  const there = await startWorkerProcess(kit.variables);
  const alive = await requested(silent.port);
  await expect.poll(() => stateOf(alive), { timeout: 30_000 }).toBe("running");
  const ahead = await startWorkerProcess(off(300));
  // It sweeps as it starts; its first sync is after that, and whoever shows a run looks as well.
  const done = await requested(sshd.port);
  await expect.poll(() => stateOf(done), { timeout: 60_000 }).toBe("succeeded");
  for (const skew of [300, -300]) {
    const shown = await sisProcess(off(skew), "--json", "integration", "show", alive.id);
    expect(shown.json.lastRun ?? shown.json.integration?.lastRun).toMatchObject({ id: alive.runId, state: "running" });
  }
  expect(await stateOf(alive)).toBe("running");
  there.process.kill("SIGKILL");
  await there.ended;
  await kit.services.db.sql`update sync_runs set heartbeat_at = now() - interval '31 seconds' where id = ${alive.runId}`;
  await expect.poll(() => stateOf(alive), { timeout: 60_000 }).toBe("failed");
  ahead.process.kill("SIGTERM");
  await ahead.ended;
}, 180_000);

test("a worker that is behind keeps its run, its cursor and its times", async () => {
  const behind = await startWorkerProcess(off(-300));
  const run = await requested(sshd.port);
  await renameIntegration({ ...kit.services, now: () => new Date(Date.now() + 300_000) }, run.scope, run.id, "Renamed ahead of time");
  await expect.poll(() => stateOf(run), { timeout: 60_000 }).toBe("succeeded");
  const { queuedAt, timeline, finishedAt } = await getRun(kit.services, run.scope, run.runId);
  for (const at of [...timeline.map(({ startedAt }) => startedAt), finishedAt ?? ""])
    expect(Math.abs(Date.parse(at) - Date.parse(queuedAt))).toBeLessThan(120_000);
  behind.process.kill("SIGTERM");
  await behind.ended;
}, 180_000);
