import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { csvOf, validSet, writeSet } from "#lib/engine/testing/sis/sets.ts";
import { startSshd, type TestSshd } from "#lib/engine/testing/sis/sshd.ts";
import { operatorScope } from "#lib/platform/access.ts";
import { leftInStaging } from "#lib/platform/testing/database.ts";
import { addIntegration } from "#lib/services/integrations/write.ts";
import { getRun } from "#lib/services/runs/read.ts";
import type { RunDetail } from "#lib/services/runs/schema.ts";
import { cancelRun, requestRun } from "#lib/services/runs/write.ts";
import { newDistrict, type TestServices, testServices } from "#lib/services/testing/services.ts";
import { startWorkerProcess, type WorkerUnderTest } from "./sis/testing.ts";

/**
 * Single connections of a real worker are cut by the server at random moments of seeded runs: COPY, planning, applying, heartbeats. Every run
 * ends within a minute, one that is canceled meanwhile ends at once, and one worker does all of it without losing a slot. Asked
 * for by `npm run test:crashes`.
 */
const seeds = Array.from({ length: Number(process.env.AIVO_KILL_RUNS ?? 3) }, (_, seed) => seed);
let folder: string;
let kit: TestServices;
let sshd: TestSshd;
let worker: WorkerUnderTest;
let district: string;
let integration: string;
const summary = new Map<string, number>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "aivo-lost-"));
  sshd = await startSshd();
  kit = await testServices({ variables: { AIVO_DATA_DIR: join(folder, "data"), AIVO_TRUSTED_SIS_ORIGINS: sshd.origin } });
  district = await newDistrict(kit.services.db);
  const { host, port, username, password, hostKeyFingerprint, remoteDirectory: directory } = sshd;
  ({ id: integration } = await addIntegration(kit.services, operatorScope(district), {
    name: "SIS",
    provider: "oneroster-csv",
    credentials: { host, port, username, password, directory, hostKeyFingerprint },
  }));
  worker = await startWorkerProcess(kit.variables);
});
afterAll(async () => {
  if (process.env.AIVO_KILL_RUNS) process.stdout.write(`${[...summary].map(([what, count]) => `${count} × ${what}`).join("\n")}\n`);
  worker.process.kill("SIGTERM");
  await worker.ended;
  await kit.close();
  await sshd.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Mulberry32: the same draws for the same seed. */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % sides;
  };
}

/** Another export each time, of enough rows that a COPY lasts. */
async function exportNext(seed: number): Promise<void> {
  const header = ["sourcedId", "status", "dateLastModified", "enabledUser", "orgSourcedIds", "role", "username", "userIds"];
  const people = Array.from({ length: 6_000 }, (_, n) => [`p${n}`, "", "", "true", "s1", "student", `p${n}`, ""]);
  const names = ["givenName", "familyName", "middleName", "identifier", "email", "sms", "phone", "agentSourcedIds", "grades", "password"];
  const rows = people.map((row, n) => [
    ...row,
    "Given",
    `Family ${n % 97 === seed % 97 ? seed : 0}`,
    "",
    `${n}`,
    `p${n}@x.example`,
    "",
    "",
    "",
    "03",
    "",
  ]);
  const files = validSet({ "users.csv": csvOf([[...header, ...names], ...rows]), "enrollments.csv": null, "manifest.csv": null });
  const some = people.flatMap(([id = ""], n) => [[`e${n}`, "", "", "c1", "s1", id, "student", "", "", ""]]);
  const columns = [
    "sourcedId",
    "status",
    "dateLastModified",
    "classSourcedId",
    "schoolSourcedId",
    "userSourcedId",
    "role",
    "primary",
    "beginDate",
    "endDate",
  ];
  await writeSet(sshd.root, { ...files, "enrollments.csv": csvOf([columns, ...some]) }, new Date(Date.now() - 3_600_000 + seed * 1000));
}

