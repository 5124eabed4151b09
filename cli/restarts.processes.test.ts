import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { get, type IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres, { type Sql } from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Gate, openGate } from "#lib/engine/testing/sis/gate.ts";
import { csvOf, type SetFiles, validSet, writeSet } from "#lib/engine/testing/sis/sets.ts";
import { startSshd, type TestSshd } from "#lib/engine/testing/sis/sshd.ts";
import { safetyOff } from "#lib/roster/guard/settings.ts";
import { sis } from "./sis/testing.ts";
import { type EmbeddedPostgres, findEmbeddedPostgres } from "./support/embedded-postgres.ts";
import { freePort } from "./support/free-port.ts";
import { postgresBinaries, runBinary, serverUser } from "./support/postgres-binaries.ts";
import { waitUntilAnswering } from "./support/wait.ts";

/**
 * The product as `npm start` runs it, from outside: what its pages answer while its database comes and goes, and while nobody reads on. Asked
 * for by `npm run test:crashes`.
 */
let folder: string;
let sshd: TestSshd;
let gate: Gate;
let product: ChildProcess;
let origin: string;
let server: EmbeddedPostgres;
let sql: Sql;
let district: string;
let integration: string;
let own: Record<string, string>;
const command = async (...args: string[]) => (await sis(own, ...args, "--json")).json;
const figures: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "aivo-restarts-"));
  sshd = await startSshd();
  gate = await openGate(0, sshd);
  const port = await freePort();
  origin = `http://localhost:${port}`;
  own = { AIVO_DATA_DIR: join(folder, "data"), AIVO_TRUSTED_SIS_ORIGINS: `sftp://127.0.0.1:${gate.port}` };
  const { PATH = "", NODE_COMPILE_CACHE = "", AIVO_POSTGRES_BIN = "" } = process.env;
  const env = {
    NODE_ENV: "production" as const,
    PATH,
    NODE_COMPILE_CACHE,
    AIVO_POSTGRES_BIN,
    ...own,
    AIVO_DEMO: "0",
    PORT: `${port}`,
    NEXTAUTH_URL: origin,
  };
  product = spawn(process.execPath, ["cli/start.ts"], { env, stdio: "ignore" });
  await waitUntilAnswering(`${origin}/api/health`, () => product.exitCode !== null);
  const found = await findEmbeddedPostgres(own.AIVO_DATA_DIR ?? "");
  if (!found) throw new Error("npm start runs no PostgreSQL");
  server = found;
  sql = postgres(server.url("aivo"), { max: 1, onnotice: () => {} });
  ({ id: district } = await command("district", "create", "--name", "Lakeside Schools", "--timezone", "America/Chicago"));
  const { host, username, password, remoteDirectory: directory, hostKeyFingerprint } = sshd;
  const credentials = { host, port: gate.port, username, password, directory, hostKeyFingerprint };
  const file = join(folder, "integration.json");
  await writeFile(file, JSON.stringify({ name: "SIS", provider: "oneroster-csv", credentials, safety: safetyOff }));
  ({ id: integration } = await command("integration", "add", "--district", district, "--from", file));
}, 600_000);
afterAll(async () => {
  if (figures.length > 0) process.stdout.write(`${figures.join("\n")}\n`);
  await sql?.end();
  product.kill("SIGTERM");
  await new Promise((ended) => product.once("exit", ended));
  await gate.close();
  await sshd.stop();
  await rm(folder, { recursive: true, force: true });
}, 120_000);

/** Null where there was no answer. */
async function statusOf(path: string, cookie = ""): Promise<number | null> {
  const answer = await fetch(`${origin}${path}`, { redirect: "manual", headers: { cookie }, signal: AbortSignal.timeout(60_000) }).catch(
    () => null,
  );
  await answer?.body?.cancel();
  return answer?.status ?? null;
}

