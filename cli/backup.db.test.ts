import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { laterRoles, validLaterSet } from "#lib/engine/testing/sis/later-sets.ts";
import { writeSet } from "#lib/engine/testing/sis/sets.ts";
import { startSshd } from "#lib/engine/testing/sis/sshd.ts";
import { operatorScope } from "#lib/platform/access.ts";
import { districtUrl } from "#lib/platform/db/roles.ts";
import { addIntegration } from "#lib/services/integrations/write.ts";
import { newDistrict, testServices } from "#lib/services/testing/services.ts";
import { sis, startWorkerProcess } from "./sis/testing.ts";

/** The rehearsal of a backup: made while a worker runs, restored into an empty database, and synced. */
const folder = await mkdtemp(join(tmpdir(), "aivo-backup-"));
const sshd = await startSshd();
const { services, variables, close } = await testServices({
  variables: { AIVO_DATA_DIR: folder, AIVO_TRUSTED_SIS_ORIGINS: sshd.origin },
});
const admin = postgres(inject("databaseServerUrl"), { max: 1, onnotice: () => {} });
const made: string[] = [];
afterAll(async () => {
  for (const name of made) await admin`drop database ${admin(name)} with (force)`;
  await admin.end();
  await sshd.stop();
  await close();
  await rm(folder, { recursive: true, force: true });
});

async function emptyDatabase(): Promise<string> {
  const name = `aivo_test_${randomBytes(6).toString("hex")}`;
  await admin`create database ${admin(name)}`;
  made.push(name);
  const url = new URL(inject("databaseServerUrl"));
  url.pathname = `/${name}`;
  return url.href;
}

async function emptyAddresses() {
  const url = await emptyDatabase();
  return { DATABASE_URL: url, AIVO_DISTRICT_DATABASE_URL: districtUrl(url, inject("districtPassword")) };
}

async function withWorker<T>(given: Record<string, string>, work: () => Promise<T>): Promise<T> {
  const worker = await startWorkerProcess(given);
  try {
    return await work();
  } finally {
    worker.process.kill("SIGTERM");
    await worker.ended;
  }
}

const file = join(folder, "aivo.backup");
let integration = "";
beforeAll(async () => {
  // Of OneRoster 1.2: roles are records of the mirror that lead to none of Aivo.
  await writeSet(sshd.root, validLaterSet());
  const scope = operatorScope(await newDistrict(services.db));
  const { host, port, username, password, hostKeyFingerprint, remoteDirectory: directory } = sshd;
  const credentials = { host, port, username, password, directory, hostKeyFingerprint };
  ({ id: integration } = await addIntegration(services, scope, { name: "Łódź\tSIS", provider: "oneroster-csv", credentials }));
  await withWorker(variables, async () => {
    expect((await sis(variables, "sync", "run", integration, "--wait", "--json")).json).toMatchObject({ state: "succeeded" });
    const { json, exitCode } = await sis(variables, "backup", file, "--json");
    expect(json).toMatchObject({ file, rows: expect.any(Number), keys: ["test-1"] });
    expect(exitCode).toBe(0);
  });
});

test("what is restored is what was there, and the next sync changes nothing", async () => {
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  const restored = { ...variables, ...(await emptyAddresses()), AIVO_DATA_DIR: join(folder, "other") };
  const answer = await sis(restored, "restore", file, "--json");
  expect(answer.json).toMatchObject({ secretsOpened: 1, secretsClosed: 0 });
  const sql = postgres(restored.DATABASE_URL, { max: 1 });
  try {
    for (const table of [
      "accounts",
      "classrooms",
      "memberships",
      "source_records",
      "sync_runs",
      "run_changes",
      "integrations",
      "audit_entries",
    ]) {
      const rows = (from: postgres.Sql) => from.unsafe(`select t::text as row from ${table} t order by 1`);
      const before = await rows(services.db.sql);
      expect(before.length, table).toBeGreaterThan(0);
      expect(await rows(sql), table).toEqual(before);
    }
    expect(await sql`select from source_records where collection = 'roles'`).toHaveLength(laterRoles.length);
  } finally {
    await sql.end();
  }
  expect((await sis(restored, "audit", "verify", "--json")).json).toMatchObject({ ok: true });
  await withWorker(restored, async () => {
    expect((await sis(restored, "sync", "run", integration, "--wait", "--json")).json).toMatchObject({
      state: "succeeded",
      changeCount: 0,
    });
  });
  // It is not empty any more.
  expect((await sis(restored, "restore", file, "--json")).json).toMatchObject({ error: { code: "precondition" } });
});

test("without its keys it is restored too, and says which are missing", async () => {
  const others = { ...variables, ...(await emptyAddresses()), AIVO_ENCRYPTION_KEYS: `other:${randomBytes(32).toString("base64")}` };
  const { stdout } = await sis(others, "restore", file);
  expect(stdout).toMatch(/do not open 1 of 1 stored secrets\. Put those of the backup \(test-1\)/);
  const { json, exitCode } = await sis(others, "doctor", "--no-sis", "--json");
  expect(exitCode).toBe(1);
  expect(json.findings).toContainEqual(expect.objectContaining({ check: "encryption keys", state: "failed" }));
});

test("a file that is cut off or changed changes nothing, and none is overwritten", async () => {
  const empty = { ...variables, DATABASE_URL: await emptyDatabase() };
  const bytes = await readFile(file);
  const bad = join(folder, "bad.backup");
  await writeFile(bad, bytes);
  await truncate(bad, bytes.length - 40);
  expect((await sis(empty, "restore", bad, "--json")).json).toMatchObject({ error: { code: "invalid" } });
  await writeFile(bad, "not a backup");
  expect((await sis(empty, "restore", bad, "--json")).json).toMatchObject({ error: { code: "invalid" } });
  const sql = postgres(empty.DATABASE_URL, { max: 1 });
  expect(
    await sql`select from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'`.finally(() => sql.end()),
  ).toHaveLength(0);
  expect((await sis(variables, "backup", file, "--json")).json).toMatchObject({ error: { code: "conflict" } });
  expect(await readFile(file)).toEqual(bytes);
});

test("the doctor finds nothing wrong with a district that syncs but that no worker runs, and looks at each SIS", async () => {
  const { json, exitCode } = await sis(variables, "doctor", "--json");
  const states = Object.fromEntries(json.findings.map(({ check, state }: { check: string; state: string }) => [check, state]));
  expect(states).toMatchObject({
    Node: "ok",
    environment: "ok",
    database: "ok",
    "encryption keys": "ok",
    schedules: "ok",
    queue: "ok",
    "SIS connections": "ok",
    backup: "ok",
    workers: "failed",
  });
  expect(exitCode).toBe(1);
  const { stdout } = await sis({ ...variables, DATABASE_URL: "postgres://aivo:secret@127.0.0.1:1/aivo" }, "doctor");
  expect(stdout).toMatch(/wrong +database +The database cannot be reached/);
  expect(stdout).not.toContain("secret");
});
