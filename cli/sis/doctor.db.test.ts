import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import { afterAll, expect, test, vi } from "vitest";
import { newIntegration } from "#lib/engine/testing/sync.ts";
import { operatorScope } from "#lib/platform/access.ts";
import { addIntegration } from "#lib/services/integrations/write.ts";
import { examine, machine } from "#lib/services/monitoring/doctor.ts";
import { newDistrict, someCredentials, testServices } from "#lib/services/testing/services.ts";
import { sis } from "./testing.ts";

/** What the doctor says of an installation on which something is wrong: what it is, and how to mend it. */
const folder = await mkdtemp(join(tmpdir(), "aivo-doctor-"));
const { services, variables, close } = await testServices({ variables: { AIVO_DATA_DIR: folder, AIVO_DEMO: "0" } });
afterAll(async () => {
  await close();
  await rm(folder, { recursive: true, force: true });
});

interface Told {
  readonly check: string;
  readonly state: string;
  readonly found: string;
  readonly remedy: string | null;
}

async function doctor(changed: Readonly<Record<string, string>> = {}, asksSis = false): Promise<readonly Told[]> {
  const { json, exitCode, stdout } = await sis({ ...variables, ...changed }, "doctor", "--json", ...(asksSis ? [] : ["--no-sis"]));
  const findings = json.findings as readonly Told[];
  expect(exitCode).toBe(findings.some(({ state }) => state === "failed") ? 1 : 0);
  for (const { state, remedy } of findings) expect(remedy === null, JSON.stringify(findings)).toBe(state === "ok");
  for (const secret of [variables.NEXTAUTH_SECRET, variables.AIVO_ENCRYPTION_KEYS, someCredentials.password])
    expect(stdout).not.toContain(String(secret).split(":").at(-1));
  return findings;
}
const of = (findings: readonly Told[], check: string) => findings.find((one) => one.check === check);

test("a variable that cannot be read is named with what it may be, and one that is misspelt with what was meant", async () => {
  expect(of(await doctor({ AIVO_HISTORY_MONTHS: "forever" }), "environment")).toMatchObject({
    state: "failed",
    found: expect.stringMatching(/AIVO_HISTORY_MONTHS: must be a whole number of months/),
  });
  expect(of(await doctor({ NEXTAUTH_URL: "http://aivo.example.org" }), "environment")).toMatchObject({
    found: expect.stringMatching(/NEXTAUTH_URL: must be an https:\/\/ URL/),
  });
  expect(of(await doctor({ AIVO_SMPT_URL: "smtp://mail" }), "variable AIVO_SMPT_URL")).toMatchObject({
    state: "warning",
    remedy: "Is AIVO_SMTP_URL meant?",
  });
});

test("a list of passwords that got out is looked into", async () => {
  const file = join(folder, "breached");
  const check = "breached passwords";
  const variable = { AIVO_BREACHED_PASSWORDS: file };
  const list = (...passwords: readonly string[]) =>
    writeFile(file, passwords.map((one) => `${createHash("sha1").update(one).digest("hex").toUpperCase()}:3`).join("\r\n"));
  expect(of(await doctor(), check)).toBeUndefined();
  expect(of(await doctor(variable), check)).toMatchObject({ state: "failed", found: expect.stringContaining("cannot be read") });
  await list("a lantern at the harbor");
  expect(of(await doctor(variable), check)).toMatchObject({ state: "failed", found: expect.stringContaining("lacks") });
  await list("password");
  expect(of(await doctor(variable), check)).toMatchObject({ state: "ok" });
});

test("a role that does not own the tables, is told with the one that does", async () => {
  const role = `stranger_${folder
    .slice(-6)
    .toLowerCase()
    .replaceAll(/[^a-z]/g, "x")}`;
  await services.db.sql.unsafe(`create role ${role} login password 'x'`);
  try {
    const url = new URL(variables.DATABASE_URL ?? "");
    url.username = role;
    url.password = "x";
    const told = of(await doctor({ DATABASE_URL: url.href, AIVO_DISTRICT_DATABASE_URL: "" }), "database");
    expect(told).toMatchObject({ state: "failed", found: expect.stringContaining(`is signed in to as ${role}, which may not use them`) });
  } finally {
    await services.db.sql.unsafe(`drop role ${role}`);
  }
});

