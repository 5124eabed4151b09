import { execFile, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { type Gate, openGate } from "#lib/engine/testing/sis/gate.ts";
import { validSet, writeSet } from "#lib/engine/testing/sis/sets.ts";
import { startSshd, type TestSshd } from "#lib/engine/testing/sis/sshd.ts";
import { operatorScope } from "#lib/platform/access.ts";
import { safetyOff } from "#lib/roster/guard/settings.ts";
import { createAdmin } from "#lib/services/accounts/write.ts";
import { addIntegration } from "#lib/services/integrations/write.ts";
import { requestRun } from "#lib/services/runs/write.ts";
import { newDistrict, type TestServices, testServices } from "#lib/services/testing/services.ts";
import { startWorkerProcess, type WorkerUnderTest } from "./sis/testing.ts";
import { claimBuild, ensureBuild } from "./support/build.ts";
import { freePort } from "./support/free-port.ts";
import { workerArguments } from "./support/worker-command.ts";
import { serverActionsOf, Visitor } from "./testing/visitor.ts";
import { startWebProcess, type WebUnderTest } from "./testing/web.ts";

/**
 * What an orchestrator sees of real processes: the health that its probes ask for, by the commands and paths in deploy/, while the database comes and
 * goes; and how they end. What has to last is held by a lock or by a SIS that says nothing. Asked for by `npm run test:crashes`.
 */
const root = join(import.meta.dirname, "..");
const password = "seven harbors in the rain";
let folder: string;
let kit: TestServices;
let sql: TestServices["services"]["db"]["sql"];
let sshd: TestSshd;
let sis: Gate;
let database: Gate;
let build: string;
let buildClaim: { release(): Promise<void> };
let actions: ReadonlyMap<string, string>;
let variables: Record<string, string>;
const started: (WebUnderTest | WorkerUnderTest)[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "aivo-endings-"));
  const made = await ensureBuild(() => {});
  buildClaim = await claimBuild(made);
  build = made.directory;
  actions = await serverActionsOf(join(root, build));
  sshd = await startSshd();
  await writeSet(sshd.root, validSet());
  sis = await openGate(0, sshd);
  kit = await testServices({ variables: { AIVO_TRUSTED_SIS_ORIGINS: `sftp://127.0.0.1:${sis.port}` } });
  sql = kit.services.db.sql;
  const { hostname, port } = new URL(kit.database.url);
  database = await openGate(0, { host: hostname === "localhost" ? "127.0.0.1" : hostname, port: Number(port) });
  const throughGate = (url = "") => url.replace(`${hostname}:${port}`, `127.0.0.1:${database.port}`);
  const { DATABASE_URL, AIVO_DISTRICT_DATABASE_URL } = kit.variables;
  variables = {
    ...kit.variables,
    DATABASE_URL: throughGate(DATABASE_URL),
    AIVO_DISTRICT_DATABASE_URL: throughGate(AIVO_DISTRICT_DATABASE_URL),
    NEXTAUTH_URL: "http://localhost:3999",
  };
}, 600_000);
afterAll(async () => {
  for (const { process } of started) process.kill("SIGTERM");
  await Promise.all(started.map(({ ended }) => ended));
  await database.close();
  await kit.close();
  await sis.close();
  await sshd.stop();
  await buildClaim.release();
  await rm(folder, { recursive: true, force: true });
}, 120_000);

async function startWeb(): Promise<WebUnderTest> {
  const web = await startWebProcess(build, { ...variables, AIVO_DATA_DIR: join(folder, randomUUID()) });
  started.push(web);
  return web;
}

async function startWorker(): Promise<WorkerUnderTest & { readonly port: number }> {
  const worker = await startWorkerProcess({ ...variables, AIVO_WORKER_PORT: "0", AIVO_DATA_DIR: join(folder, randomUUID()) });
  started.push(worker);
  return { ...worker, port: JSON.parse(await worker.logged("worker-listening")).port };
}

