import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Gate, openGate } from "#lib/engine/testing/sis/gate.ts";
import { csvOf, validSet, writeSet } from "#lib/engine/testing/sis/sets.ts";
import { startSshd, type TestSshd } from "#lib/engine/testing/sis/sshd.ts";
import { operatorScope } from "#lib/platform/access.ts";
import { safetyOff } from "#lib/roster/guard/settings.ts";
import { createAdmin } from "#lib/services/accounts/write.ts";
import { createApiClient } from "#lib/services/api/write.ts";
import { addIntegration } from "#lib/services/integrations/write.ts";
import { requestRun } from "#lib/services/runs/write.ts";
import { newDistrict, type TestServices, testServices } from "#lib/services/testing/services.ts";
import { startWorkerProcess, type WorkerUnderTest } from "./sis/testing.ts";
import { claimBuild, ensureBuild } from "./support/build.ts";
import { type Balancer, startBalancer } from "./testing/balancer.ts";
import { serverActionsOf, Visitor } from "./testing/visitor.ts";
import { startWebProcess, type WebUnderTest } from "./testing/web.ts";

/**
 * Two web servers of the production build and two workers on one database, behind a balancer that asks the web servers in turn. Which of
 * them answers, and whether one is killed or replaced meanwhile, is nobody's concern. What has to last is held by a SIS that says nothing
 * or by a lock, so that nothing here depends on time.
 */
const isWhole = process.env.AIVO_TWO_OF_EACH === "all";
/** Few, or with `npm run test:crashes` more than the workers that take over have room for. */
const [districtsAtOnce, learnersEach] = isWhole ? [20, 200] : [4, 50];
const password = "seven harbors in the rain";
let folder: string;
let kit: TestServices;
let sql: TestServices["services"]["db"]["sql"];
let sshd: TestSshd;
let gate: Gate;
let balancer: Balancer;
let buildDirectory: string;
let buildClaim: { release(): Promise<void> };
let actions: ReadonlyMap<string, string>;
let webs: WebUnderTest[] = [];
let workers: WorkerUnderTest[] = [];
let variables: Record<string, string>;
let district: string;
let integration: string;
let email: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "aivo-two-"));
  const build = await ensureBuild(() => {});
  buildClaim = await claimBuild(build);
  buildDirectory = build.directory;
  actions = await serverActionsOf(join(import.meta.dirname, "..", buildDirectory));
  sshd = await startSshd();
  gate = await openGate(0, sshd);
  balancer = await startBalancer();
  kit = await testServices({ variables: { AIVO_TRUSTED_SIS_ORIGINS: `sftp://127.0.0.1:${gate.port}` } });
  sql = kit.services.db.sql;
  variables = { ...kit.variables, NEXTAUTH_URL: balancer.origin, AIVO_TRUSTED_PROXIES: balancer.address };
  webs = await Promise.all([startWeb(), startWeb()]);
  serveAll();
  workers = [await startWorker(), await startWorker()];
  ({ district, email } = await districtWithAdmin());
  integration = await integrationOf(district);
  await exportOf("First");
}, 600_000);
afterAll(async () => {
  gate.answer();
  for (const { process } of [...webs, ...workers]) process.kill("SIGTERM");
  await Promise.all([...webs, ...workers].map(({ ended }) => ended));
  await balancer.close();
  await kit.close();
  await gate.close();
  await sshd.stop();
  await buildClaim.release();
  await rm(folder, { recursive: true, force: true });
}, 120_000);

const startWeb = () => startWebProcess(buildDirectory, { ...variables, AIVO_DATA_DIR: join(folder, `web-${randomUUID()}`) });
const startWorker = () => startWorkerProcess({ ...variables, AIVO_DATA_DIR: join(folder, `worker-${randomUUID()}`) });
const serveAll = () => balancer.serve(webs.map(({ port }) => port));
const newVisitor = () => new Visitor(balancer.origin, actions);

async function districtWithAdmin(): Promise<{ district: string; email: string }> {
  const id = await newDistrict(kit.services.db);
  const address = `${randomUUID()}@lakeside.example`;
  await createAdmin(kit.services, operatorScope(id), { email: address, password });
  return { district: id, email: address };
}

