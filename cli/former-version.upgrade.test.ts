import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import postgres from "postgres";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { type Gate, openGate } from "#lib/engine/testing/sis/gate.ts";
import { csvOf, validSet, writeSet } from "#lib/engine/testing/sis/sets.ts";
import { startSshd, type TestSshd } from "#lib/engine/testing/sis/sshd.ts";
import type { Applied } from "#lib/platform/db/apply-pending.ts";
import { migrate } from "#lib/platform/db/migrate.ts";
import { safetyOff } from "#lib/roster/guard/settings.ts";
import { type Answer, sisProcess, sisProcessOf, startWorkerProcess, type WorkerUnderTest } from "./sis/testing.ts";
import { type Balancer, startBalancer } from "./testing/balancer.ts";
import { type FormerVersion, formerVersion } from "./testing/former.ts";
import { serverActionsOf, Visitor } from "./testing/visitor.ts";
import { startWebProcess, type WebUnderTest } from "./testing/web.ts";

/**
 * An upgrade as docs/operations.md has it: the version before fills a database and works on it, this version's migrations are applied under it,
 * it works on, and then this version takes over. `npm run test:upgrade`; it builds the former version.
 */
const root = join(import.meta.dirname, "..");
const learnersEach = 300;
let folder: string;
let former: FormerVersion;
let build: string;
let formerBuild: string;
let sshd: TestSshd;
let gate: Gate;
let balancer: Balancer;
let sql: postgres.Sql;
let variables: Record<string, string>;
let web: WebUnderTest;
let worker: WorkerUnderTest;
let visitor: Visitor;
let district: string;
let integration: string;
const databaseName = `aivo_upgrade_${randomBytes(5).toString("hex")}`;
const email = "robin@lakeside.example";
const password = "seven harbors in the rain";
const pages = () => [
  "/overview",
  "/roster/learners",
  "/roster/classrooms",
  "/integrations",
  `/integrations/${integration}`,
  "/audit-log",
  "/settings",
];

beforeAll(async () => {
  former = await formerVersion();
  folder = await mkdtemp(join(tmpdir(), "aivo-upgrade-"));
  sshd = await startSshd();
  gate = await openGate(0, sshd);
  balancer = await startBalancer();
  await onServer((server) => server`create database ${server(databaseName)}`);
  const url = new URL(inject("databaseServerUrl"));
  url.pathname = `/${databaseName}`;
  variables = {
    DATABASE_URL: url.href,
    NEXTAUTH_SECRET: randomBytes(32).toString("base64"),
    AIVO_ENCRYPTION_KEYS: `test-1:${randomBytes(32).toString("base64")}`,
    AIVO_TRUSTED_SIS_ORIGINS: `sftp://127.0.0.1:${gate.port}`,
    AIVO_DATA_DIR: join(folder, "data"),
    NEXTAUTH_URL: balancer.origin,
  };
  sql = postgres(url.href, { max: 2, onnotice: () => {} });
  process.stdout.write(`The version before this one: ${former.commit}\n`);

  await buildBoth();
  await runNode(former.directory, ["cli/migrate.ts"]);
  const command = async (...words: string[]) => succeeded(await sisProcessOf(former.directory, variables, ...words, "--json"));
  ({ id: district } = await command("district", "create", "--name", "Lakeside Schools", "--timezone", "America/Chicago"));
  await writeFile(join(folder, "password"), password, { mode: 0o600 });
  await command("admin", "create", "--district", district, "--email", email, "--password-from", join(folder, "password"));
  const { host, username, password: secret, remoteDirectory: directory, hostKeyFingerprint } = sshd;
  const credentials = { host, port: gate.port, username, password: secret, directory, hostKeyFingerprint };
  const file = join(folder, "integration.json");
  await writeFile(file, JSON.stringify({ name: "SIS", provider: "oneroster-csv", credentials, safety: safetyOff }));
  ({ id: integration } = await command("integration", "add", "--district", district, "--from", file));
  worker = await startWorkerProcess(variables, former.directory);
  web = await startWebProcess(formerBuild, variables, former.directory);
  balancer.serve([web.port]);
  visitor = new Visitor(balancer.origin, await serverActionsOf(join(former.directory, formerBuild)));
}, 1_800_000);
afterAll(async () => {
  gate?.answer();
  for (const one of [web, worker]) one?.process.kill("SIGTERM");
  await Promise.all([web, worker].map((one) => one?.ended));
  await balancer?.close();
  await sql?.end();
  await onServer((server) => server`drop database if exists ${server(databaseName)} with (force)`);
  await gate?.close();
  await sshd?.stop();
  await rm(folder, { recursive: true, force: true });
}, 120_000);