/** A new admin of the district, signed in: the cookies. */
async function signedIn(): Promise<string> {
  const email = `${crypto.randomUUID()}@lakeside.example`;
  const password = randomBytes(18).toString("base64url");
  const file = join(folder, "password");
  await writeFile(file, password);
  await command("admin", "create", "--district", district, "--email", email, "--password-from", file);
  const jar = new Map<string, string>();
  const cookies = () => [...jar].map((pair) => pair.join("=")).join("; ");
  const ask = async (path: string, body?: URLSearchParams) => {
    const init = body ? { method: "POST", body } : {};
    const answer = await fetch(`${origin}${path}`, { ...init, redirect: "manual", headers: { cookie: cookies() } });
    for (const [, name = "", value = ""] of answer.headers.getSetCookie().flatMap((line) => [/^([^=]+)=([^;]*)/.exec(line) ?? []]))
      jar.set(name, value);
    return answer;
  };
  const { csrfToken } = await (await ask("/api/auth/csrf")).json();
  const answer = await ask("/api/auth/callback/credentials", new URLSearchParams({ csrfToken, email, password, json: "true" }));
  expect(answer.ok).toBe(true);
  return cookies();
}

/** Of enough people that each phase of a sync lasts, every one of whom is another than last time. */
function bigSet(version: number): SetFiles {
  const people = Array.from({ length: 9_000 }, (_, n) => `p${n}`);
  const rows = people.map((id, n) => [
    id,
    "",
    "",
    "true",
    "s1",
    "student",
    id,
    "",
    "Given",
    `Family ${version}`,
    "",
    `${n}`,
    `${id}@x.example`,
    "",
    "",
    "",
    "03",
    "",
  ]);
  const users =
    "sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,familyName,middleName,identifier,email,sms,phone,agentSourcedIds,grades,password";
  const enrollments = "sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate";
  return validSet({
    "users.csv": csvOf([users.split(","), ...rows]),
    "enrollments.csv": csvOf([enrollments.split(","), ...people.map((id) => [`e-${id}`, "", "", "c1", "s1", id, "student", "", "", ""])]),
  }) as SetFiles;
}

let version = 0;
const putNext = async () => {
  version += 1;
  await writeSet(sshd.root, bigSet(version), new Date(Date.now() - 3_600_000 + version * 1000));
};
const runOf = async (id: string) => (await sql`select state, failure from sync_runs where id = ${id}`)[0];

/** How the server shows that a sync is in that phase. */
const signs = {
  normalise: "exists (select from pg_stat_activity where application_name = 'aivo-worker' and query like 'copy %' and state <> 'idle')",
  match: "exists (select from pg_stat_activity where application_name = 'aivo-worker' and query like '%matches%' and state = 'active')",
  apply: "exists (select from sync_runs where state = 'applying')",
};

/** Starts a sync and resolves to its id when it is in the phase. */
async function syncIn(phase: keyof typeof signs | "read"): Promise<string> {
  // One that has gone by before it was seen is waited for once more.
  for (let attempt = 0; attempt < 5; attempt++) {
    await putNext();
    if (phase === "read") gate.stall();
    const { runId: id } = await command("sync", "run", integration);
    if (phase === "read") {
      await expect.poll(async () => (await runOf(id))?.state, { timeout: 60_000 }).toBe("running");
      return id;
    }
    for (let state = "queued"; ["queued", "running", "applying"].includes(state); state = (await runOf(id))?.state) {
      const [now] = await sql.unsafe(`select ${signs[phase]} as met`);
      if (now?.met) return id;
    }
  }
  throw new Error(`No sync was seen in ${phase}`);
}

async function restart(meanwhile: () => Promise<void>): Promise<void> {
  const { pgCtl } = await postgresBinaries();
  const cluster = join(own.AIVO_DATA_DIR ?? "", "postgres");
  await runBinary(pgCtl, ["stop", "-D", cluster, "-m", "fast", "-w", "-s"], serverUser(), cluster);
  await meanwhile();
  await runBinary(pgCtl, ["start", "-D", cluster, "-l", join(cluster, "server.log"), "-w", "-t", "120", "-s"], serverUser(), cluster);
}