/** A district with an admin and an integration. */
async function district() {
  const id = await newDistrict(kit.services.db);
  const email = `${randomUUID()}@lakeside.example`;
  await createAdmin(kit.services, operatorScope(id), { email, password });
  const { host, username, password: secret, hostKeyFingerprint, remoteDirectory: directory } = sshd;
  const credentials = { host, port: sis.port, username, password: secret, hostKeyFingerprint, directory };
  const input = { name: "SIS", provider: "oneroster-csv", credentials, schedule: null, safety: safetyOff } as const;
  const { id: integration } = await addIntegration(kit.services, operatorScope(id), input);
  return { id, email, integration };
}

const run = async ({ id, integration }: Awaited<ReturnType<typeof district>>): Promise<string> => {
  const requested = await requestRun(kit.services, operatorScope(id), integration, { trigger: "manual" });
  return requested.ok ? requested.runId : "";
};
const until = (question: () => PromiseLike<readonly unknown[]>) =>
  expect.poll(async () => (await question()).length, { timeout: 90_000, interval: 50 }).toBeGreaterThan(0);
const isIn = (runId: string, state: string) => until(() => sql`select from sync_runs where id = ${runId} and state = ${state}`);

/** Keeps whoever asks for a run of the integration waiting until it is let go. */
async function hold(integration: string): Promise<{ waiting(): Promise<void>; letGo(): Promise<void> }> {
  const held = await sql.reserve();
  await held`begin`;
  await held`select from integrations where id = ${integration} for update`;
  return {
    waiting: () => until(() => sql`select from pg_stat_activity where application_name = 'aivo-web' and wait_event_type = 'Lock'`),
    letGo: async () => {
      await held`commit`;
      held.release();
    },
  };
}

/** Signs in at the web server and clicks Run Sync Now. */
async function click(
  web: WebUnderTest,
  { email, integration }: Awaited<ReturnType<typeof district>>,
): Promise<Promise<{ status: number }>[]> {
  const visitor = new Visitor(`http://127.0.0.1:${web.port}`, actions);
  expect(await visitor.signIn(email, password)).toBe(true);
  return [visitor.act("startRun", [integration, "sync"], `/integrations/${integration}`)];
}

/** Goes on sending it until the process is gone: what comes at once after the first counts as the same wish. */
async function insist(one: {
  readonly process: { kill(signal: "SIGTERM" | "SIGINT"): boolean };
  readonly ended: Promise<number | string>;
}) {
  let code: number | string | null = null;
  void one.ended.then((ended) => (code = ended));
  const more = () => {
    one.process.kill("SIGINT");
    return code;
  };
  await expect.poll(more, { timeout: 60_000, interval: 300 }).not.toBeNull();
  return code;
}

// biome-ignore lint/suspicious/noExplicitAny: manifests are read for single fields
const yaml = (path: string): any => parse(readFileSync(join(root, path), "utf8").split("\n---")[0] ?? "", { merge: true });
const dockerfile = readFileSync(join(root, "Dockerfile"), "utf8");
/** As the image has it for a web server, and compose.yaml for a worker. */
const commands = {
  web: JSON.parse(/HEALTHCHECK .*CMD (\[.*\])/.exec(dockerfile)?.[1] ?? "[]") as string[],
  worker: (yaml("compose.yaml").services.worker.healthcheck.test as string[]).slice(1),
};
const probes = (role: "web" | "worker"): Record<string, { httpGet: { path: string } }> =>
  yaml(`deploy/kubernetes/${role}.yaml`).spec.template.spec.containers[0];