test("a migration that is missing, and one that is too new, are told", async () => {
  const sql = postgres(variables.DATABASE_URL ?? "", { max: 1, onnotice: () => {} });
  try {
    const [last] =
      await sql`delete from drizzle.__drizzle_migrations where id = (select max(id) from drizzle.__drizzle_migrations) returning *`;
    expect(of(await doctor(), "database")).toMatchObject({ state: "failed", found: expect.stringMatching(/older version.*db:migrate/s) });
    await sql`insert into drizzle.__drizzle_migrations ${sql({ ...last })}`;
    await sql`insert into drizzle.__drizzle_migrations (hash, created_at) values ('later', 4102444800000)`;
    expect(of(await doctor(), "database")).toMatchObject({ state: "failed", found: expect.stringMatching(/newer version/) });
  } finally {
    await sql`delete from drizzle.__drizzle_migrations where hash = 'later'`;
    await sql.end();
  }
});

test("no worker, schedules that nobody attends to, and a sync that waits are told", async () => {
  const districtId = await newDistrict(services.db);
  const integrationId = await newIntegration(services.db, districtId);
  await services.db
    .sql`update integrations set schedule = '0 2 * * *', next_run_at = now() - interval '1 hour' where id = ${integrationId}`;
  await services.jobs.boss.send("sync-run", {});
  await services.db
    .sql`update pgboss.job set start_after = now() - interval '20 minutes', created_on = now() - interval '20 minutes' where name = 'sync-run'`;
  const findings = await doctor();
  expect(of(findings, "workers")).toMatchObject({ state: "failed", remedy: expect.stringContaining("npm run worker") });
  expect(of(findings, "schedules")).toMatchObject({ state: "failed", found: "1 are overdue, the first by 60 min" });
  expect(of(findings, "queue")).toMatchObject({ state: "warning", found: "a sync has waited for 20 min" });
  await services.db.sql`update integrations set schedule = null, next_run_at = null where id = ${integrationId}`;
  await services.db.sql`delete from pgboss.job where name = 'sync-run'`;
});

test("a SIS that cannot be reached is told by its integration, with what to do", async () => {
  const districtId = await newDistrict(services.db);
  const credentials = { ...someCredentials, host: "127.0.0.1", port: 9 };
  const { id } = await addIntegration(services, operatorScope(districtId), { name: "SIS", provider: "oneroster-csv", credentials });
  const findings = await doctor({}, true);
  expect(of(findings, "SIS connections")?.state).toBe("warning");
  const told = of(findings, `SIS oneroster-csv ${id}`);
  expect(told).toMatchObject({ state: "failed", found: expect.any(String), remedy: expect.any(String) });
  await services.db.sql`update integrations set state = 'paused' where id = ${id}`;
});

test("a clock that strays is told with whose", async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 60_000 });
  try {
    const findings = await examine(services, { asksSis: false });
    expect(findings.find(({ check }) => check === "clock of this machine")).toMatchObject({
      state: "warning",
      found: expect.stringMatching(/^(59|6\d)\.\d s ahead of the database$/),
      remedy: expect.stringContaining("NTP"),
    });
  } finally {
    vi.useRealTimers();
  }
});

test("a way to the database that is not encrypted, a data directory that is not there", async () => {
  const open = {
    ...services,
    env: { ...services.env, databaseUrl: "postgres://a@db.example.org/a?sslmode=disable", dataDirectory: "/nowhere" },
  };
  const findings = await examine(open, { asksSis: false });
  const told = (check: string) => findings.find((one) => one.check === check);
  expect(told("way to the database")).toMatchObject({
    state: "warning",
    found: "not encrypted",
    remedy: expect.stringContaining("verify-full"),
  });
  expect(told("disk")).toMatchObject({ state: "warning", found: "AIVO_DATA_DIR is not there" });
});

test("a disk that is nearly full is wrong, and a backup of three days ago is old", () => {
  const gb = 1_000_000_000;
  expect(machine({ freeBytes: 1.9 * gb, backupAgeSeconds: null })).toMatchObject([{ check: "disk", state: "failed" }]);
  expect(machine({ freeBytes: 2.1 * gb, backupAgeSeconds: 3600 })).toMatchObject([{ state: "ok" }, { check: "backup", state: "ok" }]);
  expect(machine({ freeBytes: 50 * gb, backupAgeSeconds: 3 * 86_400 })).toMatchObject([
    { state: "ok" },
    { check: "backup", state: "warning", found: "the last one was written 72 hours ago" },
  ]);
});