test.each(["read", "normalise", "match", "apply"] as const)(
  "PostgreSQL restarts in %s while pages are used: no page and no connection stays broken, and the sync is made up for",
  async (phase) => {
    const cookie = await signedIn();
    const pages = ["/overview", "/roster/learners", "/roster/classrooms", "/integrations", `/integrations/${integration}`, "/audit-log"];
    const twelve = () => Promise.all(Array.from({ length: 12 }, (_, n) => statusOf(pages[n % pages.length] ?? "", cookie)));
    expect(new Set(await twelve())).toEqual(new Set([200]));
    const runId = await syncIn(phase);
    await restart(async () => {
      // Every connection of the web server is asked for something while there is no database.
      for (const status of await twelve()) expect(status).not.toBe(200);
      expect(await statusOf("/api/health")).toBe(503);
    });
    gate.answer();
    await expect.poll(() => sql`select 1`.then(Boolean, () => false), { timeout: 60_000 }).toBe(true);
    const backAt = performance.now();
    for (const page of pages) await expect.poll(() => statusOf(page, cookie), { timeout: 60_000, message: page }).toBe(200);
    figures.push(`${phase}: every page answered ${((performance.now() - backAt) / 1000).toFixed(1)} s after the database did`);
    for (let round = 0; round < 5; round++) expect(new Set(await twelve())).toEqual(new Set([200]));
    expect(await statusOf("/api/health")).toBe(200);

    await expect.poll(async () => (await runOf(runId))?.state, { timeout: 120_000 }).toMatch(/^(succeeded|failed)$/);
    const latest = async () => (await sql`select state from sync_runs where integration_id = ${integration} order by id desc limit 1`)[0];
    await expect.poll(latest, { timeout: 120_000 }).toEqual({ state: "succeeded" });
    const [people] = await sql`
      select count(*)::int as count from accounts where district_id = ${district} and family_name = ${`Family ${version}`}`;
    expect(people?.count).toBe(9_000);
  },
  400_000,
);

test("twelve downloads that nobody reads keep nobody else waiting", async () => {
  const [run] = await sql<{ id: string }[]>`select id from sync_runs where integration_id = ${integration} order by id desc limit 1`;
  await sql`
    insert into run_changes (district_id, run_id, entity, action, record_id, external_id, reason)
    select ${district}, ${run?.id ?? ""}, 'learner', 'created', uuidv7(), 'u' || i, repeat('new in the SIS ', 20) from generate_series(1, 60000) i`;
  const admins = [await signedIn(), await signedIn(), await signedIn(), await signedIn()];
  const paused = await Promise.all(
    admins.flatMap((cookie) =>
      Array.from(
        { length: 3 },
        () =>
          new Promise<IncomingMessage>((resolve, reject) => {
            const asked = get(`${origin}/api/runs/${run?.id}/changes`, { headers: { cookie }, agent: false }, resolve);
            asked.on("error", reject);
          }),
      ),
    ),
  );
  expect(paused.map(({ statusCode }) => statusCode)).toEqual(Array(12).fill(200));
  const reader = await signedIn();
  for (let round = 0; round < 3; round++) {
    const others = ["/api/health", "/overview", "/roster/learners", `/integrations/${integration}`, "/audit-log"];
    expect(await Promise.all(others.map((path) => statusOf(path, reader)))).toEqual(others.map(() => 200));
  }
  // One that is asked for the next page is between two statements for a moment; one that waits for its reader would be so for good.
  const held = () => sql`
    select from pg_stat_activity
    where datname = current_database() and application_name = 'aivo-web' and xact_start is not null and state = 'idle in transaction'`;
  await expect.poll(async () => (await held()).length, { timeout: 60_000 }).toBe(0);
  const [first, ...rest] = paused;
  for (const other of rest) other.destroy();
  let bytes = 0;
  for await (const chunk of first ?? []) bytes += (chunk as Buffer).length;
  expect(bytes).toBeGreaterThan(60_000 * 300);
}, 240_000);