async function integrationOf(districtId: string): Promise<string> {
  const { host, username, password: secret, hostKeyFingerprint, remoteDirectory: directory } = sshd;
  const credentials = { host, port: gate.port, username, password: secret, hostKeyFingerprint, directory };
  const input = { name: "SIS", provider: "oneroster-csv", credentials, schedule: null, safety: safetyOff } as const;
  return (await addIntegration(kit.services, operatorScope(districtId), input)).id;
}

let exports = 0;
/** Everybody's SIS has the same learners, of this family from now on. */
async function exportOf(family: string): Promise<void> {
  const columns = ["sourcedId", "enabledUser", "orgSourcedIds", "role", "username", "givenName", "familyName", "email", "grades"];
  const learners = Array.from({ length: learnersEach }, (_, n) => `p${n}`);
  const set = validSet({
    "users.csv": csvOf([columns, ...learners.map((id) => [id, "true", "s1", "student", id, "Given", family, `${id}@x.example`, "03"])]),
    "enrollments.csv": csvOf([
      ["sourcedId", "classSourcedId", "schoolSourcedId", "userSourcedId", "role"],
      ...learners.map((id) => [`e-${id}`, "c1", "s1", id, "student"]),
    ]),
  });
  exports += 1;
  await writeSet(sshd.root, set, new Date(Date.now() - 3_600_000 + exports * 1000));
}

const stateOf = async (runId: string): Promise<string> => (await sql`select state from sync_runs where id = ${runId}`)[0]?.state;
const until = (question: () => PromiseLike<readonly unknown[]>) =>
  expect.poll(async () => (await question()).length, { timeout: 90_000, interval: 50 }).toBeGreaterThan(0);
/** What everybody's roster has to be, once and nothing else. */
const rosterOf = async (districtId: string) => [
  ...(await sql`
    select role, family_name as family, count(*)::int as people, count(distinct email)::int as addresses from accounts
    where district_id = ${districtId} and role = 'learner' and deactivated_at is null group by 1, 2`),
];
const exactly = (family: string) => [{ role: "learner", family, people: learnersEach, addresses: learnersEach }];

/** Clicks Run Sync Now of the district's integration: which run that led to. */
async function click(visitor: Visitor, to: number): Promise<{ ok: boolean; runId: string; status: number }> {
  const { status, text } = await visitor.act("startRun", [integration, "sync"], `/integrations/${integration}`, { to });
  return { status, ok: text.includes('"ok":true'), runId: /\/runs\/([0-9a-f-]{36})/.exec(text)?.[1] ?? "" };
}