async function onServer(work: (server: postgres.Sql) => Promise<unknown>): Promise<void> {
  const server = postgres(inject("databaseServerUrl"), { max: 1, onnotice: () => {} });
  await work(server);
  await server.end();
}

/** What it printed. */
async function runNode(directory: string, args: readonly string[], more: Readonly<Record<string, string>> = {}): Promise<string> {
  const { PATH = "" } = process.env;
  const env = { NODE_ENV: "production" as const, NEXT_TELEMETRY_DISABLED: "1", PATH, ...variables, ...more };
  return (await promisify(execFile)(process.execPath, [...args], { cwd: directory, env, maxBuffer: 64 * 1024 * 1024 })).stdout;
}

/** The production build of the version that is there, by its own command. */
async function buildOf(directory: string, key: string): Promise<string> {
  const module = pathToFileURL(join(directory, "cli/support/build.ts")).href;
  const script = `const { ensureBuild } = await import(${JSON.stringify(module)}); console.log((await ensureBuild(() => {})).directory);`;
  const printed = await runNode(directory, ["--input-type=module", "--eval", script], { NEXT_SERVER_ACTIONS_ENCRYPTION_KEY: key });
  return printed.trim().split("\n").at(-1) ?? "";
}

/** Of both versions with one key, as docs/operations.md says: this version's is the one that is there, or drawn. */
async function buildBoth(): Promise<void> {
  const drawn = randomBytes(32).toString("base64");
  build = await buildOf(root, drawn);
  const key = await keyOf(join(root, build));
  formerBuild = await buildOf(former.directory, key);
  if ((await keyOf(join(former.directory, formerBuild))) === key) return;
  // Left from another time.
  await rm(join(former.directory, formerBuild), { recursive: true });
  formerBuild = await buildOf(former.directory, key);
}

async function keyOf(directory: string): Promise<string> {
  return JSON.parse(await readFile(join(directory, "server/server-reference-manifest.json"), "utf8")).encryptionKey;
}

function succeeded(answer: Answer): Answer["json"] {
  if (answer.json?.error) throw new Error(JSON.stringify(answer.json.error));
  return answer.json;
}

let exports = 0;
async function exportOf(family: string): Promise<void> {
  const columns = ["sourcedId", "enabledUser", "orgSourcedIds", "role", "username", "givenName", "familyName", "email", "grades"];
  // The first leave and new ones come each time.
  const learners = Array.from({ length: learnersEach }, (_, n) => `p${n + exports * 10}`);
  exports += 1;
  const set = validSet({
    "users.csv": csvOf([columns, ...learners.map((id) => [id, "true", "s1", "student", id, "Given", family, `${id}@x.example`, "03"])]),
    "enrollments.csv": csvOf([
      ["sourcedId", "classSourcedId", "schoolSourcedId", "userSourcedId", "role"],
      ...learners.map((id) => [`e-${id}`, "c1", "s1", id, "student"]),
    ]),
  });
  await writeSet(sshd.root, set, new Date(Date.now() - 3_600_000 + exports * 1000));
}