/** What each of those who ask sees. */
async function health(role: "web" | "worker", port: number) {
  const { livenessProbe, readinessProbe } = probes(role);
  const ask = (probe: { httpGet: { path: string } } | undefined) => fetch(`http://127.0.0.1:${port}${probe?.httpGet.path}`);
  const [live, ready] = [await ask(livenessProbe), await ask(readinessProbe)];
  const [, ...args] = commands[role];
  const command = await new Promise<number>((resolve) => {
    const env = { NODE_ENV: "production" as const, PATH: process.env.PATH, PORT: `${port}`, AIVO_WORKER_PORT: `${port}` };
    execFile(process.execPath, args, { cwd: root, env }, (error) => resolve(error ? Number(error.code) : 0));
  });
  return { live: live.status, ready: ready.status, missing: (await ready.json()).missing ?? null, command };
}

test("while the database is away both are alive and not ready, say what is missing, and are ready when it is back", async () => {
  const [web, worker] = [await startWeb(), await startWorker()];
  const ports = [
    ["web", web.port],
    ["worker", worker.port],
  ] as const;
  const well = { live: 200, ready: 200, missing: null, command: 0 };
  for (const [role, port] of ports) expect(await health(role, port), role).toEqual(well);
  database.refuse();
  for (const [role, port] of ports)
    await expect.poll(() => health(role, port), { timeout: 60_000 }).toEqual({ live: 200, ready: 503, missing: "database", command: 1 });
  database.answer();
  for (const [role, port] of ports) await expect.poll(() => health(role, port), { timeout: 60_000 }).toEqual(well);
  // The same processes, which take up their work again.
  const own = await district();
  await isIn(await run(own), "succeeded");
  for (const one of [web, worker]) {
    one.process.kill("SIGTERM");
    expect(await one.ended).toBe(0);
  }
}, 240_000);

test("SIGTERM under a sync and under a click: the click is answered, another worker does the sync, and both end with 0", async () => {
  const [synced, clicked] = [await district(), await district()];
  const [web, worker] = [await startWeb(), await startWorker()];
  sis.stall();
  const runId = await run(synced);
  await isIn(runId, "running");
  const other = await startWorker();
  const lock = await hold(clicked.integration);
  const [click1] = await click(web, clicked);
  await lock.waiting();
  for (const one of [web, worker]) one.process.kill("SIGTERM");
  // As Ctrl-C reaches a process that npm started: once from the terminal, once from npm.
  for (const one of [web, worker]) one.process.kill("SIGTERM");
  await expect
    .poll(
      () =>
        fetch(`http://127.0.0.1:${web.port}/api/health/ready`).then(
          () => "answers",
          () => "gone",
        ),
      { timeout: 60_000 },
    )
    .toBe("gone");
  await lock.letGo();
  expect(await click1).toMatchObject({ status: 200 });
  expect(await web.ended).toBe(0);
  expect(await worker.ended).toBe(0);
  expect((await sql`select state, failure ->> 'code' as code from sync_runs where id = ${runId}`)[0]).toEqual({
    state: "failed",
    code: "worker-lost",
  });
  sis.answer();
  await until(() => sql`select from sync_runs where retry_of = ${runId} and state = 'succeeded'`);
  await until(() => sql`select from sync_runs where integration_id = ${clicked.integration} and state = 'succeeded'`);
  const counts =
    await sql`select count(*)::int as people from accounts where district_id in ${sql([synced.id, clicked.id])} and role <> 'admin' group by district_id`;
  expect(counts).toHaveLength(2);
  expect(counts[0]).toEqual(counts[1]);
  other.process.kill("SIGINT");
  expect(await other.ended).toBe(0);
}, 240_000);

/** A request that the web server has begun to read and that goes no further; resolves to how it ended once it has. */
async function endless({ port }: WebUnderTest): Promise<{ readonly outcome: Promise<string> }> {
  const asked = request({ port, method: "POST", path: "/api/auth/signout", headers: { expect: "100-continue", "content-length": 100 } });
  const outcome = new Promise<string>((resolve) => {
    asked.once("response", () => resolve("answered"));
    asked.once("error", () => resolve("cut"));
  });
  asked.flushHeaders();
  await once(asked, "continue");
  return { outcome };
}