const show = (runId: string): Promise<RunDetail> => getRun(kit.services, operatorScope(district), runId);
const hasEnded = async (runId: string) => (await show(runId)).finishedAt !== null;

test.each(seeds)(
  "seed %i",
  async (seed) => {
    const roll = dice(seed * 7919 + 3);
    await exportNext(seed);
    const requested = await requestRun(kit.services, operatorScope(district), integration, { trigger: "manual" });
    const runId = requested.ok ? requested.runId : "";
    // One connection that is in the middle of something, after so many looks that found one.
    const isForCopy = roll(2) === 0;
    let looks = 1 + roll(isForCopy ? 4 : 12);
    let cut = "nothing";
    while (looks > 0 && !(await hasEnded(runId))) {
      const busy = await kit.services.db.sql<{ pid: number; query: string }[]>`
        select pid, query from pg_stat_activity
        where datname = current_database() and application_name = 'aivo-worker' and state <> 'idle' and (not ${isForCopy} or query like 'copy %')`;
      const chosen = busy[roll(Math.max(1, busy.length))];
      if (!chosen) continue;
      looks -= 1;
      if (looks > 0) continue;
      await kit.services.db.sql`select pg_terminate_backend(${chosen.pid})`;
      cut = chosen.query.trim().split(/\s+/)[0]?.toLowerCase() ?? "";
    }
    const asked = roll(3) === 0 ? await cancelRun(kit.services, operatorScope(district), runId) : null;
    await expect.poll(() => hasEnded(runId), { timeout: 60_000, message: `cut at ${cut}` }).toBe(true);
    const run = await show(runId);
    const what = `${cut}: ${run.state}${run.failure ? ` (${run.failure.code})` : ""}${asked ? ", asked to cancel" : ""}`;
    summary.set(what, (summary.get(what) ?? 0) + 1);
    expect(["succeeded", "failed", "cancelled"], what).toContain(run.state);
    if (run.failure) expect(run.failure.code, what).not.toBe("internal");
    // What was failed is tried again by itself, and that succeeds.
    for (let next = run.retriedAs; next !== null; next = (await show(next)).retriedAs) {
      const again = next;
      // The moment that a database is given before the next try goes by.
      await kit.services.db.sql`update pgboss.job set start_after = now() where id = ${again} and state = 'created'`;
      await expect.poll(() => hasEnded(again), { timeout: 90_000 }).toBe(true);
      if ((await show(again)).retriedAs === null) expect((await show(again)).state, what).toBe("succeeded");
    }
    expect(worker.process.exitCode, worker.lines.slice(-5).join("\n")).toBeNull();
  },
  240_000,
);

test("after all of it three syncs still run side by side, and nothing is left behind", async () => {
  const others = await Promise.all(
    Array.from({ length: 3 }, async (_, n) => {
      const { host, port, username, password, hostKeyFingerprint, remoteDirectory: directory } = sshd;
      const { id } = await addIntegration(kit.services, operatorScope(await newDistrict(kit.services.db)), {
        name: `Other ${n}`,
        provider: "oneroster-csv",
        credentials: { host, port, username, password, directory, hostKeyFingerprint },
      });
      return id;
    }),
  );
  const of = async (id: string) =>
    (await kit.services.db.sql`select district_id from integrations where id = ${id}`)[0]?.district_id as string;
  const started = await Promise.all(
    others.map(async (id) => ({
      scope: operatorScope(await of(id)),
      run: await requestRun(kit.services, operatorScope(await of(id)), id, { trigger: "manual" }),
    })),
  );
  for (const { scope, run } of started)
    await expect
      .poll(async () => (await getRun(kit.services, scope, run.ok ? run.runId : "")).state, { timeout: 120_000 })
      .toBe("succeeded");
  await expect.poll(() => leftInStaging(kit.services.db.sql), { timeout: 60_000 }).toEqual([]);
});