/** Whoever is active, once each. */
const roster = async () => [
  ...(await sql`
    select family_name as family, count(*)::int as people, count(distinct email)::int as addresses from accounts
    where district_id = ${district} and role = 'learner' and deactivated_at is null group by 1`),
];
const exactly = (family: string) => [{ family, people: learnersEach, addresses: learnersEach }];

/** Clicks Run Sync Now on the page that the web server drew: the run that this made. */
async function click(): Promise<string> {
  const { status, text } = await visitor.act("startRun", [integration, "sync"], `/integrations/${integration}`);
  expect([status, text.includes('"ok":true')]).toEqual([200, true]);
  return /\/runs\/([0-9a-f-]{36})/.exec(text)?.[1] ?? "";
}

const endOf = async (runId: string) => {
  const state = async () => (await sql`select state, failure from sync_runs where id = ${runId}`)[0];
  await expect.poll(async () => (await state())?.state, { timeout: 120_000 }).toMatch(/^(succeeded|failed|held)$/);
  return state();
};
const done = { state: "succeeded", failure: null };

async function expectPages(): Promise<void> {
  for (const page of pages()) expect([page, (await visitor.ask(page)).status]).toEqual([page, 200]);
}

let applied: Applied;

test("the version before works, and this version's migrations are applied under it while it reads a SIS", async () => {
  await exportOf("Before");
  expect(await visitor.signIn(email, password)).toBe(true);
  await expectPages();
  expect(await endOf(await click())).toEqual(done);
  expect(await roster()).toEqual(exactly("Before"));

  await exportOf("Meanwhile");
  gate.stall();
  const runId = await click();
  await expect
    .poll(async () => (await sql`select state from sync_runs where id = ${runId}`)[0]?.state, { timeout: 60_000 })
    .toBe("running");
  applied = await migrate(variables.DATABASE_URL ?? "");
  expect(applied.names.length).toBeGreaterThan(0);
  process.stdout.write(`Applied beside it: ${applied.names.join(", ")}, in ${applied.seconds.toFixed(1)} s\n`);
  gate.answer();
  expect(await endOf(runId)).toEqual(done);
  expect(await roster()).toEqual(exactly("Meanwhile"));
}, 400_000);

test("after the migrations the version before still signs people in, shows every page, and syncs", async () => {
  await expectPages();
  const newcomer = visitor.copy();
  expect(await newcomer.signIn(email, password)).toBe(true);
  expect((await newcomer.ask("/overview")).status).toBe(200);
  await exportOf("After");
  expect(await endOf(await click())).toEqual(done);
  expect(await roster()).toEqual(exactly("After"));
}, 240_000);

test("one of the version before that starts anew says that the database is newer, and ends", async () => {
  await expect(startWorkerProcess(variables, former.directory)).rejects.toThrow(/newer version of Aivo/);
});

test("a page that the version before drew still works, once this version's web server answers", async () => {
  const old = web;
  web = await startWebProcess(build, variables);
  balancer.serve([web.port]);
  old.process.kill("SIGTERM");
  await old.ended;
  // Signed in there, with the names of buttons that it gave.
  await expectPages();
  await exportOf("Upgraded");
  expect(await endOf(await click())).toEqual(done);
  expect(await roster()).toEqual(exactly("Upgraded"));
}, 240_000);

test("this version takes over: it reads what the other wrote, and its next sync changes nothing", async () => {
  const old = worker;
  worker = await startWorkerProcess(variables);
  old.process.kill("SIGTERM");
  expect(await old.ended).toBe(0);
  const answer = succeeded(await sisProcess(variables, "sync", "run", integration, "--wait", "--json"));
  expect(await endOf(answer.runId ?? answer.id)).toEqual(done);
  const changes = await sql`select count(*)::int as count from run_changes where run_id = ${answer.runId ?? answer.id}`;
  expect(changes[0]?.count).toBe(0);
  expect(await roster()).toEqual(exactly("Upgraded"));
  expect((await sisProcess(variables, "audit", "verify", "--json")).exitCode).toBe(0);
}, 240_000);