test("a web server waits for a request that does not end only so long, and for none once it is told again", async () => {
  for (const [event, end] of [
    ["stop-overdue", (web: WebUnderTest) => web.ended],
    ["stop-hurried", insist],
  ] as const) {
    const web = await startWeb();
    const { outcome } = await endless(web);
    web.process.kill("SIGTERM");
    expect(await end(web)).toBe(1);
    expect(await outcome).toBe("cut");
    expect(web.said()).toContain(`"event":"${event}"`);
  }
}, 240_000);

test("a worker that is told again waits for no sync that applies; the roster is as before, and another worker does it", async () => {
  const own = await district();
  const worker = await startWorker();
  const held = await sql.reserve();
  await held`begin`;
  await held`lock table accounts in share mode`;
  const runId = await run(own);
  await isIn(runId, "applying");
  worker.process.kill("SIGTERM");
  expect(await insist(worker)).toBe(0);
  expect(await sql`select from accounts where district_id = ${own.id} and role <> 'admin'`).toEqual([]);
  await held`commit`;
  held.release();
  const next = await startWorker();
  await until(() => sql`select from sync_runs where integration_id = ${own.integration} and state = 'succeeded'`);
  next.process.kill("SIGTERM");
  expect(await next.ended).toBe(0);
}, 240_000);

const programs = {
  web: ["node_modules/next/dist/bin/next", "start"],
  worker: [...workerArguments],
} as const;

/** One that is to end by itself: with which code, and what it said. */
async function endOf(role: keyof typeof programs, env: Readonly<Record<string, string>>): Promise<{ code: number | null; said: string }> {
  const { PATH = "", NODE_COMPILE_CACHE = "" } = process.env;
  const child = spawn(process.execPath, [...programs[role]], {
    cwd: root,
    env: {
      NODE_ENV: "production",
      NEXT_TELEMETRY_DISABLED: "1",
      PATH,
      NODE_COMPILE_CACHE,
      NEXT_DIST_DIR: build,
      PORT: `${await freePort()}`,
      ...env,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (said += chunk.toString()));
  const [code] = await once(child, "close");
  return { code, said };
}

test.each(["web", "worker"] as const)("a %s that lacks a variable, or has it under another name, says so and ends with 1", async (role) => {
  const { AIVO_ENCRYPTION_KEYS = "", ...others } = variables;
  const without = await endOf(role, others);
  expect(without.said).toMatch(/AIVO_ENCRYPTION_KEYS: .*openssl rand/);
  expect(without.code).toBe(1);
  const misspelt = await endOf(role, { ...others, AIVO_ENCRYPTION_KEY: AIVO_ENCRYPTION_KEYS });
  expect(misspelt.said).toContain("AIVO_ENCRYPTION_KEY is set and is not a variable of Aivo's: AIVO_ENCRYPTION_KEYS may be meant.");
  expect(misspelt.said).not.toContain(AIVO_ENCRYPTION_KEYS);
  expect(misspelt.code).toBe(1);
});

test("where the port is another's, each says so and ends with 1, and the worker has begun nothing", async () => {
  const taken = createServer();
  taken.listen(0);
  await once(taken, "listening");
  const port = String((taken.address() as AddressInfo).port);
  const runId = await run(await district());
  const worker = await endOf("worker", {
    ...variables,
    AIVO_WORKER_PORT: port,
    AIVO_WORKER_HOST: "0.0.0.0",
    AIVO_DATA_DIR: join(folder, randomUUID()),
  });
  expect(worker.said).toMatch(/port that AIVO_WORKER_PORT names is in use/);
  expect(worker.code).toBe(1);
  expect((await sql`select state from sync_runs where id = ${runId}`)[0]).toEqual({ state: "queued" });
  const web = await endOf("web", { ...variables, PORT: port });
  expect(web.said).toMatch(/EADDRINUSE|in use/);
  expect(web.code).toBe(1);
  taken.close();
});