/** Keeps every request that starts a run of the integration waiting until it is let go. */
async function holdRequests(): Promise<{ waiting(): Promise<void>; letGo(): Promise<void> }> {
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

test("who signed in at one web server is signed in at the other, and signed out at both", async () => {
  const visitor = newVisitor();
  expect(await visitor.signIn(email, password, { to: 0 })).toBe(true);
  const pages = [await visitor.ask("/overview"), await visitor.ask("/overview"), await visitor.ask("/overview")];
  expect(pages.map(({ status }) => status)).toEqual([200, 200, 200]);
  expect(new Set(pages.map(({ by }) => by))).toEqual(new Set(webs.map(({ port }) => port)));
  const { csrfToken } = JSON.parse((await visitor.ask("/api/auth/csrf", { to: 1 })).text);
  const copy = visitor.copy();
  expect((await copy.ask("/overview", { to: 0 })).status).toBe(200);
  await visitor.ask("/api/auth/signout", { to: 1 }, { method: "POST", body: new URLSearchParams({ csrfToken, json: "true" }) });
  for (const to of [0, 1]) expect((await copy.ask("/overview", { to })).location).toContain("/sign-in");
});

test("of two clicks at once at both web servers one makes a sync; both tell how far it is; a killed worker's is ended by the other", async () => {
  const visitor = newVisitor();
  await visitor.signIn(email, password);
  gate.stall();
  const clicks = await Promise.all([click(visitor, 0), click(visitor, 1)]);
  expect(clicks.map(({ status }) => status)).toEqual([200, 200]);
  expect(clicks.filter(({ ok }) => ok)).toHaveLength(1);
  const [runId = ""] = new Set(clicks.map((one) => one.runId));
  expect(clicks.map((one) => one.runId)).toEqual([runId, runId]);
  await expect.poll(() => stateOf(runId), { timeout: 60_000 }).toBe("running");
  for (const to of [0, 1, 0, 1]) expect(JSON.parse((await visitor.ask(`/api/runs/${runId}`, { to })).text).state).toBe("running");

  const has = ({ lines }: WorkerUnderTest) => lines.some((line) => line.includes('"event":"run-started"') && line.includes(runId));
  await expect.poll(() => workers.filter(has).length, { timeout: 60_000 }).toBe(1);
  const [killed] = workers.filter(has);
  killed?.process.kill("SIGKILL");
  await killed?.ended;
  workers = workers.filter((one) => one !== killed);
  // As if the time had passed after which a worker counts as lost.
  await sql`update sync_runs set heartbeat_at = heartbeat_at - interval '1 minute' where id = ${runId}`;
  gate.answer();
  await until(() => sql`select from sync_runs where retry_of = ${runId} and state = 'succeeded'`);
  expect(await stateOf(runId)).toBe("failed");
  expect(await rosterOf(district)).toEqual(exactly("First"));
  workers.push(await startWorker());
});

test("guesses at both web servers count together", async () => {
  const guessed = await districtWithAdmin();
  for (let n = 0; n < 8; n++) expect(await newVisitor().signIn(guessed.email, "a wrong password", { to: n % 2 })).toBe(false);
  for (const to of [0, 1]) expect(await newVisitor().signIn(guessed.email, password, { to })).toBe(false);
  expect(await newVisitor().signIn(email, password)).toBe(true);
});

test("a client is where the balancer says it is, and nowhere that it or another says", async () => {
  const visitor = newVisitor();
  await visitor.signIn(email, password, { to: 1, from: "203.0.113.77", headers: { "x-forwarded-for": "198.51.100.9" } });
  const direct = new Visitor(`http://127.0.0.1:${webs[0]?.port}`, actions);
  const before = (await sql`select count(*)::int as count from sessions`)[0]?.count;
  await direct.signIn(email, password, { headers: { "x-forwarded-for": "198.51.100.9" } });
  const places = await sql<{ place: string }[]>`select place from sessions order by id desc limit 2`;
  expect((await sql`select count(*)::int as count from sessions`)[0]?.count).toBe(before + 1);
  expect(places.map(({ place }) => place)).toEqual(["127.0.0.0/24", "203.0.113.0/24"]);
});

test("a program's key is done once, and its requests are counted once, by whichever web server", async () => {
  const scopes = ["read:integrations", "read:runs", "write:runs"];
  const { secret } = await createApiClient(kit.services, operatorScope(district), { kind: "token", name: "script", days: "7", scopes });
  const program = newVisitor();
  const headers = { authorization: `Bearer ${secret}`, "content-type": "application/json" };
  const left = async (to: number) => {
    const answer = await fetch(`${balancer.origin}/api/v1/integrations`, { headers: { ...headers, "x-test-to": String(to) } });
    await answer.body?.cancel();
    return Number(/r=(\d+)/.exec(answer.headers.get("ratelimit") ?? "")?.[1]);
  };
  const counts = [await left(0), await left(1), await left(0)];
  // A minute may end in between: then the count begins anew.
  for (const [n, count] of counts.slice(1).entries()) expect([counts[n] ?? 0, 600]).toContain(count + 1);

  const init = { method: "POST", body: JSON.stringify({ kind: "preview" }) };
  const post = (to: number) =>
    program.ask(`/api/v1/integrations/${integration}/runs`, { to, headers: { ...headers, "idempotency-key": "once" } }, init);
  const made = await sql`select id from sync_runs where integration_id = ${integration}`;
  const first = await Promise.all([post(0), post(1), post(0), post(1)]);
  // Whoever comes while the first is at it is told so, and asks again.
  for (const { status } of first) expect([201, 202, 409]).toContain(status);
  const again = [await post(0), await post(1)];
  expect(new Set([...first.filter(({ status }) => status !== 409), ...again].map(({ text }) => text)).size).toBe(1);
  expect(await sql`select id from sync_runs where integration_id = ${integration}`).toHaveLength(made.length + 1);
  await until(() => sql`select where not exists (select from sync_runs where state in ('queued', 'running', 'applying'))`);
});

test.each(isWhole ? ["killed"] : [])(
  "a web server that is %s takes with it what it was doing, and nobody else's request",
  async () => {
    const visitor = newVisitor();
    await visitor.signIn(email, password);
    const lock = await holdRequests();
    const own = click(visitor, 0);
    await lock.waiting();
    const [killed] = webs;
    const others = Array.from({ length: 12 }, (_, n) => visitor.ask(["/overview", "/roster/learners", "/integrations"][n % 3] ?? ""));
    killed?.process.kill("SIGKILL");
    await killed?.ended;
    expect((await own).status).toBe(502);
    expect((await Promise.all(others)).map(({ status }) => status)).toEqual(Array(12).fill(200));
    await lock.letGo();
    // The balancer still asks where nobody is, and passes on to the other.
    for (let n = 0; n < 4; n++) expect((await visitor.ask("/overview")).by).toBe(webs[1]?.port);
    const next = await click(visitor, 0);
    expect(next.status).toBe(200);
    await expect.poll(() => stateOf(next.runId), { timeout: 60_000 }).toBe("succeeded");
    webs = [await startWeb(), ...webs.slice(1)];
    serveAll();
  },
  240_000,
);

test("while syncs run, every process is replaced: no request fails, no sync is lost, every roster is exact", async () => {
  const districts = await Promise.all(Array.from({ length: districtsAtOnce }, () => newDistrict(kit.services.db)));
  const integrations = await Promise.all(districts.map(integrationOf));
  await exportOf("Second");
  const visitor = newVisitor();
  await visitor.signIn(email, password);
  const oldWorkers = workers;
  const running = (count: number) => until(() => sql`select from sync_runs where state = 'running' having count(*) = ${count}`);
  gate.stall();
  for (const [n, id] of districts.entries()) {
    const requested = await requestRun(kit.services, operatorScope(id), integrations[n] ?? "", { trigger: "manual" });
    expect(requested.ok).toBe(true);
  }
  // A worker runs eight, and one more that somebody waits for.
  await running(Math.min(districtsAtOnce, 9 * oldWorkers.length));
  workers = [...oldWorkers, ...(await Promise.all([startWorker(), startWorker()]))];
  await running(districtsAtOnce);

  let isOver = false;
  const seen: number[] = [];
  const pages = ["/overview", "/roster/learners", `/integrations/${integration}`, "/api/health"];
  const asking = [0, 1].map(async (offset) => {
    for (let n = offset; !isOver; n++) seen.push((await visitor.ask(pages[n % pages.length] ?? "")).status);
  });
  try {
    for (const old of oldWorkers) {
      old.process.kill("SIGTERM");
      expect(await old.ended).toBe(0);
      workers = workers.filter((one) => one !== old);
    }
    gate.answer();
    for (const old of [...webs]) await replaceWeb(old, visitor);
    for (const id of integrations) await until(() => sql`select from sync_runs where integration_id = ${id} and state = 'succeeded'`);
  } finally {
    isOver = true;
    await Promise.all(asking);
  }
  expect(new Set(seen)).toEqual(new Set([200]));
  expect(seen.length).toBeGreaterThan(10);
  for (const id of districts) expect(await rosterOf(id)).toEqual(exactly("Second"));
  const ended = await sql<{ state: string; code: string | null; step: string | null; isHandedOver: boolean }[]>`
    select state, failure ->> 'code' as code, failure ->> 'step' as step, exists (select from sync_runs n where n.retry_of = r.id) as "isHandedOver"
    from sync_runs r where integration_id = any(${integrations})`;
  expect(ended.filter(({ state }) => state === "succeeded")).toHaveLength(districtsAtOnce);
  const others = ended.filter(({ state }) => state !== "succeeded");
  expect(others.length).toBeGreaterThan(0);
  for (const one of others) expect(one).toEqual({ state: "failed", code: "worker-lost", step: "stop", isHandedOver: true });
}, 400_000);

/** A new one beside it, then SIGTERM: what somebody clicked at that moment is still answered. */
async function replaceWeb(old: WebUnderTest, visitor: Visitor): Promise<void> {
  webs.push(await startWeb());
  serveAll();
  const lock = await holdRequests();
  const clicked = click(visitor, webs.indexOf(old));
  await lock.waiting();
  old.process.kill("SIGTERM");
  await lock.letGo();
  expect((await clicked).status).toBe(200);
  expect(await old.ended).toBe(0);
  webs = webs.filter((one) => one !== old);
  serveAll();
}
